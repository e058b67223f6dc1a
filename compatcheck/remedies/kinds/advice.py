"""What only people can do."""

from __future__ import annotations

from typing import Final

from compatcheck.errors import EnvironmentFault
from compatcheck.model.mending import Advice
from compatcheck.remedies.at import At

KIND: Final = Advice


def words(step: Advice, at: At) -> str:
    """The advice."""
    del at
    return step.words


def do(step: Advice, at: At) -> At:
    """Raises `EnvironmentFault`: a program cannot do it."""
    del at
    raise EnvironmentFault(f"only people can: {step.words}")
