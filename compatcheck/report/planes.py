"""Circumstances that agree, and what a choice left out between two that agree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

from compatcheck.report.document import Cell
from compatcheck.report.fold import Box, Point, boxes, ranges, span
from compatcheck.report.space import Dimension, Space

Word = TypeVar("Word")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane(Generic[Word]):
    """What is said of each cell under circumstances (Python, …) that all agree."""

    where: str
    said: Mapping[Point, Word]
    """By the position on the axes. What `--select` left out between two neighbours of
    which the same is said counts with them; what it left out elsewhere is not here."""
    cells: Mapping[Point, tuple[Cell, ...]]
    """Those that were to be asked, under each of the circumstances."""

    def at(self, points: Iterable[Point]) -> list[Cell]:
        """The cells there, under whatever circumstances."""
        return [cell for point in points for cell in self.cells.get(point, ())]

    def boxes(self, word: Word) -> list[Box]:
        """Where that is said, as products; none in which no cell was asked."""
        found = boxes(point for point, said in self.said.items() if said == word)
        return [box for box in found if self.at(product(*box))]


def planes(space: Space, say: Callable[[Cell], Word]) -> tuple[Plane[Word], ...]:
    """The planes of the axes, those of which the same is said together."""
    by_circumstance: dict[Point, dict[Point, Cell]] = {}
    for point, cell in space.cells.items():
        axes, circumstance = point[: space.axes], point[space.axes :]
        by_circumstance.setdefault(circumstance, {})[axes] = cell
    alike: dict[frozenset[tuple[Point, Word]], list[Point]] = {}
    for circumstance, cells in sorted(by_circumstance.items()):
        said = _said(cells, say)
        alike.setdefault(frozenset(said.items()), []).append(circumstance)
    return tuple(
        Plane(
            where=_where(space, same) if len(alike) > 1 else "",
            said=dict(sorted(said)),
            cells=_together([by_circumstance[each] for each in same]),
        )
        for said, same in alike.items()
    )


def _together(planes: Sequence[Mapping[Point, Cell]]) -> dict[Point, tuple[Cell, ...]]:
    points = sorted({point for plane in planes for point in plane})
    asked = {
        point: tuple(
            plane[point]
            for plane in planes
            if point in plane and not plane[point].unselected
        )
        for point in points
    }
    return {point: cells for point, cells in asked.items() if cells}


def _said(
    cells: Mapping[Point, Cell], say: Callable[[Cell], Word]
) -> dict[Point, Word]:
    """What is said of each cell, and of each gap between two that agree.

    A refined grid asks all that lies between two which differ; the rest of the row was
    left out because its neighbours agree. A gap may lie between gaps: each axis closes
    some, and so helps the next.
    """
    said = {point: say(cell) for point, cell in cells.items() if not cell.unselected}
    gaps = cells.keys() - said.keys()
    for _ in next(iter(gaps), ()):
        said |= {
            gap: words.pop()
            for gap in gaps - said.keys()
            if len(words := set(_between(gap, said, gaps))) == 1
        }
    return said


def _between(
    gap: Point, said: Mapping[Point, Word], gaps: Collection[Point]
) -> Iterable[Word]:
    """Per axis, what is said of the next on either side, where it is the same."""
    for axis in range(len(gap)):
        sides = [_next(gap, axis, step, said, gaps) for step in (-1, 1)]
        if None not in sides and said[sides[0] or gap] == said[sides[1] or gap]:
            yield said[sides[0] or gap]


def _next(
    point: Point,
    axis: int,
    step: int,
    said: Mapping[Point, object],
    gaps: Collection[Point],
) -> Point | None:
    """The nearest of which something is said, with nothing but gaps between."""
    while True:
        point = (*point[:axis], point[axis] + step, *point[axis + 1 :])
        if point in said:
            return point
        if point not in gaps:
            return None


def _where(space: Space, circumstances: Iterable[Point]) -> str:
    """` on Python 3.11`, ` on Python 3.12 with resolution lowest`."""
    found = boxes(circumstances)
    dimensions = space.dimensions[space.axes :]
    return " and".join(
        "".join(_circumstance(*each) for each in zip(dimensions, box, strict=True))
        for box in found
    )


def _circumstance(dimension: Dimension, chosen: Sequence[int]) -> str:
    if len(chosen) == len(dimension.values):
        return ""
    word = {"Python": "on ", "resolution": "with "}.get(dimension.name, "")
    return f" {word}{dimension.tell(chosen)}"


def few(dimension: Dimension, chosen: Sequence[int]) -> str:
    """The chosen values as a sentence holds them: ranges without their numbers."""
    versions = {dimension.values[index] for index in chosen}
    return ranges(dimension.values, versions, counted=False)


def whole(dimension: Dimension, chosen: Sequence[int]) -> str:
    """The chosen values as one range."""
    return span([dimension.values[index] for index in chosen], counted=False)


def size(box: Box) -> int:
    """How many cells a box holds."""
    held = 1
    for chosen in box:
        held *= len(chosen)
    return held
