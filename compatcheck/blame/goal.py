"""Does a cell do what it did? The one question that blame puts, in every world."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from compatcheck.model import CellResult, Observation, Outcome

Key = tuple[str, str]
"""A question by probe and target."""


class Verdict(StrEnum):
    """What a world says of the goal."""

    GOOD = "good"
    BAD = "bad"
    UNTOLD = "untold"
    """It could not be asked, or not for all that matters."""


def key(seen: Observation) -> Key:
    """What was asked."""
    return seen.probe, seen.target


def failing(result: CellResult) -> tuple[Observation, ...]:
    """What failed in a cell, shallowest first, else in the order it was asked."""
    bad = [seen for seen in result.observations if seen.outcome.is_red]
    return tuple(sorted(bad, key=lambda seen: seen.stage.depth))


def passing(result: CellResult) -> frozenset[Key]:
    """What passed in a cell."""
    passed = (s for s in result.observations if s.outcome is Outcome.PASSED)
    return frozenset(key(seen) for seen in passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What must pass, and what must not fail on the way there."""

    broken: frozenset[Key]
    """What failed, or was not reached because something failed, and must pass."""
    worked: frozenset[Key] = frozenset()
    """What worked before: where any of it fails, nothing is mended."""

    def verdict(self, result: CellResult) -> Verdict:
        """What a cell says; a target that nobody reached says nothing."""
        failed = {key(seen) for seen in failing(result)}
        if failed & (self.broken | self.worked):
            return Verdict.BAD
        return Verdict.GOOD if self.broken <= passing(result) else Verdict.UNTOLD


def drifted(then: CellResult, today: CellResult) -> Goal:
    """What worked as of the release and does not today; nothing broken if nothing did.

    A target that is not reached today, because an import ended the cell or the
    interpreter died, is broken with what ended it.
    """
    worked = passing(then)
    failed = worked & {key(seen) for seen in failing(today)}
    reached = {key(seen) for seen in today.observations}
    broken = failed | (worked - reached) if failed else frozenset()
    return Goal(broken=broken, worked=worked)


def why_untold(result: CellResult) -> str:
    """Why a world says nothing, in words."""
    if result.reason is not None:
        return result.reason
    bad = failing(result)
    if bad:
        return f"{bad[0].stage} `{bad[0].target}` failed first"
    return "not all of it was asked there"
