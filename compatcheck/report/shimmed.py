"""What cells answered with the shim in them, as the report has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from compatcheck.model import Outcome, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class WithShims:
    """What cells answered with the shim in them; their contracts are the same."""

    outcome: Outcome
    stage: Stage | None
    reason: str | None
    lock: str | None
    """An id into `locks`: what the shim itself requires is among it."""
    result: str | None
    """An id into `results`."""
    adapted: Mapping[str, str]
    """What was applied there, by id, and its fidelity. Empty where nothing was, and
    where it was in a process that a probe had started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What became of the cells in which an adaptation was applied."""

    fidelity: str
    cells: int
    recovered: int
    broken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shimmed:
    """What the shim makes of the whole grid."""

    version: str
    """Of compatcheck-shims."""
    failing: int
    """Cells that fail without it and were asked with it."""
    recovered: int
    """Those of them that pass with it."""
    passing: int
    """Cells that pass without it and were asked with it."""
    broken: int
    """Those of them that fail with it: a fault of the shim."""
    untold: int
    """Cells that were asked with it and could not be told of."""
    serving: Mapping[Stage, int] = field(default_factory=dict)
    """How many cells of the grid pass each stage with it; where one was not asked so,
    what it does without."""
    adaptations: Mapping[str, Score] = field(default_factory=dict)
    """By id."""
    answers: Mapping[str, WithShims] = field(default_factory=dict)
    """Each distinct one once, by what `cells[].shims` says."""
