"""Coarse to fine: a spread of cells first, then where neighbours differ, then the rest.

The order hangs on the plan and on the answers alone, never on a clock.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from functools import cache
from heapq import heappop, heappush
from itertools import takewhile
from typing import Final

from compatcheck.model import Cell, CellResult, Outcome, Stage

_MOST: Final = 64
"""Cells of the first pass: on two cores they are there within a minute or so."""
_FINEST: Final = 8
"""Steps that the first pass divides an axis into at most."""

_TOLD: Final = frozenset(Outcome) - {Outcome.UNKNOWN, Outcome.NOT_RUN}
"""What can differ: an outcome that is not known differs from nothing."""

_Point = tuple[int, ...]
_Verdict = tuple[Outcome, Stage | None]


def sharing(cell: Cell) -> Hashable:
    """What is equal for cells that differ in their consumer alone.

    Consumers are named before what they need, as a rule; what is needed is imported
    once for cells that share it.
    """
    return cell.interpreter.build, cell.resolution, cell.pins[1:]


class Order:
    """Which cell is asked next, given what came of the others; each exactly once."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Order these cells, which need not fill a whole grid."""
        self._cells = cells
        self._points = _points(cells)
        self._at = {point: place for place, point in enumerate(self._points)}
        self._sizes = sizes = [
            len({*column}) for column in zip(*self._points, strict=True)
        ]
        ranks = [_rank(point, sizes) for point in self._points]
        line = sorted(range(len(cells)), key=lambda it: (ranks[it], it))
        coarse = max(_steps(sizes), ranks[line[0]] if cells else 0)
        self._first = {*takewhile(lambda it: ranks[it] <= coarse, line)}
        first = sorted(self._first, key=lambda it: (ranks[it], *self._by_last_pin(it)))
        rest = sorted({*line} - self._first, key=self._newest_first)
        self._line = [*first, *rest]
        self._open = set(self._first)
        self._keys = {_row(cell): place for place, cell in enumerate(cells)}
        self._taken: set[int] = set()
        self._told: dict[_Point, _Verdict] = {}
        self._rows: defaultdict[tuple[int, _Point], list[int]] = defaultdict(list)
        """Axis and the rest of a point, to the places on it that are told, sorted."""
        self._urgent: list[tuple[int, int, int, int]] = []
        self._begun = 0

    def _by_last_pin(self, place: int) -> tuple[int, ...]:
        """Coarse to fine on the last of the pins, all that share it together."""
        point = self._points[place]
        pins = len(self._cells[place].pins)
        last = point[pins - 1]
        return _coarsest(last, self._sizes[pins - 1]), last, place

    def _newest_first(self, place: int) -> tuple[int, ...]:
        """By the last of the pins: what its neighbours have imported is at hand."""
        return -self._points[place][len(self._cells[place].pins) - 1], place

    @property
    def coarse(self) -> int:
        """How many cells the first pass has."""
        return len(self._first)

    @property
    def pictured(self) -> bool:
        """Whether all cells of the first pass are answered."""
        return not self._open

    def alike(self, cell: Cell) -> Hashable:
        """As `sharing`; but none of the first pass is like one that comes after it.

        Else whoever asks would put off the picture for what is at hand.
        """
        return self._keys[_row(cell)] in self._first, sharing(cell)

    def cells(self) -> Iterator[Cell]:
        """The cells, each chosen by what was heard until it is wanted."""
        while (place := self._next()) is not None:
            self._taken.add(place)
            yield self._cells[place]

    def heard(self, result: CellResult) -> None:
        """Take note of what came of a cell."""
        place = self._keys[_row(result.cell)]
        self._open.discard(place)
        point = self._points[place]
        if result.outcome in _TOLD:
            self._tell(point, _verdict(result))
        for axis in range(len(point)):
            below, above = (self._nearest(point, axis, step) for step in (-1, 1))
            if point in self._told:
                self._contest(axis, below, point)
                self._contest(axis, point, above)
            else:
                self._contest(axis, below, above)

    def _next(self) -> int | None:
        while self._urgent and self._begun >= len(self._first):
            *_, place, axis = heappop(self._urgent)
            if place not in self._taken and self._contested(place, axis):
                return place
        while self._begun < len(self._line):
            place = self._line[self._begun]
            self._begun += 1
            if place not in self._taken:
                return place
        return None

    def _contest(self, axis: int, low: _Point | None, high: _Point | None) -> None:
        """Mark the middle between two that differ as the next to be asked."""
        if low is None or high is None or self._told[low] == self._told[high]:
            return
        ends = low[axis] + high[axis]
        between = [
            place
            for number in range(low[axis] + 1, high[axis])
            if (place := self._at.get(_moved(low, axis, number))) is not None
            and place not in self._taken
        ]
        if between:
            middle = min(
                between, key=lambda it: (abs(2 * self._points[it][axis] - ends), it)
            )
            # Of equal gaps, those that share the last pin come together.
            gap, pins = low[axis] - high[axis], len(self._cells[middle].pins)
            shared = self._points[middle][pins - 1]
            heappush(self._urgent, (gap, shared, middle, axis))

    def _contested(self, place: int, axis: int) -> bool:
        """Whether what is told on either side of a cell differs still."""
        point = self._points[place]
        ends = [self._nearest(point, axis, step) for step in (-1, 1)]
        return len({self._told[end] for end in ends if end is not None}) > 1

    def _tell(self, point: _Point, verdict: _Verdict) -> None:
        if point not in self._told:
            for axis, number in enumerate(point):
                insort(self._rows[axis, _rest(point, axis)], number)
        self._told[point] = verdict

    def _nearest(self, point: _Point, axis: int, step: int) -> _Point | None:
        """The next cell of a row, in that direction, of which anything is told."""
        row = self._rows[axis, _rest(point, axis)]
        if step > 0:
            place = bisect_right(row, point[axis])
        else:
            place = bisect_left(row, point[axis]) - 1
        return _moved(point, axis, row[place]) if 0 <= place < len(row) else None


def _points(cells: Sequence[Cell]) -> list[_Point]:
    """Where each lies: by its versions, then by Python and resolution as they come."""
    rows = [_row(cell) for cell in cells]
    columns = [dict.fromkeys(column) for column in zip(*rows, strict=True)]
    pins = len(cells[0].pins) if cells else 0
    scales = [
        {value: n for n, value in enumerate(sorted(column) if i < pins else column)}
        for i, column in enumerate(columns)
    ]
    return [
        tuple(scale[value] for scale, value in zip(scales, row, strict=True))
        for row in rows
    ]


def _row(cell: Cell) -> tuple[Hashable, ...]:
    versions = (pin.version for pin in cell.pins)
    return (*versions, cell.interpreter.build, cell.resolution)


def _verdict(result: CellResult) -> _Verdict:
    return result.outcome, result.stage if result.outcome.is_red else None


def _rest(point: _Point, axis: int) -> _Point:
    return (*point[:axis], *point[axis + 1 :])


def _moved(point: _Point, axis: int, number: int) -> _Point:
    return (*point[:axis], number, *point[axis + 1 :])


def _steps(sizes: Sequence[int]) -> int:
    """Into how many steps the first pass divides each axis: all that it can afford."""
    steps = _FINEST
    while steps > 1:
        cells = 1
        for size in sizes:
            cells *= min(size, steps + 1)
        if cells <= _MOST:
            break
        steps //= 2
    return steps


def _rank(point: _Point, sizes: Sequence[int]) -> int:
    """The coarsest division whose marks a cell lies on, on every axis."""
    coarsest = (_coarsest(at, size) for at, size in zip(point, sizes, strict=True))
    return max(coarsest, default=1)


@cache
def _coarsest(at: int, size: int) -> int:
    """1 for the ends, 2 for the middle, then 4, 8, … : each has the marks before it."""
    steps = 1
    while steps < size:
        if any(_mark(number, steps, size) == at for number in range(steps + 1)):
            return steps
        steps *= 2
    return steps


def _mark(number: int, steps: int, size: int) -> int:
    """The place that is nearest to a share of an axis."""
    return (2 * number * (size - 1) + steps) // (2 * steps)
