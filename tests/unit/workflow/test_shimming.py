"""Which cells are asked again with the shim, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Sequence

from unit.ask.conftest import failure, result, seen

from compatcheck.model import CellResult, Observation, Outcome
from compatcheck.workflow.shimming import FEWEST, choose

GOOD = seen(Outcome.PASSED)
GONE = seen(Outcome.FAILED, failure("cannot import name 'x'"))


def grid(*observations: Observation) -> list[CellResult]:
    """Cells of releases 0, 1, 2 and so on, each with one observation."""
    return [result(str(place), [it]) for place, it in enumerate(observations)]


def versions(results: Sequence[CellResult]) -> list[int]:
    """Which releases they are about."""
    return [int(str(it.cell.pins[0].version)) for it in results]


def test_everything_that_fails_and_as_much_that_passes() -> None:
    """In their order; of what passes, an even spread of as many as fail."""
    cells = grid(*[GONE] * 40, *[GOOD] * 80)
    chosen = versions(choose(cells, ">=3.10"))
    assert chosen == [*range(40), *range(40, 120, 2)]


def test_never_few_where_there_are_many() -> None:
    """Where little or nothing fails, something could be broken all the same."""
    assert len(choose(grid(*[GOOD] * 200), "")) == FEWEST
    assert versions(choose(grid(GONE, GOOD, GOOD), "")) == [0, 1, 2]
    assert choose([], "") == []


def test_a_python_that_is_too_old_is_not_asked() -> None:
    """The shim does not run there, so nothing is to be learned."""
    cells = grid(GONE, GOOD)
    assert choose(cells, ">=99") == []
