"""Several reports of one question as one: of each cell, the best that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from packaging.version import Version
from pydantic import JsonValue

from compatcheck.errors import Problem, UsageError
from compatcheck.model import Outcome
from compatcheck.report.added import (
    TOLD,
    Key,
    drift,
    key,
    order,
    screen,
    unblamed,
    verified,
)
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


def merge(stored: Sequence[Stored]) -> Report:
    """One report with the best that any of them knows of each cell.

    An answer is better than `unknown`, and that better than `not_run`. Of all shards of
    a run it is the report of the whole run. Raises `UsageError` where the reports are
    not about the same question, and where they contradict each other.
    """
    check(stored)
    first = stored[0][1]
    axes = tuple(_axis(each) for each in zip(*(r.axes for _, r in stored), strict=True))
    chosen = sorted(_best(stored), key=lambda it: order(*it))
    facts, reports = Rejoined(), [report for _, report in stored]
    cells = tuple(facts.take(report, cell) for report, cell in chosen)
    report = Report(
        conclusion="",
        summary=summarise(cells, facts.results),
        interrupted=any(report.interrupted for report, _ in chosen),
        tool=first.tool,
        generated=max(report.generated for report in reports),
        platform=replace(first.platform, python=_tools(stored)),
        request=_request([report.request for report in reports]),
        isolation=_isolation([report.isolation for report in reports]),
        pythons=_pythons(stored),
        axes=axes,
        cells=cells,
        results=dict(sorted(facts.results.items())),
        failures=dict(sorted(facts.failures.items())),
        contracts=facts.contracts(),
        uses=facts.uses(),
        locks=dict(sorted(facts.locks.items())),
        drift=tuple(sorted(drift(reports), key=most_first)),
        unblamed=unblamed(reports),
        screen=screen(reports),
        verified=verified(reports),
        shims=_shimmed(stored, cells, facts),
        timings=_timings([report.timings for report in reports]),
    )
    return replace(report, conclusion=conclude(report))


def _best(stored: Sequence[Stored]) -> list[tuple[Report, Cell]]:
    """Each cell once, with the report that knows most of it."""
    told: dict[Key, list[tuple[str, Report, Cell]]] = {}
    for place, report in stored:
        for cell in report.cells:
            told.setdefault(key(report, cell), []).append((place, report, cell))
    problems = [problem for each in told.values() for problem in _conflict(each)]
    if problems:
        raise UsageError(*problems[:MOST_PROBLEMS])
    best = (max(each, key=lambda it: _worth(*it[1:])) for each in told.values())
    return [(report, cell) for _, report, cell in best]


def _conflict(told: Iterable[tuple[str, Report, Cell]]) -> Iterator[Problem]:
    """That two files answer the same question differently."""
    by_outcome: dict[Outcome, tuple[str, Cell]] = {}
    for place, _, cell in told:
        if cell.outcome in TOLD:
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
    known = 2 if cell.outcome in TOLD else cell.outcome is Outcome.UNKNOWN
    words = (SHARDED, SELECTED)  # the less is said of why it was not run, the first
    reason = cell.reason or ""
    why = next((rank for rank, word in enumerate(words) if word in reason), 2)
    result = report.results[cell.result] if cell.result else None
    blamed = bool(result and result.diagnoses), bool(cell.shims)
    whole = not report.interrupted
    return known, why, whole, blamed, report.generated, reason, cell.result or ""


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
    for what in {*SHARES} & common.keys():
        values = [request.get(what) for request in same]
        common[what] = values[0] if values.count(values[0]) == len(values) else None
    for what in {*CHOICES} & common.keys():
        common[what] = _choices([request.get(what) for request in same])
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
