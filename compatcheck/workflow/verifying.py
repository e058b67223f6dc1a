"""Compares what was told with what real environments answer: a difference is our bug.

Half of the cells are drawn where a fault would hide: from those that fail, and from
results that few cells share. The rest is spread evenly. No chance is in it, so that the
same results are verified alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import chain, count
from typing import TypeAlias

from compatcheck.ask.confirm import settle
from compatcheck.model import (
    Cell,
    CellResult,
    Gist,
    Mismatch,
    Observation,
    Outcome,
    Verified,
)
from compatcheck.ports import Executor

_ANSWERS = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.CRASHED})

Ask: TypeAlias = Callable[[Cell], CellResult | None]
_Target: TypeAlias = tuple[str, str]
"""Probe and target."""
_Seen: TypeAlias = tuple[Outcome, Gist | None]


def choose(results: Sequence[CellResult], number: int) -> list[CellResult]:
    """So many results of cells that ran, in the order of `results`; or all of them.

    Those that are confirmed, too: of these a real environment told what failed, and
    not what passed before it.
    """
    ran = [it for it in results if it.observations and it.outcome in _ANSWERS]
    taken = {id(it) for it in _odd(ran, (number + 1) // 2)}
    rest = [it for it in ran if id(it) not in taken]
    taken |= {id(it) for it in _spread(rest, number - len(taken))}
    return [it for it in ran if id(it) in taken]


def _odd(ran: Sequence[CellResult], number: int) -> list[CellResult]:
    """Of those that fail, then of the rarest results, one of each before a second."""
    groups: dict[object, list[CellResult]] = {}
    for result in ran:
        groups.setdefault(tuple(_answers(result).items()), []).append(result)
    ordered = sorted(
        groups.values(), key=lambda it: (it[0].outcome is Outcome.PASSED, len(it))
    )
    if ordered and ordered[-1][0].outcome is Outcome.PASSED:
        ordered.pop()  # the commonest of what works
    shares = [0] * len(ordered)
    for turn in count():
        open_to = [place for place, it in enumerate(ordered) if len(it) > turn]
        for place in open_to[: number - sum(shares)]:
            shares[place] += 1
        if not open_to or sum(shares) >= number:
            break
    return [
        result
        for group, share in zip(ordered, shares, strict=True)
        for result in _spread(group, share)
    ]


def _spread(results: Sequence[CellResult], number: int) -> list[CellResult]:
    """So many of them, evenly: each from the middle of an equal part."""
    number = min(number, len(results))
    return [
        results[(2 * place + 1) * len(results) // (2 * number)]
        for place in range(number)
    ]


class Verification:
    """What real environments answered, held against what was told."""

    def __init__(self, chosen: Sequence[CellResult], ask: Ask) -> None:
        """Verify these results; `ask` has a real environment answer afresh."""
        self.chosen = chosen
        self._ask = ask
        self._agree = 0
        self._wrong = 0
        self._differ: list[Mismatch] = []
        self._disputed: dict[int, CellResult] = {}

    @property
    def verified(self) -> Verified:
        """What has come of it so far."""
        cells = self._agree + self._wrong
        return Verified(
            cells=cells,
            agree=self._agree,
            unanswered=len(self.chosen) - cells,
            differ=tuple(self._differ),
        )

    def compare(self, executor: Executor, heard: Callable[[CellResult], None]) -> None:
        """Ask each once more, as many at a time as the executor does."""

        def again(told: CellResult) -> tuple[CellResult, CellResult | None]:
            return told, self._ask(told.cell)

        with closing(executor.map(again, self.chosen)) as answers:
            for told, real in answers:
                self._hear(told, real)
                heard(real or told)

    def _hear(self, told: CellResult, real: CellResult | None) -> None:
        """Take what a real environment says; a fault of ours is no answer."""
        if real is None or not real.observations:
            return
        if _answers(told) == _answers(real):
            self._agree += 1
        else:
            self._disputed[id(told)] = real

    def settle(self) -> Iterator[CellResult]:
        """Ask what differs again, alone, and give what its cell is told from now on.

        What two real environments do not answer alike is no fault of what was told:
        of an outcome that is not steady nobody knows, words that are not are passed
        over.
        """
        for told in self.chosen:
            real = self._disputed.pop(id(told), None)
            again = None if real is None else self._ask(told.cell)
            if real is None or again is None or not again.observations:
                continue
            settled = settle(real, again)
            wrong = list(_mismatches(told, settled, unsteady=_unsteady(real, again)))
            self._differ += wrong
            if wrong:
                self._wrong += 1
                yield settled
            else:
                self._agree += 1


def _mismatches(
    told: CellResult, real: CellResult, *, unsteady: set[_Target]
) -> Iterator[Mismatch]:
    before, after = _by_target(told), _by_target(real)
    for target in dict.fromkeys(chain(before, after)):
        one, other = before.get(target), after.get(target)
        words_alone = one and other and one.outcome is other.outcome
        if _seen(one) != _seen(other) and not (words_alone and target in unsteady):
            yield Mismatch(cell=told.cell, told=one, real=other)


def _unsteady(real: CellResult, again: CellResult) -> set[_Target]:
    """Targets of which two real environments do not tell the same."""
    one, other = _answers(real), _answers(again)
    return {it for it in one.keys() | other.keys() if one.get(it) != other.get(it)}


def _answers(result: CellResult) -> dict[_Target, _Seen | None]:
    return {target: _seen(it) for target, it in _by_target(result).items()}


def _by_target(result: CellResult) -> dict[_Target, Observation]:
    return {(it.probe, it.target): it for it in result.observations}


def _seen(observation: Observation | None) -> _Seen | None:
    """What must be equal: what came out, and the gist of how it failed."""
    if observation is None:
        return None
    failure = observation.failure
    return observation.outcome, None if failure is None else failure.gist
