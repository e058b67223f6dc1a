"""What is done over again in a run that lasts, so that the next one need not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from queue import SimpleQueue
from types import TracebackType
from typing import Self

Work = Callable[[], None]


class Renewals:
    """Does things one at a time, each some while after it was handed in."""

    def __init__(self, after: timedelta) -> None:
        """Wait that long, by a clock that nobody sets."""
        self._after = after.total_seconds()
        self._waiting: SimpleQueue[tuple[float, Work] | None] = SimpleQueue()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()

    def __enter__(self) -> Self:
        """Give itself; what is not begun at the end is not done."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for no more than what is being done."""
        self._over.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def later(self, work: Work) -> None:
        """Have this done when its time has come, if the run lasts until then."""
        self._waiting.put((time.monotonic() + self._after, work))
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="renewals")
                self._thread.start()

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None:
            due, work = item
            if self._over.wait(max(0.0, due - time.monotonic())):
                return
            work()
