"""A grid is dealt out whole, evenly, and so that what is shared stays together."""

from __future__ import annotations

from itertools import product

import pytest
from unit.plan.test_order import PYTHON, cell
from unit.plan.test_plan import release

from compatcheck.model import Axis
from compatcheck.plan import Plan, shares


def plan(*sizes: int, pythons: tuple[str, ...] = ("3.12.1",)) -> Plan:
    """A whole grid in each of these Pythons."""
    axes = tuple(
        Axis(
            distribution=f"axis{axis}",
            extras=(),
            candidates=tuple(release(str(number)) for number in range(size)),
            left_out=(),
        )
        for axis, size in enumerate(sizes)
    )
    cells = tuple(
        cell(point, python)
        for python in pythons
        for point in product(*map(range, sizes))
    )
    return Plan(axes=axes, cells=cells)


@pytest.mark.parametrize("sizes", [(1,), (3, 4), (24, 124), (2, 3, 5)])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 64])
def test_every_cell_is_in_exactly_one_share(sizes: tuple[int, ...], count: int) -> None:
    """And no share is more than one cell larger than another."""
    whole = plan(*sizes)
    dealt = shares(whole, count)
    places = {id(each): place for place, each in enumerate(whole.cells)}
    held = [[places[id(each)] for each in share] for share in dealt]
    assert len(dealt) == count
    assert sorted(place for share in held for place in share) == list(
        range(len(whole.cells))
    )
    assert all(share == sorted(share) for share in held)
    assert max(map(len, held)) - min(map(len, held)) <= 1


def test_cells_with_most_in_common_stay_together() -> None:
    """All cells of a release of the longest axis, in every Python."""
    whole = plan(3, 8, pythons=("3.11.1", "3.12.1"))
    dealt = [{str(c.pins[1].version) for c in share} for share in shares(whole, 4)]
    assert dealt == [{"0", "4"}, {"1", "5"}, {"2", "6"}, {"3", "7"}]


def test_of_axes_of_one_length_the_provider_is_dealt() -> None:
    """It stands behind its consumer, and is the heavier one as a rule."""
    dealt = [{str(c.pins[1].version) for c in each} for each in shares(plan(4, 4), 2)]
    assert dealt == [{"0", "2"}, {"1", "3"}]


def test_shares_do_not_hang_on_anything_but_the_plan() -> None:
    """Each machine deals for itself, and all come to the same."""
    one, other = (
        [[(c.pins, c.interpreter.build) for c in each] for each in shares(dealt, 3)]
        for dealt in (plan(4, 5), plan(4, 5))
    )
    assert one == other
    assert PYTHON.build == "3.12.1"
