"""Neighbours as ranges, cells as products of ranges."""

from __future__ import annotations

from itertools import product

import pytest

from compatcheck.report.fold import boxes, ranges, runs, span

TRIED = tuple(f"0.{n}" for n in range(1, 100))


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ((), ""),
        (("0.3",), "0.3"),
        (("0.3", "0.4"), "0.3, 0.4"),
        (("0.3", "0.4", "0.5"), "0.3 … 0.5 (3)"),
        (("0.5", "0.4", "0.3", "0.9"), "0.3 … 0.5 (3), 0.9"),
        (TRIED, "0.1 … 0.99 (99)"),
        (TRIED[::2], "0.1, 0.3, 0.5, 0.7, 0.9, 0.11 and 44 more"),
    ],
)
def test_neighbours_are_folded(chosen: tuple[str, ...], text: str) -> None:
    """Three neighbours or more are a range with their number, fewer are listed."""
    assert ranges(TRIED, chosen) == text


def test_neighbours_are_those_that_were_tried() -> None:
    """What was never tried does not break a range; what was tried does."""
    assert ranges(("1.0", "3.0", "9.0"), ("1.0", "3.0", "9.0")) == "1.0 … 9.0 (3)"
    assert runs(("1.0", "3.0", "9.0"), ("1.0", "9.0")) == (("1.0",), ("9.0",))


def test_a_count_can_be_left_out() -> None:
    """In a sentence the number of releases would be in the way."""
    assert span(("1", "2", "3"), counted=False) == "1 … 3"


@pytest.mark.parametrize(
    "points",
    [
        set(),
        {(0, 0)},
        {(0, 1), (1, 0)},
        set(product(range(3), range(4), range(2))),
        set(product(range(3), range(4), range(2))) - {(1, 2, 0)},
        {(a, b) for a in range(6) for b in range(6) if a >= b},
    ],
)
def test_boxes_cover_exactly_the_points(points: set[tuple[int, ...]]) -> None:
    """No cell is told twice, none is left out, none is made up."""
    told = [point for box in boxes(points) for point in product(*box)]
    assert sorted(told) == sorted(points)


def test_equal_rows_are_one_box() -> None:
    """Rows that agree everywhere are told once."""
    assert boxes({(0, 5), (2, 5), (1, 6)}) == (((0, 2), (5,)), ((1,), (6,)))
