"""The cells as points in a space: the axes, then Python, resolution and time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from compatcheck.model import Resolution
from compatcheck.report.document import Cell, Report
from compatcheck.report.fold import Box, Point, boxes, ranges

MOST_BOXES: Final = 4
"""How many products of ranges a reader takes in; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One thing that varies, with its values in order."""

    name: str
    """As it is told: `fastapi[standard]`, `Python`."""
    values: tuple[str, ...]
    distribution: str | None = None
    """Of an axis."""

    @property
    def is_axis(self) -> bool:
        """Whether it is a distribution, so that its values are releases."""
        return self.distribution is not None

    @property
    def told(self) -> bool:
        """Whether it is worth a word: an axis always, the others when they vary."""
        return self.is_axis or len(self.values) > 1

    def tell(self, chosen: Iterable[int], *, counted: bool = True) -> str:
        """Its chosen values: `werkzeug 2.2.0 … 2.3.8 (14)`, `Python 3.8, 3.13`.

        Only releases fold into ranges: nobody asked for what lies between two Pythons.
        """
        values = [self.values[index] for index in chosen]
        if self.is_axis:
            text = ranges(self.values, values, counted=counted)
        else:
            text = ", ".join(values)
        return f"{self.name} {text}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Where each cell lies."""

    dimensions: tuple[Dimension, ...]
    cells: Mapping[Point, Cell]

    @property
    def axes(self) -> int:
        """How many of the dimensions, the first ones, are axes."""
        return sum(dimension.is_axis for dimension in self.dimensions)

    def tell(self, points: Iterable[Point]) -> str:
        """Which cells: `flask 2.2.2 with werkzeug 3.0.0 … 3.0.6 (7)`, folded."""
        found = boxes(points)
        told = [self.tell_box(box) for box in found[:MOST_BOXES]]
        if more := len(found) - len(told):
            told.append(f"and {more} more such groups")
        return "; ".join(told)

    def tell_box(self, box: Box) -> str:
        """One product of ranges, without the dimensions that do not vary."""
        parts = list(zip(self.dimensions, box, strict=True))
        axes = [dim.tell(chosen) for dim, chosen in parts if dim.is_axis]
        others = [" and ".join(axes[1:])] if axes[1:] else []
        rest = [
            dim.tell(chosen) for dim, chosen in parts if dim.told and not dim.is_axis
        ]
        return ", ".join([" with ".join([axes[0], *others]), *rest])


def lay_out(report: Report) -> Space:
    """Put each cell of a report in its place."""
    times = times_of(report.cells)
    dimensions = (
        *(
            Dimension(
                name=axis.name, values=axis.versions, distribution=axis.distribution
            )
            for axis in report.axes
        ),
        *_circumstances(report.cells, times),
    )
    places = [
        {value: place for place, value in enumerate(dimension.values)}
        for dimension in dimensions
    ]
    cells = {
        tuple(
            place[value]
            for place, value in zip(places, _values(cell, report, times), strict=True)
        ): cell
        for cell in report.cells
    }
    return Space(dimensions=dimensions, cells=cells)


def _values(
    cell: Cell, report: Report, times: Mapping[str | None, str]
) -> tuple[str, ...]:
    pins = tuple(cell.pins[axis.distribution] for axis in report.axes)
    return (*pins, *_circumstance(cell, times))


def _circumstance(cell: Cell, times: Mapping[str | None, str]) -> tuple[str, str, str]:
    return cell.python, cell.resolution.value, times[cell.as_of]


def _circumstances(
    cells: Sequence[Cell], times: Mapping[str | None, str]
) -> tuple[Dimension, ...]:
    seen = [_circumstance(cell, times) for cell in cells]
    pythons = sorted({python for python, *_ in seen}, key=natural)
    modes = {mode for _, mode, *_ in seen}
    values = (
        ("Python", pythons),
        ("resolution", [mode.value for mode in Resolution if mode.value in modes]),
        ("", list(dict.fromkeys(times.values()))),
    )
    return tuple(Dimension(name=name, values=tuple(each)) for name, each in values)


def times_of(cells: Sequence[Cell]) -> dict[str | None, str]:
    """What to call each `as_of`.

    Those of `--as-of release` differ from cell to cell without being a choice, so they
    share one name.
    """
    instants = sorted({cell.as_of for cell in cells if cell.as_of is not None})
    by_choice: dict[tuple[object, ...], set[str]] = {}
    for cell in cells:
        if cell.as_of is not None:
            choice = (*cell.pins.values(), cell.python, cell.resolution)
            by_choice.setdefault(choice, set()).add(cell.as_of)
    derived = len(instants) > 1 and all(len(each) == 1 for each in by_choice.values())
    names: dict[str | None, str] = {
        instant: "as of its release" if derived else f"as of {instant}"
        for instant in instants
    }
    if any(cell.as_of is None for cell in cells):
        names[None] = "as of today"
    return names


def natural(label: str) -> tuple[str, tuple[int, ...], str]:
    """A sort key by which 3.9 comes before 3.10, and pypy after cpython."""
    family = re.match(r"\D*", label)
    figures = tuple(int(figure) for figure in re.findall(r"\d{1,9}", label, re.ASCII))
    return family.group() if family else "", figures, label
