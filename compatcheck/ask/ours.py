"""Failures that our own walls make: they say nothing about anybody's distribution."""

from __future__ import annotations

import re
from typing import Final

from compatcheck.model import Failure, Link

_OURS: Final = (
    (r"\[Errno 28\]", "the disk is full"),
    (r"\[Errno 30\]", "it writes where a cell may not write"),
    (r"\[Errno 27\]", "it writes a file larger than a cell may"),
    (r"\[Errno 101\]", "it wants the network, which a cell does not have"),
    (r"\[Errno -[23]\]", "it wants the network, which a cell does not have"),
    (r"can't start new thread", "it starts more threads than a cell may"),
)
"""What the C library says (errno(3), getaddrinfo(3)) where a wall stands."""


def our_doing(failure: Failure) -> str | None:
    """Why a failure is our own walls' doing; None when it is not."""
    steps: tuple[Failure | Link, ...] = (failure, *failure.chain)
    for step in steps:
        for pattern, meaning in _OURS:
            if re.search(pattern, step.message):
                return meaning
    return None
