"""What got worse: two answers held against each other, question by question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from compatcheck.blame.goal import Key, key
from compatcheck.model import CellResult, Observation, Outcome, Stage

WHOLE: Final = Observation(
    probe="resolve",
    stage=Stage.RESOLVE,
    target="requirements",
    outcome=Outcome.UNSOLVABLE,
)
"""What stands for a cell as a whole, where nothing of it could be asked."""

_UNTOLD: Final = frozenset({Outcome.UNKNOWN, Outcome.NOT_RUN})
"""Of a cell with such an outcome, questions may be left that nobody asked."""


class Standing(StrEnum):
    """What a "no" of head's is, beside what base says."""

    NEW = "new"
    """It passed, or nobody asked for it: this is what a gate is for."""
    UNCHANGED = "unchanged"
    """It failed before: shown, not gated."""
    UNKNOWN = "unknown"
    """It is needed, and could not be told on one side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One question to which head says no, or nothing."""

    standing: Standing
    seen: Observation
    """As head answered."""
    words: str
    """Why it could not be told, or resolved; else empty."""
    fails_otherwise: bool = False
    """Whether base failed too, but with other words."""

    @property
    def key(self) -> Key:
        """What was asked."""
        return key(self.seen)


def compare(base: CellResult, head: CellResult) -> tuple[Compared, ...]:
    """Every "no" and every "don't know" of head's, in the order of the asking."""
    match head.outcome:
        case Outcome.UNSOLVABLE:
            return (_unsolvable(base, head),)
        case Outcome.UNKNOWN | Outcome.NOT_RUN if not head.observations:
            return tuple(_untold(base, head))
        case _:
            return tuple(_each(base, head))


def _unsolvable(base: CellResult, head: CellResult) -> Compared:
    standing = Standing.NEW
    if base.outcome is Outcome.UNSOLVABLE:
        standing = Standing.UNCHANGED
    elif _nothing_known(base):
        standing = Standing.UNKNOWN
    return Compared(standing=standing, seen=WHOLE, words=head.reason or "")


def _untold(base: CellResult, head: CellResult) -> Iterator[Compared]:
    """Head says nothing: that matters, unless nothing could be worse than base."""
    if base.outcome is not Outcome.UNSOLVABLE:
        words = head.reason or "it was not asked"
        yield Compared(standing=Standing.UNKNOWN, seen=_nobody_knows(head), words=words)


def _nobody_knows(head: CellResult) -> Observation:
    return Observation(
        probe="resolve",
        stage=head.stage or Stage.RESOLVE,
        target="requirements",
        outcome=Outcome.UNKNOWN,
    )


def _each(base: CellResult, head: CellResult) -> Iterator[Compared]:
    before = {key(seen): seen for seen in base.observations}
    for seen in head.observations:
        other = before.get(key(seen))
        if seen.outcome.is_red:
            standing = _standing(base, other)
            words = ""
            if standing is Standing.UNKNOWN:
                reason = base.reason or "it could not be told"
                words = f"head fails, and of base nothing is known: {reason}"
            yield Compared(
                standing=standing,
                seen=seen,
                words=words,
                fails_otherwise=_otherwise(seen, other),
            )
        elif seen.outcome is Outcome.UNKNOWN and not (other and other.outcome.is_red):
            yield Compared(
                standing=Standing.UNKNOWN, seen=seen, words=head.reason or "no answer"
            )


def _standing(base: CellResult, other: Observation | None) -> Standing:
    """What a failure of head's is, given what base said to the same question."""
    if other is None:
        if base.outcome in _UNTOLD:  # it may have ended before this was asked
            return Standing.UNKNOWN
        broken = base.outcome is Outcome.UNSOLVABLE or _broke_off(base)
        return Standing.UNCHANGED if broken else Standing.NEW
    if other.outcome.is_red:
        return Standing.UNCHANGED
    return Standing.UNKNOWN if other.outcome is Outcome.UNKNOWN else Standing.NEW


def _nothing_known(result: CellResult) -> bool:
    return result.outcome in _UNTOLD and not result.observations


def _broke_off(result: CellResult) -> bool:
    """Whether an import ended it, so that most was never asked."""
    red = [seen for seen in result.observations if seen.outcome.is_red]
    return any(seen.stage is Stage.IMPORT for seen in red)


def _otherwise(seen: Observation, other: Observation | None) -> bool:
    one, two = seen.failure, other.failure if other else None
    return one is not None and two is not None and one.gist != two.gist
