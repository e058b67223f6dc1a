"""Ask again, alone, before anything is called failed or crashed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TypeAlias, TypeGuard

from compatcheck.ask.answers import views
from compatcheck.ask.verdict import judge
from compatcheck.model import CellResult, Gist, Observation, Outcome
from compatcheck.ports import AskAgain, Executor

_Twice: TypeAlias = tuple[CellResult, CellResult]
"""What was seen of a cell first, and when it was asked again."""


def unconfirmed(results: Iterable[CellResult]) -> list[CellResult]:
    """One cell for each failure not yet seen twice, and every one that timed out."""
    seen = {failure for r in results if r.confirmed for failure in _gists(r)}
    chosen = []
    for result in results:
        new = _gists(result) - seen
        if new and not result.confirmed:
            chosen.append(result)
            seen |= {gist for gist in new if not _is_timeout(gist)}
    return chosen


def confirm(
    results: Sequence[CellResult],
    ask: AskAgain,
    told: Callable[[CellResult], None],
    patient: Callable[[], bool] = lambda: True,
    executor: Executor | None = None,
) -> list[CellResult]:
    """The results with every failure seen twice, or `unknown` where it was not.

    An `executor` asks several at a time, each in a place of its own. Where a failure
    does not repeat, each cell that showed it is asked again too. Once `patient` says
    no, no further one is asked, and the rest stays as it was seen.
    """
    settled = list(results)
    places = {id(result): place for place, result in enumerate(results)}
    chosen = unconfirmed(results)
    asked = {id(result) for result in chosen}
    with closing(_again(chosen, ask, patient, executor)) as twice:
        for first, second in twice:
            again = settle(first, second)
            settled[places[id(first)]] = again
            told(again)
            flaky = _gists(first) - _gists(again)
            for other in results if flaky else ():
                if id(other) not in asked and flaky & _gists(other) and patient():
                    asked.add(id(other))
                    place = places[id(other)]
                    settled[place] = settle(other, ask(other))
    return settled


def _again(
    chosen: Sequence[CellResult],
    ask: AskAgain,
    patient: Callable[[], bool],
    executor: Executor | None,
) -> Generator[_Twice]:
    """Each with its second answer; what took too long has the machine to itself."""

    def again(first: CellResult) -> _Twice | None:
        return (first, ask(first)) if patient() else None

    slow = [it for it in chosen if _timed_out(it)]
    others = [it for it in chosen if not _timed_out(it)]
    if executor is None:
        yield from filter(None, map(again, others))
    else:
        with closing(executor.map(again, others)) as answers:
            yield from filter(None, answers)
    yield from filter(None, map(again, slow))


def settle(first: CellResult, again: CellResult) -> CellResult:
    """What was seen twice; a target that answered now so, now otherwise is unknown.

    That says nothing about the others: what of them failed twice has failed.
    """
    if views(first) == views(again):
        return replace(again, confirmed=True)
    if again.outcome is Outcome.UNKNOWN:
        return again
    before, after = _by_target(first), _by_target(again)
    seen = {**after, **{it: o for it, o in before.items() if it not in after}}
    flaky = [it for it in seen if _changed(before.get(it), after.get(it))]
    for it in flaky:
        bad = next(o for o in (before.get(it), after.get(it)) if _is_bad(o))
        seen[it] = replace(bad, outcome=Outcome.UNKNOWN)
    observations = tuple(o for it, o in seen.items() if it in after or it in flaky)
    outcome, stage, reason = judge(observations)
    if outcome is Outcome.UNKNOWN and flaky:
        reason = _flaky(*(it.get(flaky[0]) for it in (before, after)))
    return replace(
        again,
        outcome=outcome,
        stage=stage,
        reason=reason,
        observations=observations,
        confirmed=outcome.is_red,
    )


def _timed_out(result: CellResult) -> bool:
    return any(map(_is_timeout, _gists(result)))


def _is_timeout(gist: Gist) -> bool:
    return gist[0] == "Timeout"


def _by_target(result: CellResult) -> dict[tuple[str, str], Observation]:
    return {(o.probe, o.target): o for o in result.observations}


def _is_bad(observation: Observation | None) -> TypeGuard[Observation]:
    return observation is not None and observation.outcome.is_red


def _changed(before: Observation | None, after: Observation | None) -> bool:
    """Whether a target answered no and then otherwise, or not at all, or later."""
    if not (_is_bad(before) or _is_bad(after)):
        return False
    return before is None or after is None or before.outcome is not after.outcome


def _flaky(before: Observation | None, after: Observation | None) -> str:
    seen = after or before
    assert seen is not None  # noqa: S101 - of one of them it was taken
    return (
        f"flaky: {seen.target} was {_told(before)} first"
        f" and {_told(after)} when asked again"
    )


def _told(seen: Observation | None) -> str:
    if seen is None:
        return "not asked"
    if not _is_bad(seen) or seen.failure is None:
        return str(seen.outcome)
    return f"{seen.outcome} ({seen.failure.type})"


def _gists(result: CellResult) -> set[Gist]:
    """Its distinct failures."""
    return {o.failure.gist for o in result.observations if _is_bad(o) and o.failure}
