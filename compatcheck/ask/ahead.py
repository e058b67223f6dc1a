"""What is worked out for the cells that come next, while others are asked.

To lock a cell is to wait for an index, mostly, and to ask one is not.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from compatcheck.model import Cell

T = TypeVar("T")  # never None

_NICER: Final = 10
"""How much nicer these threads are: what is asked now goes before what comes next."""


class Ahead(Generic[T]):
    """Works for cells before they are asked for, where it can. Thread-safe."""

    def __init__(self, work: Callable[[Cell], T]) -> None:
        """Have `work` done, which may be called from several threads."""
        self._work = work
        self._expected: dict[int, tuple[Cell, Future[T | None]]] = {}
        """By the identity of the cell, which is held so that no other can have it."""

    @contextmanager
    def expecting(
        self, cells: Iterable[Cell], jobs: int, wanted: Callable[[], bool]
    ) -> Generator[Iterator[Cell]]:
        """The same cells; from when one is drawn, it waits to be worked for.

        By so many threads, which begin nothing once it is not `wanted` and are gone
        when the context ends. One context at a time.
        """
        pool = ThreadPoolExecutor(jobs, "ahead", initializer=_step_back)

        def work(cell: Cell) -> T | None:
            return self._work(cell) if wanted() else None

        def drawn() -> Iterator[Cell]:
            for cell in cells:
                self._expected[id(cell)] = cell, pool.submit(work, cell)
                yield cell

        try:
            yield drawn()
        finally:
            pool.shutdown(cancel_futures=True)
            self._expected.clear()

    def take(self, cell: Cell) -> T:
        """What came of the work for that cell, which is begun now if it has not been.

        Raises what the work raises.
        """
        _, expected = self._expected.pop(id(cell), (cell, None))
        done = None if expected is None or expected.cancel() else expected.result()
        return self._work(cell) if done is None else done


def _step_back() -> None:
    """Leave the processors to others, here and in every program begun from here."""
    if sys.platform == "linux":  # elsewhere a thread has no niceness of its own
        thread = threading.get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread) + _NICER
        os.setpriority(os.PRIO_PROCESS, thread, niceness)
