"""Cells asked on this machine, a few at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Hashable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

from compatcheck.executors.cages import Cages, stop_all
from compatcheck.executors.cpus import usable_cpus

T = TypeVar("T")
U = TypeVar("U")

_AHEAD: Final = 24
"""What a job may choose from: the more, the oftener there is one like its last."""


def _not_alike(_: object) -> Hashable:
    """All are the same to it."""
    return None


class LocalExecutor:
    """Asks in threads of this process; the cages are what runs in parallel."""

    def __init__(self, jobs: int | None = None) -> None:
        """Ask `jobs` at a time; as many as there are usable CPUs when not told."""
        self.jobs = usable_cpus() if jobs is None else jobs

    def map(
        self,
        ask: Callable[[T], U],
        asked: Iterable[T],
        alike: Callable[[T], Hashable] = _not_alike,
    ) -> Generator[U]:
        """Apply `ask` to each, yielding answers as they are finished.

        Of those whose turn it could be, a job takes one that is `alike` to its last.
        At most two dozen per job are taken from `asked` before their turn. When the
        iterator is closed, or anything raises here or in `ask`, no other one starts,
        running cages are killed, and the threads are gone before it returns.
        """
        cages, turns = Cages(), _Turns[T](alike)
        pool = ThreadPoolExecutor(self.jobs, "cell", initializer=cages.adopt_thread)

        source, finished = iter(asked), SimpleQueue[Future[U]]()

        def begin(most: int) -> int:
            # All of them wait before the first is taken: then there is a choice.
            new = [*islice(source, most)]
            turns.put(new)
            for _ in new:
                begun = pool.submit(lambda: ask(turns.take()))
                begun.add_done_callback(finished.put)
            return len(new)

        try:
            waiting = begin(_AHEAD * self.jobs)
            while waiting:
                yield finished.get().result()
                waiting += begin(1) - 1
        finally:
            # In this order: a worker that is freed must find nothing to begin.
            pool.shutdown(wait=False, cancel_futures=True)
            cages.stop()
            pool.shutdown()

    def stop_running(self) -> None:
        """Kill every cage that runs now; those that are asked next may start."""
        stop_all()


class _Turns(Generic[T]):
    """What waits for its turn, and which of it a job takes."""

    def __init__(self, alike: Callable[[T], Hashable]) -> None:
        self._alike = alike
        self._guard = threading.Lock()
        self._waiting: list[tuple[Hashable, T]] = []
        self._last: dict[int, Hashable] = {}

    def put(self, items: Iterable[T]) -> None:
        """Let these wait."""
        with self._guard:
            self._waiting += [(self._alike(item), item) for item in items]

    def take(self) -> T:
        """One like this thread's last; else one like no other thread's; else any."""
        job = threading.get_ident()
        with self._guard:
            others = {key for it, key in self._last.items() if it != job}
            mine = self._last.get(job, self)  # which no key is
            place = min(
                range(len(self._waiting)),
                key=lambda it: (
                    self._waiting[it][0] != mine,
                    self._waiting[it][0] in others,
                    it,
                ),
            )
            self._last[job], item = self._waiting.pop(place)
            return item


EXECUTOR: Final = LocalExecutor
