"""A real run, enlarged to every release that it left out: as big as the full grid.

What stands in the cells between is that of their nearest neighbour that was asked; a
page's size and speed hang on how much there is, not on whether it is so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from packaging.version import Version

from compatcheck.report.build import summarise
from compatcheck.report.document import Axis, Cell, Report


def large(report: Report) -> Report:
    """The report with a cell for every pair of releases that its axes know of."""
    axes = tuple(_whole(axis) for axis in report.axes)
    known = {tuple(cell.pins.values()): cell for cell in report.cells}
    cells = []
    for pins in product(*(axis.versions for axis in axes)):
        nearest = tuple(
            _nearest(axis.versions, version)
            for axis, version in zip(report.axes, pins, strict=True)
        )
        names = (axis.distribution for axis in axes)
        told = dict(zip(names, pins, strict=True))
        cells.append(replace(known[nearest], pins=told))
    return _told(report, axes, tuple(cells))


def _whole(axis: Axis) -> Axis:
    left = (version for each in axis.left_out for version in each.versions)
    versions = sorted({*axis.versions, *left}, key=Version)
    return replace(axis, versions=tuple(versions), left_out=())


def _nearest(asked: Sequence[str], version: str) -> str:
    """The newest that was asked and is not newer; else the oldest."""
    place = bisect_right([Version(each) for each in asked], Version(version))
    return asked[max(place - 1, 0)]


def _told(report: Report, axes: tuple[Axis, ...], cells: tuple[Cell, ...]) -> Report:
    return replace(
        report, axes=axes, cells=cells, summary=summarise(cells, report.results)
    )
