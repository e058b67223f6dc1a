"""Cells asked on this machine, a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Final, TypeVar

from compatcheck.executors.cages import Cages, stop_all
from compatcheck.executors.cpus import usable_cpus

T = TypeVar("T")
U = TypeVar("U")


class LocalExecutor:
    """Asks in threads of this process; the cages are what runs in parallel."""

    def __init__(self, jobs: int | None = None) -> None:
        """Ask `jobs` at a time; as many as there are usable CPUs when not told."""
        self.jobs = usable_cpus() if jobs is None else jobs

    def map(self, ask: Callable[[T], U], asked: Iterable[T]) -> Generator[U]:
        """Apply `ask` to each, yielding answers as they are finished.

        At most two per job are taken from `asked` before their turn. When the
        iterator is closed, or anything raises here or in `ask`, no other one starts,
        running cages are killed, and the threads are gone before it returns.
        """
        cages = Cages()
        source = iter(asked)
        pool = ThreadPoolExecutor(self.jobs, "cell", initializer=cages.adopt_thread)
        try:
            turns = (pool.submit(ask, item) for item in source)
            waiting = dict.fromkeys(islice(turns, 2 * self.jobs))
            while waiting:
                for done in _finished(waiting):
                    del waiting[done]
                    waiting.update(dict.fromkeys(islice(turns, 1)))
                    yield done.result()
        finally:
            # In this order: a worker that is freed must find nothing to begin.
            pool.shutdown(wait=False, cancel_futures=True)
            cages.stop()
            pool.shutdown()

    def stop_running(self) -> None:
        """Kill every cage that runs now; those that are asked next may start."""
        stop_all()


def _finished(waiting: dict[Future[U], None]) -> list[Future[U]]:
    """Those that are done, at least one, in the order in which they were submitted."""
    done = wait(waiting, return_when=FIRST_COMPLETED).done
    return [future for future in waiting if future in done]


EXECUTOR: Final = LocalExecutor
