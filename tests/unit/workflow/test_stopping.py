"""The brake is pulled before anybody waits."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial

import pytest

from compatcheck.workflow.stopping import at_once, stopping


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stop_is_called_before_the_interrupt_is_raised(number: int) -> None:
    """By whoever asks to end, and only inside."""
    before = signal.getsignal(number)
    freed, heard = threading.Event(), list[bool]()

    def work() -> None:
        with stopping(freed.set):
            try:
                os.kill(os.getpid(), number)
            finally:
                heard.append(freed.is_set())

    with pytest.raises(KeyboardInterrupt):
        work()
    assert heard == [True]
    assert signal.getsignal(number) is before


def test_all_brakes_are_pulled_within_one_another() -> None:
    """Both sides of a gate have something that runs."""
    pulled = list[str]()

    def work() -> None:
        outer, inner = (partial(pulled.append, it) for it in ("outer", "inner"))
        with stopping(outer), stopping(inner):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert pulled == ["inner", "outer"]


def test_other_threads_hear_no_signals() -> None:
    """There it does nothing, and above all raises nothing."""
    said = []

    def work() -> None:
        with stopping(lambda: None):
            said.append("worked")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert said == ["worked"]


def test_answers_come_in_the_order_of_the_questions() -> None:
    """However long each takes; what one raises is raised."""
    turns = {2: threading.Event(), 1: threading.Event(), 0: threading.Event()}
    turns[2].set()

    def ask(number: int) -> int:
        turns[number].wait()
        turns[max(number - 1, 0)].set()
        return number * 10

    assert at_once(ask, [0, 1, 2]) == [0, 10, 20]
    with pytest.raises(ZeroDivisionError):
        at_once(lambda number: 1 // number, [1, 0])
