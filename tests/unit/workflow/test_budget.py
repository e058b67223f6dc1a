"""When the time is over, nothing new is begun and nothing is made up."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from unit.ask.conftest import result, seen

from compatcheck.model import CellResult, Outcome
from compatcheck.workflow import budget as room
from compatcheck.workflow.budget import Budget

PASSED = result("1", [seen(Outcome.PASSED)])
UNKNOWN = replace(PASSED, outcome=Outcome.UNKNOWN)


def test_no_number_is_all_the_time_in_the_world() -> None:
    """Nothing is over, and nothing is stopped."""
    budget = Budget(None, 0.0)
    with budget.enforced(lambda: pytest.fail("stopped")):
        assert budget.within(lambda _: PASSED)(1) is PASSED
    assert (budget.over, budget.patient) == (False, True)


def test_nothing_is_begun_once_it_is_over() -> None:
    """Not a single question is asked; failures may be confirmed for a little longer."""
    now = time.monotonic()
    budget = Budget(5, now - 6)
    assert budget.within(lambda _: pytest.fail("asked"))(1) is None
    assert (budget.over, budget.patient) == (True, True)
    assert not Budget(5, now - 5 - room.GRACE).patient
    assert Budget(400, now - 450).patient


def test_what_runs_on_is_stopped_and_not_called_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was answered in the meantime stands."""
    monkeypatch.setattr(room, "GRACE", 0.05)
    stopped = threading.Event()

    def ask(answer: CellResult) -> CellResult:
        assert stopped.wait(30)
        return answer

    budget = Budget(0.05, time.monotonic())
    asked = budget.within(ask)
    with budget.enforced(stopped.set):
        assert asked(UNKNOWN) is None
    budget = Budget(30, time.monotonic())
    assert budget.within(ask)(PASSED) is PASSED
    assert budget.within(ask)(UNKNOWN) is UNKNOWN
