"""What the page's script knows: every cell, and each shared fact once, by its place.

All of it is plain text for `textContent`; the template writes it as JSON.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final, Generic, TypeVar

from compatcheck.formats._page.layout import Sheet, letter
from compatcheck.model import Diagnosis, Failure, Frame, Link, Outcome, Stage
from compatcheck.report.document import Cell, Contract, Report, Result
from compatcheck.report.fold import Point
from compatcheck.report.legible import block, shown

Plain = dict[str, Any]  # what JSON can hold
T = TypeVar("T", bound=Hashable)

MOST_FRAMES: Final = 30
"""Frames of one traceback that are told; the last ones, where it was raised."""
MOST_EVIDENCE: Final = 20
"""Sentences of evidence of one diagnosis; JSON has all of them."""


@dataclass(slots=True)
class Table(Generic[T]):
    """Things once, in the order of their first mention, told by their places."""

    places: dict[T, int] = field(default_factory=dict)

    def place(self, thing: T) -> int:
        """Where it stands."""
        return self.places.setdefault(thing, len(self.places))

    def maybe(self, thing: T | None) -> int:
        """Where it stands; -1 for nothing."""
        return -1 if thing is None else self.place(thing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why some cells are as they are, as a filter offers it."""

    outcome: Outcome
    label: str
    points: frozenset[Point]


def story(report: Report, sheet: Sheet, causes: Sequence[Cause]) -> Plain:
    """Everything about the cells, small enough to be carried along."""
    tables = _Tables()
    order = _order(sheet)
    cells = [sheet.space.cells.get(point) for point in order]
    columns = [_told(cell, tables) for cell in cells]
    at = {point: place for place, point in enumerate(order)}
    return {
        "dimensions": list(_dimensions(sheet)),
        "axes": [shown(axis.distribution) for axis in report.axes],
        "across": sheet.across,
        "choices": list(sheet.choices),
        "chosen": list(sheet.chosen),
        "starts": [list(sheet.rows.starts), list(sheet.columns.starts)],
        "cells": [list(each) for each in zip(*columns, strict=True)],
        "kinds": [list(kind) for kind in tables.kinds.places],
        "reasons": list(tables.reasons.places),
        "times": list(tables.times.places),
        "locks": _locks(report, tables),
        # Each of these mentions some of what comes below it.
        "results": [
            _result(report.results[each], tables) for each in tables.results.places
        ],
        "contracts": [
            _contract(report.contracts[each]) for each in tables.contracts.places
        ],
        "targets": list(tables.targets.places),
        "failures": [_failure(report.failures[it]) for it in tables.failures.places],
        "diagnoses": [_diagnosis(it) for it in tables.diagnoses.places],
        "causes": [_cause(each, at) for each in causes],
    }


class _Tables:
    """What cells share."""

    def __init__(self) -> None:
        self.kinds: Table[tuple[str, str, str, str]] = Table()
        self.reasons: Table[str] = Table()
        self.times: Table[str] = Table()
        self.locks: Table[str] = Table()
        self.results: Table[str] = Table()
        self.contracts: Table[str] = Table()
        self.targets: Table[str] = Table()
        self.failures: Table[str] = Table()
        self.diagnoses: Table[Diagnosis] = Table()


def _dimensions(sheet: Sheet) -> Iterator[Plain]:
    """Each with its key in an address, and its name as a switch has it."""
    circumstances = iter(_CIRCUMSTANCES)
    for each in sheet.space.dimensions:
        key = each.distribution or next(circumstances)
        yield {
            "key": shown(key),
            "name": shown(each.name),
            "title": shown(each.name or key.removeprefix("-").capitalize()),
            "values": list(map(shown, each.values)),
        }


_CIRCUMSTANCES: Final = ("-python", "-resolution", "-time")
"""Keys of what is no axis, as `lay_out` orders it: no distribution's name begins so."""


def _order(sheet: Sheet) -> list[Point]:
    """Every place of the space, the last dimension running fastest."""
    sizes = [range(len(each.values)) for each in sheet.space.dimensions]
    return list(product(*sizes))


def _told(cell: Cell | None, tables: _Tables) -> tuple[int, ...]:
    """A cell as places: kind, result, lock, reason, contract, time."""
    if cell is None:
        return (-1,) * 6
    stage = cell.stage.value if cell.stage else ""
    source = cell.source.value if cell.source else ""
    mark = letter(cell.outcome, cell.stage)
    return (
        tables.kinds.place((mark, cell.outcome.value, stage, source)),
        tables.results.maybe(cell.result),
        tables.locks.maybe(cell.lock),
        tables.reasons.maybe(None if cell.reason is None else shown(cell.reason)),
        tables.contracts.maybe(cell.contract),
        tables.times.maybe(None if cell.as_of is None else shown(cell.as_of)),
    )


def _locks(report: Report, tables: _Tables) -> Plain:
    """Each lock as places of names and of versions by turns."""
    names: Table[str] = Table()
    versions: Table[str] = Table()
    told = [
        [
            place
            for name, version in sorted(report.locks[lock].items())
            for place in (names.place(shown(name)), versions.place(shown(version)))
        ]
        for lock in tables.locks.places
    ]
    return {"names": [*names.places], "versions": [*versions.places], "told": told}


def _result(result: Result, tables: _Tables) -> Plain:
    seen = [
        [
            each.stage.value,
            tables.targets.place(shown(each.target)),
            each.outcome.value,
            tables.failures.maybe(each.failure),
        ]
        for each in result.observations
    ]
    return {
        "seen": seen,
        "deepest": result.deepest.value if result.deepest else "",
        "answers": _answers(result),
        "why": [tables.diagnoses.place(each) for each in result.diagnoses],
    }


def _answers(result: Result) -> Mapping[str, str]:
    """What each stage came to, by itself; a stage that was not asked is not there."""
    worst = list(_WORST)
    found: dict[Stage, Outcome] = {}
    for each in result.observations:
        if each.outcome is not Outcome.NOT_RUN:
            known = found.get(each.stage, Outcome.PASSED)
            found[each.stage] = min(known, each.outcome, key=worst.index)
    return {stage.value: outcome.value for stage, outcome in sorted(found.items())}


_WORST: Final = (
    Outcome.CRASHED,
    Outcome.FAILED,
    Outcome.UNKNOWN,
    Outcome.UNSOLVABLE,
    Outcome.PASSED,
    Outcome.NOT_RUN,
)


def _contract(needed: Contract) -> str:
    """`12 modules, 40 names, 5 calls and 7 scenario files`."""
    counted = (
        (len(needed.modules), "module"),
        (len(needed.symbols), "name"),
        (len(needed.uses), "call"),
        (len(needed.scenarios), "scenario file"),
    )
    told = [f"{n:,} {word}{'s' * (n != 1)}" for n, word in counted if n]
    return ", ".join(told)


def _failure(failure: Failure) -> Plain:
    links = ({"how": it.relation, **_raised(it)} for it in failure.chain)
    return {**_raised(failure), "chain": list(links)}


def _raised(told: Failure | Link) -> Plain:
    return {
        "type": shown(told.type),
        "message": block(told.message),
        "frames": [*map(_frame, told.frames[-MOST_FRAMES:])],
    }


def _frame(frame: Frame) -> str:
    return shown(f"{frame.file}:{frame.line} in {frame.function}")


def _diagnosis(found: Diagnosis) -> Plain:
    culprit = found.culprit
    return {
        "rule": shown(found.rule),
        "title": shown(found.title),
        "culprit": shown(f"{culprit.distribution} {culprit.version or ''}".rstrip())
        if culprit
        else "",
        "evidence": [*map(shown, found.evidence[:MOST_EVIDENCE])],
        "remedies": [
            {"command": shown(it.command), "kind": it.kind, "verified": it.verified}
            for it in found.remedies
        ],
    }


def _cause(cause: Cause, at: Mapping[Point, int]) -> Plain:
    return {
        "label": cause.label,
        "outcome": cause.outcome.value,
        "cells": _runs(at[point] for point in cause.points),
    }


def _runs(places: Iterable[int]) -> list[int]:
    """First place and length of each run of neighbours, by turns."""
    found: list[int] = []
    for place in sorted(places):
        if found and place == found[-2] + found[-1]:
            found[-1] += 1
        else:
            found += [place, 1]
    return found
