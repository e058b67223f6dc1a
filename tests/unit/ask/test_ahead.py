"""What comes next is worked for while others are asked, once and no later."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Event, current_thread

import pytest
from unit.ask.conftest import cell

from compatcheck.ask.ahead import Ahead
from compatcheck.errors import ResolverFault
from compatcheck.model import Cell

LONG = 60.0
CELLS = [cell("1"), cell("2"), cell("3")]


def version(of: Cell) -> str:
    """By which a cell is told from another."""
    return str(of.pins[0].version)


def always() -> bool:
    """It is wanted."""
    return True


def test_cell_that_was_drawn_is_worked_for_before_it_is_asked_for() -> None:
    """And only then: who stops drawing leaves the others alone."""
    done, worked = Event(), list[str]()

    def work(it: Cell) -> str:
        worked.append(version(it))
        done.set()
        return version(it)

    ahead = Ahead(work)
    with ahead.expecting(CELLS, 1, always) as coming:
        assert next(coming) is CELLS[0]
        assert done.wait(LONG)
        assert ahead.take(CELLS[0]) == "1"
    assert worked == ["1"]


def test_who_asks_before_its_turn_works_for_it_at_once() -> None:
    """Nobody waits behind what is not asked for yet, and nothing is done twice."""
    begun, go, worked = Event(), Event(), list[tuple[str, bool]]()
    main = current_thread()

    def work(it: Cell) -> str:
        worked.append((version(it), current_thread() is main))
        begun.set()
        if version(it) == "1":
            assert go.wait(LONG)
        return version(it)

    ahead = Ahead(work)
    with ahead.expecting(CELLS, 1, always) as coming:
        drawn = [*coming]
        assert begun.wait(LONG)
        assert ahead.take(drawn[2]) == "3"
        go.set()
        assert [ahead.take(it) for it in drawn[:2]] == ["1", "2"]
    assert worked[:2] == [("1", False), ("3", True)]
    assert sorted(it for it, _ in worked) == ["1", "2", "3"]


def test_fault_is_told_to_who_asks() -> None:
    """As if it had met with it itself."""
    begun = Event()

    def work(it: Cell) -> str:
        begun.set()
        raise ResolverFault(f"{version(it)} {current_thread().name}")

    ahead = Ahead(work)
    with ahead.expecting(CELLS, 1, always) as coming:
        first = next(coming)
        assert begun.wait(LONG)
        with pytest.raises(ResolverFault, match="1 ahead"):
            ahead.take(first)


def test_nothing_is_begun_that_is_not_wanted_any_more() -> None:
    """When the time is over, what was drawn by then is left to who asks for it."""
    worked = list[str]()

    def work(it: Cell) -> str:
        worked.append(current_thread().name)
        return version(it)

    ahead = Ahead(work)
    with ahead.expecting(CELLS, 1, lambda: False) as coming:
        drawn = [*coming]
        assert [ahead.take(it) for it in drawn] == ["1", "2", "3"]
    assert worked == [current_thread().name] * len(CELLS)


def test_what_was_drawn_is_forgotten_when_the_context_ends() -> None:
    """Whoever asks for it then works for it."""
    begun, go = Event(), Event()

    def work(it: Cell) -> str:
        begun.set()
        assert go.wait(LONG)
        return f"{version(it)} {current_thread().name}"

    ahead = Ahead(work)
    with ahead.expecting(CELLS, 1, always) as coming:
        assert len([*coming]) == len(CELLS)
        assert begun.wait(LONG)
        go.set()
    assert ahead.take(CELLS[0]) == f"1 {current_thread().name}"


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness there")
def test_what_is_asked_goes_before_what_comes_next() -> None:
    """Programs that are begun ahead are nicer; who asks, and what it begins, is not."""
    program = [sys.executable, "-c", "import os; print(os.nice(0))"]

    begun = Event()

    def work(_: Cell) -> int:
        begun.set()
        return int(subprocess.check_output(program))

    ahead = Ahead(work)
    with ahead.expecting(CELLS[:1], 1, always) as coming:
        drawn = next(coming)
        assert begun.wait(LONG)
        assert ahead.take(drawn) > os.nice(0)
    assert ahead.take(drawn) == os.nice(0)
