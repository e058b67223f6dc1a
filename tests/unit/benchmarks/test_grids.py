"""Which cells benchmarks are about, and what contestants say of them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from grids import (
    GridCell,
    cells_of,
    differences,
    read_pair,
    sides,
    spread_over,
    verdicts_of,
)

PAIRS = Path(__file__).resolve().parents[3] / "benchmarks" / "pairs"
VERSIONS = tuple(f"1.{minor}" for minor in range(124))


def _report(*outcomes: str) -> dict[str, Any]:
    return {
        "cells": [
            {
                "pins": {"press": f"1.{n}", "fruit": "2"},
                "outcome": told,
                "reason": "why",
            }
            for n, told in enumerate(outcomes)
        ]
    }


@pytest.mark.parametrize("count", [2, 6, 25, 100, 123])
def test_a_spread_keeps_both_ends_and_is_even(count: int) -> None:
    """So many releases are taken, each once, ends included, none much closer."""
    taken = spread_over(VERSIONS, count)
    assert len(set(taken)) == count
    assert (taken[0], taken[-1]) == (VERSIONS[0], VERSIONS[-1])
    places = [VERSIONS.index(each) for each in taken]
    steps = {after - before for before, after in pairwise(places)}
    assert max(steps) - min(steps) <= 1


def test_a_spread_over_fewer_takes_them_all() -> None:
    """Where there are no more releases than asked for, each is taken."""
    assert spread_over(VERSIONS[:3], 5) == VERSIONS[:3]


@pytest.mark.parametrize("cells", [100, 500, 2000])
def test_a_smaller_grid_has_the_shape_of_the_whole_one(cells: int) -> None:
    """Its sides are in about the proportion of the whole one's, and it is as large."""
    first, second = sides(cells, (24, 124))
    assert first * second == pytest.approx(cells, rel=0.05)
    assert second / first == pytest.approx(124 / 24, rel=0.25)


def test_equal_verdicts_are_no_difference() -> None:
    """Contestants that say the same of every cell differ nowhere."""
    report = _report("passed", "failed", "unsolvable", "crashed")
    said = verdicts_of(report)
    assert [*said.values()] == ["passed", "failed", "no environment", "crashed"]
    assert [*differences(cells_of(report), {"one": said, "other": dict(said)})] == []


def test_a_cell_that_comes_out_differently_is_named() -> None:
    """One difference is told with the pins and with who said what."""
    report = _report("passed", "failed")
    (cell, _) = cells_of(report)
    ours = verdicts_of(report)
    found = [*differences(cells_of(report), {"a": ours, "b": {**ours, cell.name: "x"}})]
    assert found == ["press 1.0 x fruit 2: a: passed; b: x"]


def test_unknown_never_agrees() -> None:
    """What a contestant cannot tell is a difference, even where nobody can tell it."""
    report = _report("unknown")
    said = verdicts_of(report)
    (told,) = differences(cells_of(report), {"one": said, "other": said})
    assert "unknown: why" in told


def test_a_cell_that_nobody_told_of_is_a_difference() -> None:
    """A verdict that is missing is not taken for one that is equal."""
    cell = GridCell(name="cella", pins={"press": "1"})
    (told,) = differences([cell], {"one": {"cella": "passed"}, "other": {}})
    assert "other: nothing" in told


def test_no_name_of_a_cell_looks_like_a_python() -> None:
    """Names of cells hold letters alone and are all different: tox reads figures."""
    names = [cell.name for cell in cells_of(_report(*["passed"] * 1200))]
    assert all(name.isalpha() for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", sorted(PAIRS.glob("*.toml")), ids=lambda p: p.stem)
def test_a_pair_that_ships_names_what_is_there(path: Path) -> None:
    """Each pair has two axes, something to import, and a scenario file that exists."""
    pair = read_pair(path)
    assert len(pair.axes) == 2
    assert pair.modules
    assert pair.scenario.is_file()
