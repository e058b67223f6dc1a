"""The cells as pictures: rows against columns, equal neighbours folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from compatcheck.model import Outcome, Stage
from compatcheck.report.document import Cell, Report
from compatcheck.report.fold import Point, boxes
from compatcheck.report.space import Dimension, Space, lay_out

_BROKEN: Final = frozenset({Outcome.FAILED, Outcome.CRASHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What stands in a cell; the stage only where it tells one mark from another."""

    outcome: Outcome
    stage: Stage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The rows or the columns: a name, and neighbours that are folded together."""

    name: str
    bands: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One plane of the matrix, and every further choice under which it looks so."""

    heading: str
    rows: Side
    columns: Side
    marks: tuple[tuple[Mark, ...], ...]
    """Row by row, one for each pair of bands."""


_NO_COLUMNS: Final = Dimension(name="", values=("",))
_Marks = tuple[tuple[Mark, ...], ...]


def pictures(report: Report) -> tuple[Picture, ...]:
    """The planes of the matrix, the equal ones once, in the order of their choices."""
    if not report.cells or not report.axes:
        return ()
    space = lay_out(report)
    across = _across(space)
    stages = {cell.stage for cell in report.cells if cell.outcome in _BROKEN}
    alike: dict[_Marks, list[Point]] = {}
    for choice, cells in _planes(space, across).items():
        marks = _marks(space, across, cells, tells=len(stages) > 1)
        alike.setdefault(marks, []).append(choice)
    others = [
        dimension
        for place, dimension in enumerate(space.dimensions)
        if place not in (0, across)
    ]
    columns = _NO_COLUMNS if across is None else space.dimensions[across]
    return tuple(
        _picture(_heading(others, choices), space.dimensions[0], columns, marks)
        for marks, choices in alike.items()
    )


def _across(space: Space) -> int | None:
    """Which dimension makes the columns: the second axis, else what else varies."""
    if space.axes > 1:
        return 1
    varied = (n for n, dim in enumerate(space.dimensions) if n and dim.told)
    return next(varied, None)


def _planes(
    space: Space, across: int | None
) -> dict[Point, dict[tuple[int, int], Cell]]:
    planes: dict[Point, dict[tuple[int, int], Cell]] = {}
    for point, cell in sorted(space.cells.items()):
        choice = tuple(at for n, at in enumerate(point) if n not in (0, across))
        column = 0 if across is None else point[across]
        planes.setdefault(choice, {})[point[0], column] = cell
    return planes


def _marks(
    space: Space,
    across: int | None,
    cells: Mapping[tuple[int, int], Cell],
    *,
    tells: bool,
) -> _Marks:
    columns = 1 if across is None else len(space.dimensions[across].values)
    return tuple(
        tuple(_mark(cells.get((row, column)), tells=tells) for column in range(columns))
        for row in range(len(space.dimensions[0].values))
    )


def _mark(cell: Cell | None, *, tells: bool) -> Mark:
    if cell is None:
        return Mark(outcome=Outcome.NOT_RUN, stage=None)
    shown = tells and cell.outcome in _BROKEN
    return Mark(outcome=cell.outcome, stage=cell.stage if shown else None)


def _picture(
    heading: str, rows: Dimension, columns: Dimension, marks: _Marks
) -> Picture:
    tall = _bands(rows, marks)
    wide = _bands(columns, tuple(zip(*marks, strict=True)))
    return Picture(
        heading=heading,
        rows=_side(rows, tall),
        columns=_side(columns, wide),
        marks=tuple(
            tuple(marks[row.start][column.start] for column in wide) for row in tall
        ),
    )


def _bands(dimension: Dimension, lines: Sequence[tuple[Mark, ...]]) -> list[range]:
    """Where neighbouring lines are equal; what is no axis has no neighbours."""
    if not dimension.is_axis:
        return [range(place, place + 1) for place in range(len(lines))]
    bands = []
    start = 0
    for _, equal in groupby(lines):
        size = len(list(equal))
        bands.append(range(start, start + size))
        start += size
    return bands


def _side(dimension: Dimension, bands: Sequence[range]) -> Side:
    return Side(
        name=dimension.name,
        bands=tuple(dimension.values[band.start : band.stop] for band in bands),
    )


def _heading(others: Sequence[Dimension], choices: Sequence[Point]) -> str:
    told = [
        ", ".join(
            dimension.tell(chosen)
            for dimension, chosen in zip(others, box, strict=True)
            if dimension.told
        )
        for box in boxes(choices)
    ]
    return "; ".join(text for text in told if text)
