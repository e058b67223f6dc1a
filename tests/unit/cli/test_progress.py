"""A log shows life and does not scroll."""

from __future__ import annotations

import io
import os
import time

import pytest
from unit.ask.conftest import result, seen

from compatcheck.cli import progress as room
from compatcheck.model import Outcome

PASSED = result("1", [seen(Outcome.PASSED)])
FAILED = result("2", [seen(Outcome.FAILED)])


def test_lines_tell_the_beginning_and_the_end() -> None:
    """Between them nothing, as long as it is quick."""
    stream = io.StringIO()
    with room.progress(stream) as listener:
        listener.planned(3)
        listener.answered(PASSED)
        listener.answered(FAILED)
        listener.answered(PASSED)
        listener.confirming(1)
        listener.confirmed(FAILED)
    assert stream.getvalue().splitlines() == [
        "asking 3 cells",
        "3 of 3 cells (2 passed, 1 failed), 0 s, 0 s left",
        "asking 1 failure once more, alone",
    ]


def test_a_second_grid_is_counted_anew() -> None:
    """An investigation asks several, one after the other."""
    for stream in (io.StringIO(), _Terminal()):
        with room.progress(stream) as listener:
            for cells in (2, 1):
                listener.planned(cells)
                for _ in range(cells):
                    listener.answered(PASSED)
            listener.pictured(1)
        assert "1 of 1 cells (1 passed)" in stream.getvalue()


def test_verification_is_told_where_there_is_any() -> None:
    """One line in a log; nothing where no cell is asked once more."""
    stream = io.StringIO()
    with room.progress(stream) as listener:
        listener.verifying(0)
        listener.verifying(1)
        listener.verified(PASSED)
        listener.verifying(60)
    with room.progress(_Terminal()) as listener:
        listener.verifying(60)
        listener.verified(PASSED)
    assert stream.getvalue().splitlines() == [
        "asking 1 cell once more, in real environments",
        "asking 60 cells once more, in real environments",
    ]


def test_first_picture_and_the_end_of_the_budget_are_told() -> None:
    """One line each, in a log and above the bars of a terminal alike."""
    for stream in (io.StringIO(), _Terminal()):
        with room.progress(stream) as listener:
            listener.planned(200)
            for _ in range(20):
                listener.answered(PASSED)
            listener.answered(FAILED)
            listener.pictured(12.4)
            listener.out_of_budget(21)
        said = stream.getvalue()
        line = "first picture after 12 s: 21 of 200 cells (20 passed, 1 failed)"
        assert line in said
        assert "the budget is over after 21 of 200 cells" in said


class _Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_lines_come_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while each answer is told, with the time that is left."""
    seconds = iter(range(0, 1000, 20))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(seconds)))
    stream = io.StringIO()
    with room.progress(stream) as listener:
        listener.planned(1)
        listener.confirming(0)
    with room.progress(stream) as listener:
        listener.planned(4)
        listener.answered(PASSED)
    assert stream.getvalue().splitlines() == [
        "asking 1 cell",
        "asking 4 cells",
        "1 of 4 cells (1 passed), 20 s, 60 s left",
    ]


def test_reader_that_went_away_does_not_end_the_run() -> None:
    """`2>&1 | head -1` has its line; the run goes on to its report."""
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w", buffering=1)
    with room.progress(stream) as listener:
        listener.planned(1)
        listener.answered(PASSED)
    stream.close()
