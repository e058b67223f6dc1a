"""Places that cells share as far as they can: what most import is imported once.

Whether a cell may be asked so is found out while it is; where it may not, the caller
asks it in a fresh interpreter. So nothing hangs on what is guessed here but time.
"""

from __future__ import annotations

import tempfile
import threading
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from compatcheck.ask.layers import Layers, layers_of
from compatcheck.ask.nursery import Nursery, nursery
from compatcheck.ask.sharing import Known, SharedPlace
from compatcheck.environments.store import StoreEnvironments
from compatcheck.executors.process import Limits
from compatcheck.model import Contract, Interpreter, Locked
from compatcheck.observations import ObservationStore


class Nurseries:
    """As many nurseries as there are cells asked at a time. Safe between threads."""

    def __init__(
        self,
        environments: StoreEnvironments,
        *,
        scratch: Path,
        limits: Limits,
        sources: Sequence[Path],
        probes: Sequence[Path],
        store: ObservationStore,
    ) -> None:
        """Grow nurseries in `environments` that write below `scratch`.

        `probes` are the files of all probes that cells are asked; `store` keeps what
        was learned of how to share.
        """
        self._probes = probes
        self._environments = environments
        self._scratch = scratch
        self._limits = limits
        self._sources = sources
        self._guard = threading.Lock()
        self._free: defaultdict[str, list[tuple[Nursery, ExitStack]]]
        self._free = defaultdict(list)
        self._known = defaultdict[str, Known](lambda: Known(store=store))

    def close(self) -> None:
        """End all of them."""
        with ExitStack() as stack:
            for free in self._free.values():
                for _, own in free:
                    stack.push(own)
            self._free.clear()

    @contextmanager
    def place(
        self, lock: Locked, interpreter: Interpreter, contract: Contract
    ) -> Generator[SharedPlace | None]:
        """Where a cell can sit; None where it shares nothing.

        Raises `EnvironmentFault` where it could not sit anywhere else either.
        """
        trees = self._environments.trees(lock, interpreter)
        layers = None if trees is None else layers_of(trees, contract)
        if trees is None or layers is None:
            yield None
            return
        found, own = self._take(interpreter, layers)
        try:
            with self._environments.filled(found.venv, trees.values()) as venv:
                yield SharedPlace(
                    nursery=found,
                    venv=venv,
                    interpreter=interpreter,
                    layers=layers,
                    limits=self._limits,
                    sources=self._sources,
                    known=self._known[interpreter.build],
                )
        finally:
            self._give_back(interpreter, found, own)

    def _take(
        self, interpreter: Interpreter, layers: Layers
    ) -> tuple[Nursery, ExitStack]:
        with self._guard:
            free = self._free[interpreter.build]
            if free:
                # While their jobs lock cells, several are free.
                free.sort(key=lambda it: it[0].shared(layers.sites))
                return free.pop()
        with ExitStack() as stack:
            place = tempfile.mkdtemp(prefix="nursery-", dir=self._scratch)
            venv = stack.enter_context(self._environments.empty(interpreter))
            made = stack.enter_context(
                nursery(venv, interpreter, Path(place), self._limits, self._probes)
            )
            return made, stack.pop_all()

    def _give_back(
        self, interpreter: Interpreter, found: Nursery, own: ExitStack
    ) -> None:
        if found.broken:
            own.close()
            return
        with self._guard:
            self._free[interpreter.build].append((found, own))
