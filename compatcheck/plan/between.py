"""The releases between two whose outcome differs: where it turned, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, product

from packaging.version import Version

from compatcheck.model import Axis, Cell, CellResult, Outcome, Release
from compatcheck.plan.cells import Plan

_TOLD = {
    Outcome.PASSED,
    Outcome.FAILED,
    Outcome.CRASHED,
    Outcome.UNSOLVABLE,
}
"""What can differ: an outcome that is not known differs from nothing."""

_Place = tuple[Version, ...]
_Circumstance = tuple[str, str]


def refined(plan: Plan, results: Sequence[CellResult]) -> tuple[Plan, tuple[Cell, ...]]:
    """The plan with what lies between, and the cells of it that are not asked yet.

    Two results of one row that differ only in one pin, are next to each other among
    the candidates and came out differently: all releases between them, which the
    selection left out, are asked in that row. The other cells of the grown grid are
    part of the plan too, and not among the cells to ask.
    """
    asked = {_key(result.cell): result for result in results}
    wanted: dict[_Place, set[_Circumstance]] = {}
    for key in asked:
        for place in _between(plan, key, asked):
            wanted.setdefault(place, set()).add(key[1])
    grown = _grown(plan, wanted)
    circumstances = {_key(r.cell)[1]: r.cell for r in results}
    old = {_key(cell): cell for cell in plan.cells}
    cells, new = [], []
    for circumstance, releases in product(
        circumstances, product(*(axis.candidates for axis in grown.axes))
    ):
        place = tuple(release.version for release in releases)
        cell = old.get((place, circumstance))
        if cell is None:
            like = circumstances[circumstance]
            cell = grown.cell(releases, like.interpreter, like.resolution)
            if circumstance in wanted.get(place, ()):
                new.append(cell)
        cells.append(cell)
    return replace(grown, cells=tuple(cells)), tuple(new)


def _key(cell: Cell) -> tuple[_Place, _Circumstance]:
    versions = tuple(pin.version for pin in cell.pins)
    return versions, (cell.interpreter.build, cell.resolution)


def _between(
    plan: Plan,
    key: tuple[_Place, _Circumstance],
    asked: Mapping[tuple[_Place, _Circumstance], CellResult],
) -> Iterator[_Place]:
    """The places between a result and its next one on each axis."""
    place, circumstance = key
    for number, axis in enumerate(plan.axes):
        following = _next(axis, place[number])
        if following is None:
            continue
        other = (*place[:number], following, *place[number + 1 :])
        here, there = asked[key], asked.get((other, circumstance))
        if there is None or not _differ(here, there):
            continue
        for release in plan.spare.get(axis.distribution, ()):
            if place[number] < release.version < following and _timed(plan, release):
                yield (*place[:number], release.version, *place[number + 1 :])


def _next(axis: Axis, version: Version) -> Version | None:
    versions = [release.version for release in axis.candidates]
    return dict(pairwise(versions)).get(version)


def _differ(one: CellResult, other: CellResult) -> bool:
    return {one.outcome, other.outcome} <= _TOLD and one.outcome != other.outcome


def _timed(plan: Plan, release: Release) -> bool:
    return plan.as_of is None or release.upload_time is not None


def _grown(plan: Plan, wanted: Mapping[_Place, object]) -> Plan:
    axes = []
    for number, axis in enumerate(plan.axes):
        there = {release.version for release in axis.candidates}
        further = {place[number] for place in wanted} - there
        taken = [r for r in plan.spare[axis.distribution] if r.version in further]
        candidates = sorted((*axis.candidates, *taken), key=lambda r: r.version)
        left_out = tuple(it for it in axis.left_out if it.version not in further)
        axes.append(replace(axis, candidates=tuple(candidates), left_out=left_out))
    return replace(plan, axes=tuple(axes))
