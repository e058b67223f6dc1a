"""What is worked out for the cells that come next, while others are asked.

To lock a cell is to wait for an index, mostly, and to ask one is not.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TypeVar

from compatcheck.model import Cell

T = TypeVar("T")


class Ahead(Generic[T]):
    """Works for each cell once, before it is asked for if it can. Thread-safe."""

    def __init__(self, work: Callable[[Cell], T]) -> None:
        """Have `work` done, which may be called from several threads."""
        self._work = work
        self._expected: dict[int, Future[T]] = {}

    @contextmanager
    def expecting(self, cells: Iterable[Cell], jobs: int) -> Generator[Iterator[Cell]]:
        """The same cells; from when one is drawn, it waits to be worked for.

        By so many threads, which are gone when the context ends.
        """
        pool = ThreadPoolExecutor(jobs, "ahead")

        def drawn() -> Iterator[Cell]:
            for cell in cells:
                self._expected[id(cell)] = pool.submit(self._work, cell)
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
        expected = self._expected.pop(id(cell), None)
        if expected is None or expected.cancel():
            return self._work(cell)
        return expected.result()
