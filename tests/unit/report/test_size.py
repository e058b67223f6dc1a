"""What a report of the full grid costs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from golden import made

from compatcheck.formats import Style, get
from compatcheck.model import CellResult, Contract, Outcome, Symbol
from compatcheck.report.document import Report, equal
from compatcheck.report.stored import dump, load

NAMES = [f"Something{n:02}.method_of_it" for n in range(60)]
LINES = 34
"""Releases of the provider come in so many lines with equal requirements."""


@pytest.fixture(scope="module")
def full() -> Report:
    """24 releases against 124 with names, locks and contracts of a real size."""
    axes = (
        made.axis("a-consumer", [f"1.{n}.0" for n in range(24)]),
        made.axis("its-provider", [f"0.{n}.0" for n in range(124)]),
    )

    def answer(one: str, other: str, _python: str) -> made.Answer:
        if int(other.split(".")[1]) < 40:
            return made.unsolvable(f"a-consumer {one} requires its-provider>=0.40.0")
        seen = [made.seen("symbol", f"its_provider.{name}") for name in NAMES]
        if int(other.split(".")[1]) > 100:
            lost = made.missing(f"its_provider.{NAMES[0]}")
            seen[0] = made.seen("symbol", f"its_provider.{NAMES[0]}", lost)
            return made.failed(made.seen("import", "a_consumer"), *seen)
        return replace(made.passed(), observations=tuple(seen))

    results = [_sized(result) for result in made.cells(axes, answer)]
    return made.report(results, axes)


def _sized(result: CellResult) -> CellResult:
    if result.outcome is Outcome.UNSOLVABLE:
        return result
    one, other = (pin.version.minor for pin in result.cell.pins)
    others = {
        f"some-dependency-{n}": f"{one % 3}.{other % LINES}.{n}" for n in range(35)
    }
    contract = Contract(
        roots={"a-consumer": ("a_consumer",), "its-provider": ("its_provider",)},
        modules=(f"its_provider.{one % 12}",),
        symbols=tuple(Symbol(module="its_provider", name=name) for name in NAMES),
        optional=(),
    )
    lock = made.locked(result.cell.pins, others)
    return replace(result, lock=lock, contract=contract)


def test_the_full_grid_stays_below_one_megabyte(full: Report) -> None:
    """2,976 cells with 102 locks, 60 names each and 12 contracts fit into 1 MiB."""
    assert len(full.cells) == 2976
    assert len(full.locks) == 3 * LINES
    assert len(dump(full).encode()) < 1 << 20


def test_the_full_grid_is_read_back_as_it_was(full: Report) -> None:
    """A stored report says what it said when it was built."""
    assert equal(load(dump(full)), full)


def test_the_full_grid_is_told_on_one_screen(full: Report) -> None:
    """Folded, the picture of 2,976 cells has a few lines, none beyond the width."""
    text = get("text").render(full, Style(width=80))
    assert len(text.splitlines()) < 40
    assert max(map(len, text.splitlines())) <= 80
