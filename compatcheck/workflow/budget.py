"""The time that a run may take: when it is over, no further cell is begun."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final, TypeVar

from compatcheck.model import CellResult, Outcome
from compatcheck.report.document import BUDGET

T = TypeVar("T")
Ask = Callable[[T], CellResult]
AskInTime = Callable[[T], CellResult | None]

GRACE: Final = 10.0
"""Seconds that what runs then may take to finish, before it is stopped."""
_AGAIN: Final = 1.0
"""Seconds between two pulls of the brake: what is between two programs starts one."""
_PATIENCE: Final = 0.25
"""By what share of it a budget may be exceeded to see failures a second time."""


class Budget:
    """So many seconds from an instant on; without a number, as long as it takes."""

    def __init__(self, seconds: float | None, started: float) -> None:
        """Let them run since `started`, as `time.monotonic` counts."""
        self._seconds = seconds
        self._started = started
        self._pulled = threading.Event()

    @property
    def over(self) -> bool:
        """Whether nothing new may be begun."""
        return self._left() <= 0

    @property
    def patient(self) -> bool:
        """Whether a failure that was seen may still be asked a second time.

        Unconfirmed it is worth little, so that may take a little longer.
        """
        more = max(GRACE, _PATIENCE * (self._seconds or 0))
        return self._left() + more > 0

    @property
    def reason(self) -> str:
        """Why a cell was left out."""
        return f"{BUDGET} {self._seconds or 0:g}: not answered by then"

    def within(self, ask: Ask[T]) -> AskInTime[T]:
        """The same question, but None once the time is over: neither yes nor no.

        What was stopped on our side would say that it is unknown, which it is not.
        """

        def asked(one: T) -> CellResult | None:
            if self.over:
                return None
            result = ask(one)
            stopped = self._pulled.is_set() and result.outcome is Outcome.UNKNOWN
            return None if stopped else result

        return asked

    @contextmanager
    def enforced(self, stop: Callable[[], None]) -> Generator[None]:
        """Call `stop` for what still runs a little after the end, until it is gone."""
        if self._seconds is None:
            yield
            return
        gone = threading.Event()

        def watch() -> None:
            wait = max(self._left(), 0.0) + GRACE
            while not gone.wait(wait):
                self._pulled.set()
                stop()
                wait = _AGAIN

        watcher = threading.Thread(target=watch, name="budget", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            gone.set()
            watcher.join()

    def _left(self) -> float:
        if self._seconds is None:
            return float("inf")
        return self._started + self._seconds - time.monotonic()
