"""What several reports of one question tell beside their cells, added up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from operator import itemgetter
from typing import Final

from packaging.version import Version

from compatcheck.model import Drift, Outcome, Resolution
from compatcheck.report.blamed import swept, turn
from compatcheck.report.document import Cell, Disagreement, Report, Screen
from compatcheck.report.space import natural
from compatcheck.report.verified import Mismatch, Verified

TOLD: Final = frozenset(
    {Outcome.PASSED, Outcome.FAILED, Outcome.CRASHED, Outcome.UNSOLVABLE}
)
"""Answers: the others say that there is none."""

Key = tuple[object, ...]
"""What no two cells of a grid have alike."""


def key(report: Report, cell: Cell) -> Key:
    """Which cell of the grid it is, in whichever report it stands."""
    pins = tuple(cell.pins[axis.distribution] for axis in report.axes)
    return (*pins, cell.python, cell.resolution, cell.as_of)


def order(report: Report, cell: Cell | Mismatch) -> tuple[object, ...]:
    """Where a report tells of a cell; as `build_report` sorts."""
    resolution = list(Resolution).index(cell.resolution)
    return (*_place(report, cell), resolution, cell.as_of or "")


def _place(report: Report, told: Cell | Mismatch | Disagreement) -> Key:
    python = report.pythons[told.python]
    return (
        tuple(Version(told.pins[axis.distribution]) for axis in report.axes),
        natural(python.version),
        python.implementation,
    )


def drift(reports: Sequence[Report]) -> Iterator[Drift]:
    """Each turn once, with its cells added up; the most of any where they overlap."""
    total = _total(reports)
    found: dict[Drift, list[Drift]] = {}
    for each in (drift for report in reports for drift in report.drift):
        found.setdefault(turn(each), []).append(each)
    for same in found.values():
        yield replace(
            same[0],
            cells=total([each.cells for each in same]),
            verified=all(each.verified for each in same),
            releases=swept(same),
        )


def unblamed(reports: Sequence[Report]) -> str | None:
    """Why it was not found out to the end who is to blame, if any of them tells so."""
    return "; ".join(sorted({it.unblamed for it in reports if it.unblamed})) or None


def screen(reports: Sequence[Report]) -> Screen | None:
    """How far the screen was borne out, added up; the most of any where they overlap.

    None where none of them was screened beside other probes.
    """
    told = [(report, report.screen) for report in reports if report.screen]
    if not told:
        return None
    total = _total(reports)
    cells = total([it.cells for _, it in told])
    differ = {
        (*_place(report, each), each.target, repr(each)): each
        for report, it in told
        for each in it.disagreed
    }
    wrong = len({place[:-2] for place in differ})
    return Screen(
        cells=cells,
        agreed=max(0, min(total([it.agreed for _, it in told]), cells - wrong)),
        disagreed=tuple(differ[place] for place in sorted(differ)),
    )


def verified(reports: Sequence[Report]) -> Verified | None:
    """What was verified, added up; the most of any where the reports overlap."""
    told = [(report, report.verified) for report in reports if report.verified]
    if not told:
        return None
    total = _total(reports)
    cells = total([it.cells for _, it in told])
    differ = sorted(
        ((order(report, it), it) for report, had in told for it in had.differ),
        key=itemgetter(0),
    )
    return Verified(
        cells=cells,
        agree=max(0, cells - len({where for where, _ in differ})),
        differ=tuple({repr(it): it for _, it in differ}.values()),
        unanswered=total([it.unanswered for _, it in told]),
    )


def _total(reports: Sequence[Report]) -> Callable[[Sequence[int]], int]:
    """How what they counted is added up: the most where two answer the same cell."""
    answered = [{key(r, c) for c in r.cells if c.outcome in TOLD} for r in reports]
    apart = all(one.isdisjoint(other) for one, other in combinations(answered, 2))
    return sum if apart else max
