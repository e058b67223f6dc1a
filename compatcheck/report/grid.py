"""The cells as pictures: rows against columns, equal neighbours folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from compatcheck.model import Outcome, Stage
from compatcheck.report.document import Cell, Report
from compatcheck.report.fold import Point, boxes
from compatcheck.report.space import Dimension, Space, lay_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What stands in a cell; a stage only where it tells one mark from another."""

    outcome: Outcome
    stage: Stage | None
    """The first that failed, or of a pass the deepest."""
    deepest: Stage | None = None
    """How deep was asked all the same."""

    @property
    def words(self) -> str:
        """`call→scenario`: a call does not fit, and the scenarios ran."""
        return "→".join(each.value for each in (self.stage, self.deepest) if each)


_Depth = tuple[Outcome, Stage | None, Stage | None]
"""Outcome, the first stage that failed or of a pass the deepest, and how deep was asked
where that is deeper."""


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
    across = columns_of(space)
    marked = _marked({_depth(report, cell) for cell in report.cells})
    alike: dict[_Marks, list[Point]] = {}
    for choice, cells in _planes(space, across).items():
        depths = {point: _depth(report, cell) for point, cell in cells.items()}
        marks = _marks(space, across, depths, marked)
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


def columns_of(space: Space) -> int | None:
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


def _depth(report: Report, cell: Cell) -> _Depth:
    if cell.outcome is Outcome.PASSED:
        return cell.outcome, cell.stage, None
    if not cell.outcome.is_red or cell.stage is None:
        return cell.outcome, None, None
    deepest = report.results[cell.result].deepest if cell.result else None
    deeper = deepest is not None and deepest.depth > cell.stage.depth
    return cell.outcome, cell.stage, deepest if deeper else None


def _marked(depths: Collection[_Depth]) -> dict[_Depth, Mark]:
    """What stands for each: no stage that all share, since the legend tells that."""
    stages = {
        passed: {stage for outcome, stage, _ in depths if _is_pass(outcome) is passed}
        for passed in (True, False)
    }
    deepest: dict[tuple[bool, Stage | None], set[Stage | None]] = {}
    for outcome, stage, deeper in depths:
        deepest.setdefault((_is_pass(outcome), stage), set()).add(deeper)
    marks = {}
    for depth in depths:
        outcome, stage, deeper = depth
        varies = len(deepest[_is_pass(outcome), stage]) > 1
        tells = varies or len(stages[_is_pass(outcome)] - {None}) > 1
        marks[depth] = Mark(
            outcome=outcome,
            stage=stage if tells else None,
            deepest=deeper if varies else None,
        )
    return marks


def _is_pass(outcome: Outcome) -> bool:
    return outcome is Outcome.PASSED


def _marks(
    space: Space,
    across: int | None,
    depths: Mapping[tuple[int, int], _Depth],
    marked: Mapping[_Depth, Mark],
) -> _Marks:
    columns = 1 if across is None else len(space.dimensions[across].values)
    nobody = Mark(outcome=Outcome.NOT_RUN, stage=None)
    return tuple(
        tuple(
            marked[depths[row, column]] if (row, column) in depths else nobody
            for column in range(columns)
        )
        for row in range(len(space.dimensions[0].values))
    )


def legend(report: Report) -> tuple[tuple[Outcome, str], ...]:
    """The outcomes that are there, each with its number of cells and how deep they go.

    `7 passed (scenario)`, `9 failed (2 import, 7 call→scenario)`.
    """
    depths = Counter(_depth(report, cell) for cell in report.cells)
    told = []
    for outcome in Outcome:
        held = {depth: n for depth, n in depths.items() if depth[0] is outcome}
        if held:
            count = f"{sum(held.values()):,} {outcome.value.replace('_', ' ')}"
            told.append((outcome, f"{count}{_stages(held)}"))
    return tuple(told)


def _stages(held: Mapping[_Depth, int]) -> str:
    staged = {
        (stage.depth, Mark(outcome=outcome, stage=stage, deepest=deeper).words): count
        for (outcome, stage, deeper), count in held.items()
        if stage
    }
    match sorted(staged.items()):
        case []:
            return ""
        case [((_, words), count)] if count == sum(held.values()):
            return f" ({words})"
        case several:
            return f" ({', '.join(f'{n:,} {words}' for (_, words), n in several)})"


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
