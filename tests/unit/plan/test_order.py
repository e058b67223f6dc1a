"""Coarse to fine: a spread first, then where neighbours differ, then the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice, product
from pathlib import Path

import pytest
from packaging.version import Version

from compatcheck.model import Cell, CellResult, Interpreter, Outcome, Pin, Resolution
from compatcheck.plan import Order

Point = tuple[int, ...]
Says = Callable[[Point], Outcome]

PYTHON = Interpreter(
    executable=Path("/opt/bin/python"),
    version="3.12.1",
    implementation="cpython",
    build="3.12.1",
    markers={},
)


def cell(point: Sequence[int], python: str = "3.12.1") -> Cell:
    """The cell of these releases, the number of each being its version."""
    pins = (
        Pin(distribution=f"axis{axis}", version=Version(str(number)))
        for axis, number in enumerate(point)
    )
    return Cell(
        pins=tuple(pins),
        interpreter=replace(PYTHON, build=python, version=python),
        resolution=Resolution.HIGHEST,
        as_of=None,
    )


def grid(*sizes: int) -> list[Cell]:
    """A whole grid."""
    return [cell(point) for point in product(*map(range, sizes))]


def point(asked: Cell) -> Point:
    """The numbers of a cell's releases."""
    return tuple(int(str(pin.version)) for pin in asked.pins)


def passes(_point: Point) -> Outcome:
    """Everything passes."""
    return Outcome.PASSED


def run(cells: Sequence[Cell], says: Says = passes, late: int = 0) -> list[Point]:
    """The order in which cells are asked, each answer heard so many questions later."""
    order = Order(cells)
    asked: list[Cell] = []
    heard = 0
    for each in order.cells():
        asked.append(each)
        while heard < len(asked) - late:
            known = asked[heard]
            outcome = says(point(known))
            order.heard(CellResult(cell=known, outcome=outcome, stage=None))
            heard += 1
    return [point(each) for each in asked]


@pytest.mark.parametrize("sizes", [(1,), (2,), (7, 9), (24, 124), (3, 4, 5), (2, 1, 2)])
@pytest.mark.parametrize("late", [0, 5])
def test_every_cell_is_asked_exactly_once(sizes: tuple[int, ...], late: int) -> None:
    """Whatever differs, and however late it is heard."""

    def says(at: Point) -> Outcome:
        return list(Outcome)[sum(at) % len(Outcome)]

    asked = run(grid(*sizes), says, late)
    assert sorted(asked) == list(product(*map(range, sizes)))


def test_nothing_is_ordered_too() -> None:
    """A share may be empty, and its first picture is there at once."""
    order = Order([])
    assert (list(order.cells()), order.coarse, order.pictured) == ([], 0, True)


def test_corners_come_first() -> None:
    """They bound all that there is; those that share a provider follow each other."""
    assert run(grid(24, 124))[:4] == [(0, 0), (23, 0), (0, 123), (23, 123)]


def test_first_picture_is_an_even_spread_on_every_axis() -> None:
    """A few marks on each, as far apart as they can be."""
    cells = grid(24, 125)
    first = {point(each) for each in islice(Order(cells).cells(), Order(cells).coarse)}
    assert first == set(product([0, 6, 12, 17, 23], [0, 31, 62, 93, 124]))


@pytest.mark.parametrize("sizes", [(5, 40), (24, 124), (300,), (9, 9, 9), (3,) * 6])
def test_first_picture_is_small(sizes: tuple[int, ...]) -> None:
    """No machine is to be busy with it for long, however large the grid."""
    assert 2 <= Order(grid(*sizes)).coarse <= 64


def test_pythons_are_spread_as_well() -> None:
    """The first picture has all of three, whatever their order."""
    cells = [cell((n,), python) for python in ("3.13", "3.8", "3.9") for n in range(50)]
    first = islice(Order(cells).cells(), Order(cells).coarse)
    assert {each.interpreter.version for each in first} == {"3.13", "3.8", "3.9"}


def test_picture_is_there_when_all_of_it_is_answered() -> None:
    """Not when it is asked, nor when as many others are answered."""
    order = Order(grid(100))
    first = list(islice(order.cells(), order.coarse))
    for each in first:
        assert not order.pictured
        result = CellResult(cell=each, outcome=Outcome.UNKNOWN, stage=None)
        order.heard(result)
    assert order.pictured


def turns_at(turn: int) -> Says:
    """From that release on it fails."""
    return lambda at: Outcome.FAILED if at[-1] >= turn else Outcome.PASSED


@pytest.mark.parametrize("turn", [1, 37, 50, 99, 124])
def test_differences_are_refined_first(turn: int) -> None:
    """Where a row turns is found by halving: long before the rest is asked."""
    asked = run(grid(125), turns_at(turn))
    coarse = Order(grid(125)).coarse
    assert {(turn - 1,), (turn,)} <= set(asked[: coarse + 7])


def test_every_row_of_a_border_is_followed() -> None:
    """The border between what works and what does not, in every asked row."""
    asked = run(grid(5, 33), lambda at: turns_at(10 + 3 * at[0])(at))
    rows = {at[0] for at in asked[: Order(grid(5, 33)).coarse]}
    border = {(row, 10 + 3 * row - back) for row in rows for back in (0, 1)}
    assert border <= set(asked[:100])
    assert len(asked) == 165


def test_the_rest_comes_newest_first_and_neighbours_together() -> None:
    """Neighbours need much the same; and who stops it early has asked what is new."""
    cells = grid(6, 40)
    rest = run(cells)[Order(cells).coarse :]
    assert [at[-1] for at in rest] == sorted((at[-1] for at in rest), reverse=True)


def test_unknown_differs_from_nothing() -> None:
    """Where our side failed there is no border to be followed."""

    def says(at: Point) -> Outcome:
        return Outcome.UNKNOWN if at[0] >= 50 else Outcome.PASSED

    assert run(grid(125), says) == run(grid(125))


def test_unknown_does_not_hide_a_border() -> None:
    """What differs on both sides of it is looked into all the same."""

    def says(at: Point) -> Outcome:
        return Outcome.UNKNOWN if at == (62,) else turns_at(63)(at)

    asked = run(grid(125), says)
    assert {(61,), (63,)} <= set(asked[: Order(grid(125)).coarse + 10])


def test_order_hangs_on_answers_alone() -> None:
    """The same answers, the same order."""
    one, other = (run(grid(9, 31), turns_at(11), late=4) for _ in range(2))
    assert one == other


def test_ragged_cells_are_ordered() -> None:
    """A share of a grid has holes; its first picture is not empty."""
    cells = [each for each in grid(6, 7) if sum(point(each)) % 3 == 1]
    assert sorted(run(cells, turns_at(4))) == [point(each) for each in cells]
    assert Order(cells).coarse >= 1


def test_nothing_after_the_first_pass_is_like_a_cell_of_it() -> None:
    """So whoever has a choice finishes the picture before what is at hand."""
    cells = grid(40, 40)
    order = Order(cells)
    first = [*islice(order.cells(), order.coarse)]
    rest = [it for it in cells if it not in first]
    assert not {order.alike(it) for it in first} & {order.alike(it) for it in rest}
    shared = [it for it in first if it.pins[1] == first[0].pins[1]]
    assert len({order.alike(it) for it in shared}) == 1
    assert len(shared) > 1
