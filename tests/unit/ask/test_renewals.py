"""What is renewed waits for its time, and nobody waits for it."""

from __future__ import annotations

import time
from datetime import timedelta
from queue import SimpleQueue

from compatcheck.ask.renewals import Renewals


def test_each_has_its_turn() -> None:
    """One after the other, as they came."""
    done: SimpleQueue[int] = SimpleQueue()
    with Renewals(timedelta(seconds=0.01)) as renewals:
        for number in range(3):
            renewals.later(lambda it=number: done.put(it))  # type: ignore[misc] # bound
        assert [done.get(timeout=30) for _ in range(3)] == [0, 1, 2]


def test_what_has_not_begun_at_the_end_is_not_done() -> None:
    """And the end does not wait for it."""
    done: list[int] = []
    started = time.monotonic()
    with Renewals(timedelta(hours=1)) as renewals:
        renewals.later(lambda: done.append(1))
    assert done == []
    assert time.monotonic() - started < 60
