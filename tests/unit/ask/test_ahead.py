"""What comes next is worked for while others are asked, once and no later."""

from __future__ import annotations

from threading import Event, Timer, current_thread

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


def test_cell_that_was_drawn_is_worked_for_before_it_is_asked_for() -> None:
    """And only then: who stops drawing leaves the others alone."""
    done, worked = Event(), list[str]()

    def work(it: Cell) -> str:
        worked.append(version(it))
        done.set()
        return version(it)

    ahead = Ahead(work)
    with ahead.expecting(CELLS, 1) as coming:
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
    with ahead.expecting(CELLS, 1) as coming:
        drawn = [*coming]
        assert begun.wait(LONG)
        assert ahead.take(drawn[2]) == "3"
        go.set()
        assert [ahead.take(it) for it in drawn[:2]] == ["1", "2"]
    assert worked[:2] == [("1", False), ("3", True)]
    assert sorted(it for it, _ in worked) == ["1", "2", "3"]


def test_fault_is_told_to_who_asks() -> None:
    """What nobody asks for fails unheard."""

    def work(it: Cell) -> str:
        raise ResolverFault(version(it))

    ahead = Ahead(work)
    with ahead.expecting(CELLS, 2) as coming:
        first, *_ = coming
        with pytest.raises(ResolverFault, match="1"):
            ahead.take(first)
    with pytest.raises(ResolverFault, match="2"):  # asked again, later
        ahead.take(CELLS[1])


def test_nothing_is_begun_when_the_context_has_ended() -> None:
    """What was drawn and not begun is dropped; whoever asks for it works for it."""
    begun, go, worked = Event(), Event(), list[str]()

    def work(it: Cell) -> None:
        worked.append(version(it))
        begun.set()
        assert go.wait(LONG)

    ahead = Ahead(work)
    with ahead.expecting(CELLS, 1) as coming:
        assert len([*coming]) == len(CELLS)
        assert begun.wait(LONG)
        Timer(0.2, go.set).start()  # when the context is about to end
    assert worked == ["1"]
    ahead.take(CELLS[2])
    assert worked == ["1", "3"]
