"""The words that verdicts are made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """The verdict on a probe or a cell."""

    PASSED = "passed"
    FAILED = "failed"
    """The probe ran and the answer is no."""
    CRASHED = "crashed"
    """The interpreter died or ran out of time or memory."""
    UNSOLVABLE = "unsolvable"
    """The requirements contradict each other, proven."""
    UNKNOWN = "unknown"
    """Our side failed: never green, never red."""
    NOT_RUN = "not_run"
    """A cell: left out by --select, --budget, --shard or Ctrl-C. A target: only read
    from source, and wanting what nobody requires here."""

    @property
    def is_red(self) -> bool:
        """Whether it is a "no" about somebody's distribution, seen when it ran."""
        return self is Outcome.FAILED or self is Outcome.CRASHED


class Stage(StrEnum):
    """How deep a probe asks, in order of depth."""

    RESOLVE = "resolve"
    INSTALL = "install"
    IMPORT = "import"
    SYMBOL = "symbol"
    CALL = "call"
    SCENARIO = "scenario"

    @property
    def depth(self) -> int:
        """0 for the shallowest stage, growing."""
        return _DEPTHS[self]


_DEPTHS: Final = {stage: depth for depth, stage in enumerate(Stage)}
"""Looked up, because it is asked of every observation of every cell."""


class Resolution(StrEnum):
    """Which of the admitted versions the resolver prefers (uv's `--resolution`)."""

    HIGHEST = "highest"
    LOWEST_DIRECT = "lowest-direct"
    LOWEST = "lowest"


class EnvironmentKind(StrEnum):
    """What the places are made of that cells are asked in."""

    STORE = "store"
    """Near-empty ones, whose path leads to wheels that are unpacked once."""
    VENV = "venv"
    """What anybody would install."""


class Source(StrEnum):
    """Where a cell's answer comes from."""

    PROBED = "probed"
    CACHED = "cached"
    SCREENED = "screened"
