"""Several reports of one question as one: of each cell, the best that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from operator import itemgetter
from typing import Final

from packaging.version import Version
from pydantic import JsonValue

from compatcheck.errors import Problem, UsageError
from compatcheck.model import Drift, Outcome, Resolution
from compatcheck.report.blamed import swept, turn
from compatcheck.report.build import most_first, summarise
from compatcheck.report.conclusion import conclude
from compatcheck.report.document import (
    PICTURED,
    SELECTED,
    SHARDED,
    Axis,
    Cell,
    LeftOut,
    Python,
    Report,
)
from compatcheck.report.mergeable import CHOICES, SHARES, Stored, check
from compatcheck.report.rejoined import Rejoined
from compatcheck.report.scored import score
from compatcheck.report.shimmed import Shimmed
from compatcheck.report.space import natural
from compatcheck.report.stored import MOST_PROBLEMS
from compatcheck.report.verified import Mismatch, Verified

_TOLD: Final = frozenset(
    {Outcome.PASSED, Outcome.FAILED, Outcome.CRASHED, Outcome.UNSOLVABLE}
)
"""Answers: the others say that there is none."""

_Key = tuple[object, ...]


def merge(stored: Sequence[Stored]) -> Report:
    """One report with the best that any of them knows of each cell.

    An answer is better than `unknown`, and that better than `not_run`. Of all shards of
    a run it is the report of the whole run. Raises `UsageError` where the reports are
    not about the same question, and where they contradict each other.
    """
    check(stored)
    first = stored[0][1]
    axes = tuple(_axis(each) for each in zip(*(r.axes for _, r in stored), strict=True))
    chosen = sorted(_best(stored), key=lambda it: _order(*it))
    facts = Rejoined()
    cells = tuple(facts.take(report, cell) for report, cell in chosen)
    report = Report(
        conclusion="",
        summary=summarise(cells, facts.results),
        interrupted=any(report.interrupted for report, _ in chosen),
        tool=first.tool,
        generated=max(report.generated for _, report in stored),
        platform=replace(first.platform, python=_tools(stored)),
        request=_request([report.request for _, report in stored]),
        isolation=_isolation([report.isolation for _, report in stored]),
        pythons=_pythons(stored),
        axes=axes,
        cells=cells,
        results=dict(sorted(facts.results.items())),
        failures=dict(sorted(facts.failures.items())),
        contracts=facts.contracts(),
        uses=facts.uses(),
        locks=dict(sorted(facts.locks.items())),
        drift=tuple(sorted(_drift([r for _, r in stored]), key=most_first)),
        verified=_verified([report for _, report in stored]),
        shims=_shimmed(stored, cells, facts),
        timings=_timings([report.timings for _, report in stored]),
    )
    return replace(report, conclusion=conclude(report))


def _best(stored: Sequence[Stored]) -> list[tuple[Report, Cell]]:
    """Each cell once, with the report that knows most of it."""
    told: dict[_Key, list[tuple[str, Report, Cell]]] = {}
    for place, report in stored:
        for cell in report.cells:
            told.setdefault(_key(report, cell), []).append((place, report, cell))
    problems = [problem for each in told.values() for problem in _conflict(each)]
    if problems:
        raise UsageError(*problems[:MOST_PROBLEMS])
    best = (max(each, key=lambda it: _worth(*it[1:])) for each in told.values())
    return [(report, cell) for _, report, cell in best]


def _key(report: Report, cell: Cell) -> _Key:
    pins = tuple(cell.pins[axis.distribution] for axis in report.axes)
    return (*pins, cell.python, cell.resolution, cell.as_of)


def _conflict(told: Iterable[tuple[str, Report, Cell]]) -> Iterator[Problem]:
    """That two files answer the same question differently."""
    by_outcome: dict[Outcome, tuple[str, Cell]] = {}
    for place, _, cell in told:
        if cell.outcome in _TOLD:
            by_outcome.setdefault(cell.outcome, (place, cell))
    if len(by_outcome) > 1:
        (one, cell), (two, other) = list(by_outcome.values())[:2]
        yield Problem(
            place=f"{one} and {two}",
            message=f"{_named(cell)} is {cell.outcome} in the first and"
            f" {other.outcome} in the second",
            mend="ask it again, and merge reports of one state of the index",
        )


def _named(cell: Cell) -> str:
    pins = " with ".join(f"{name} {version}" for name, version in cell.pins.items())
    time = f" as of {cell.as_of}" if cell.as_of else ""
    return f"{pins} on Python {cell.python} ({cell.resolution} resolution{time})"


def _worth(report: Report, cell: Cell) -> tuple[object, ...]:
    """The more, the better: what is known, then how whole and how new its report is."""
    known = 2 if cell.outcome in _TOLD else cell.outcome is Outcome.UNKNOWN
    words = (SHARDED, SELECTED)  # the less is said of why it was not run, the first
    reason = cell.reason or ""
    why = next((rank for rank, word in enumerate(words) if word in reason), 2)
    result = report.results[cell.result] if cell.result else None
    blamed = bool(result and result.diagnoses), bool(cell.shims)
    whole = not report.interrupted
    return known, why, whole, blamed, report.generated, reason, cell.result or ""


def _order(report: Report, cell: Cell | Mismatch) -> tuple[object, ...]:
    """Where a report tells of a cell; as `build_report` sorts."""
    python = report.pythons[cell.python]
    return (
        tuple(Version(cell.pins[axis.distribution]) for axis in report.axes),
        natural(python.version),
        python.implementation,
        list(Resolution).index(cell.resolution),
        cell.as_of or "",
    )


def _axis(same: Sequence[Axis]) -> Axis:
    """An axis with every release that any report has tried."""
    tried = {version for axis in same for version in axis.versions}
    why: dict[str, str] = {}
    for axis in same:
        for left in axis.left_out:
            for version in {*left.versions} - tried:
                why[version] = min(left.reason, why.get(version, left.reason))
    return replace(
        same[0],
        versions=tuple(sorted(tried, key=Version)),
        left_out=tuple(
            LeftOut(
                versions=tuple(sorted((v for v in why if why[v] == it), key=Version)),
                reason=it,
            )
            for it in sorted({*why.values()})
        ),
    )


def _tools(stored: Sequence[Stored]) -> str:
    """The Pythons that compatcheck itself ran on; one as a rule."""
    return ", ".join(sorted({report.platform.python for _, report in stored}))


def _pythons(stored: Sequence[Stored]) -> dict[str, Python]:
    known = {label: it for _, r in stored for label, it in r.pythons.items()}
    return {label: known[label] for label in sorted(known, key=natural)}


def _request(same: Sequence[Mapping[str, JsonValue]]) -> dict[str, JsonValue]:
    """What was asked: the whole, within a time only if all were."""
    common = dict(same[0])
    for key in {*SHARES} & common.keys():
        values = [request.get(key) for request in same]
        common[key] = values[0] if values.count(values[0]) == len(values) else None
    for key in {*CHOICES} & common.keys():
        common[key] = _choices([request.get(key) for request in same])
    if "shard" in common:
        common["shard"] = None
    return common


def _choices(values: Sequence[JsonValue]) -> JsonValue:
    """What was chosen: one thing, or the list of all, today first."""
    each = [it for value in values for it in _several(value)]
    told = sorted(
        {str(it): it for it in each}.items(), key=lambda it: (it[1] is not None, it)
    )
    return [it for _, it in told] if len(told) > 1 else each[0]


def _several(value: JsonValue) -> Sequence[JsonValue]:
    return value if isinstance(value, list) else [value]


def _isolation(had: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Of each wall the least that any machine had; none is better than it was."""
    walls = sorted({wall for each in had for wall in each})
    return {
        wall: _least({each.get(wall, "missing: not told") for each in had})
        for wall in walls
    }


def _least(words: set[str]) -> str:
    """What is missing anywhere is missing; else all that was had, where it differs."""
    missing = sorted(word for word in words if word.startswith("missing"))
    return missing[0] if missing else " or ".join(sorted(words))


def _drift(reports: Sequence[Report]) -> Iterator[Drift]:
    """Each turn once, with its cells added up; the most of any where they overlap."""
    apart = _apart(reports)
    found: dict[Drift, list[Drift]] = {}
    for each in (drift for report in reports for drift in report.drift):
        found.setdefault(turn(each), []).append(each)
    for same in found.values():
        cells = [each.cells for each in same]
        verified = all(each.verified for each in same)
        total = sum(cells) if apart else max(cells)
        releases = swept(same)
        yield replace(same[0], cells=total, verified=verified, releases=releases)


def _apart(reports: Sequence[Report]) -> bool:
    """Whether no two of them answer the same cell."""
    answered = [{_key(r, c) for c in r.cells if c.outcome in _TOLD} for r in reports]
    return all(one.isdisjoint(other) for one, other in combinations(answered, 2))


def _verified(reports: Sequence[Report]) -> Verified | None:
    """What was verified, added up; the most of any where the reports overlap."""
    told = [report.verified for report in reports if report.verified is not None]
    if not told:
        return None
    total = sum if _apart(reports) else max
    cells = total(each.cells for each in told)
    differ = sorted(
        (
            (_order(r, it), it)
            for r in reports
            if r.verified
            for it in r.verified.differ
        ),
        key=itemgetter(0),
    )
    return Verified(
        cells=cells,
        agree=max(0, cells - len({where for where, _ in differ})),
        differ=tuple({repr(it): it for _, it in differ}.values()),
        unanswered=total(each.unanswered for each in told),
    )


def _shimmed(
    stored: Sequence[Stored], cells: Sequence[Cell], facts: Rejoined
) -> Shimmed | None:
    """The shim's score over all cells; None where none was asked with it."""
    releases = sorted({report.shims.version for _, report in stored if report.shims})
    return score(cells, facts, ", ".join(releases)) if releases else None


def _timings(spent: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Seconds added up; a picture of the whole is there when the last part's is."""
    told = {}
    for name in sorted({name for timings in spent for name in timings}):
        each = [timings[name] for timings in spent if name in timings]
        told[name] = max(each) if name == PICTURED else round(sum(each), 3)
    return told
