"""Failures that our own walls make: they say nothing about anybody's distribution."""

from __future__ import annotations

import re
from typing import Final

from compatcheck.model import Failure, Link

_OFFLINE: Final = "it wants the network, which it could not reach"
_OURS: Final = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"\[Errno 28\]|os error 28\b|No space left on device", "the disk is full"),
        (
            r"\[Errno 30\]|os error 30\b|Read-only file system|readonly database",
            "it writes where a cell may not write",
        ),
        (
            r"\[Errno 27\]|os error 27\b",
            "it writes a file larger than a cell may",
        ),
        (r"\[Errno 101\]|os error 101\b|Network is unreachable", _OFFLINE),
        (r"\[Errno -[23]\]|failure in name resolution", _OFFLINE),
        (
            r"can't start new thread|\[Errno 11\] Resource temporarily unavailable",
            "it starts more processes or threads than a cell may",
        ),
    )
)
"""What the C library says (errno(3), getaddrinfo(3)), and those who quote it, where a
wall stands."""


def our_doing(failure: Failure) -> str | None:
    """Why a failure is our own walls' doing; None when it is not."""
    steps: tuple[Failure | Link, ...] = (failure, *failure.chain)
    for step in steps:
        for pattern, meaning in _OURS:
            if pattern.search(step.message):
                return meaning
    return None
