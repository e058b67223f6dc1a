"""Ask again, alone, before anything is called failed or crashed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from compatcheck.ask.asker import views
from compatcheck.model import CellResult, Failure, Observation, Outcome
from compatcheck.ports import Ask

_BAD = (Outcome.FAILED, Outcome.CRASHED)


def unconfirmed(results: Iterable[CellResult]) -> list[CellResult]:
    """One cell for each failure not yet seen twice, and every one that timed out."""
    seen = {failure for r in results if r.confirmed for failure in _failures(r)}
    chosen = []
    for result in results:
        new = [f for f in _failures(result) if f not in seen]
        if new and not result.confirmed:
            chosen.append(result)
            seen.update(f for f in new if f.type != "Timeout")
    return chosen


def confirm(
    results: Sequence[CellResult],
    ask: Ask,
    told: Callable[[CellResult], None],
) -> list[CellResult]:
    """The results with every failure seen twice, or `unknown` where it was not.

    Where a failure does not repeat, each cell that showed it is asked again too.
    """
    settled = list(results)
    places = {id(result): place for place, result in enumerate(results)}
    chosen = unconfirmed(results)
    asked = {id(result) for result in chosen}
    for first in chosen:
        again = _settle(first, ask(first.cell, fresh=True))
        settled[places[id(first)]] = again
        told(again)
        flaky = set(_failures(first)) - set(_failures(again))
        for other in results if flaky else ():
            if id(other) not in asked and flaky & set(_failures(other)):
                asked.add(id(other))
                place = places[id(other)]
                settled[place] = _settle(other, ask(other.cell, fresh=True))
    return settled


def _settle(first: CellResult, again: CellResult) -> CellResult:
    if views(first) == views(again):
        return replace(again, confirmed=True)
    if again.outcome is Outcome.UNKNOWN:
        return again
    reason = f"it was {_told(first)} first and {_told(again)} when asked again"
    return replace(again, outcome=Outcome.UNKNOWN, reason=reason, observations=())


def _told(result: CellResult) -> str:
    worst = next((o for o in result.observations if o.outcome in _BAD), None)
    if worst is None or worst.failure is None:
        return str(result.outcome)
    return f"{result.outcome} ({worst.target}: {worst.failure.type})"


def _failures(result: CellResult) -> Iterator[Failure]:
    observations: Iterable[Observation] = result.observations
    for observation in observations:
        if observation.outcome in _BAD and observation.failure is not None:
            yield observation.failure
