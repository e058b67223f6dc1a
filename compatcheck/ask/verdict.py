"""From what was seen to one word for the cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from compatcheck.ask.ours import our_doing
from compatcheck.model import Cell, CellResult, Observation, Outcome, Source, Stage

_WORST_FIRST: Final = (
    Outcome.CRASHED,
    Outcome.FAILED,
    Outcome.UNKNOWN,
)


def judge(
    observations: Sequence[Observation],
) -> tuple[Outcome, Stage, str | None]:
    """The worst outcome, the stage that it was seen at, and why if it is unknown.

    The stage is the first that failed; where all passed, the deepest that ran.
    """
    for outcome in _WORST_FIRST:
        worst = [o for o in observations if o.outcome is outcome]
        if worst:
            first = min(worst, key=lambda o: o.stage.depth)
            return outcome, first.stage, _reason(first)
    stages = [o.stage for o in observations if o.outcome is Outcome.PASSED]
    deepest = max(stages, key=lambda s: s.depth, default=Stage.INSTALL)
    return Outcome.PASSED, deepest, None


def unsolvable(cell: Cell, reason: str) -> CellResult:
    """What is said of a cell whose requirements contradict each other."""
    return CellResult(
        cell=cell,
        outcome=Outcome.UNSOLVABLE,
        stage=Stage.RESOLVE,
        reason=reason,
        source=Source.PROBED,
    )


def unknown(cell: Cell, stage: Stage, reason: str) -> CellResult:
    """What is said of a cell that could not be asked."""
    return CellResult(
        cell=cell,
        outcome=Outcome.UNKNOWN,
        stage=stage,
        reason=reason,
        source=Source.PROBED,
    )


def _reason(observation: Observation) -> str | None:
    if observation.outcome is not Outcome.UNKNOWN or observation.failure is None:
        return None
    return f"{observation.target}: {our_doing(observation.failure)}"
