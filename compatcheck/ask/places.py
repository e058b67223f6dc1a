"""Where a cell is asked: in an interpreter that is shared, or in one of its own."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache, partial
from pathlib import Path
from typing import TypeAlias

from compatcheck.ask.nurseries import Nurseries
from compatcheck.ask.sittings import Sitting, sittings
from compatcheck.ask.terms import Terms
from compatcheck.ask.visit import visit
from compatcheck.errors import EnvironmentFault
from compatcheck.model import Cell, Contract, Locked, Observation, Outcome
from compatcheck.ports import Environment, Environments

Shimmed: TypeAlias = tuple[Environments, Environments]
"""With the shim in them: as cells are asked first, and the real ones."""
Sit: TypeAlias = Callable[[Sitting], tuple[Observation, ...]]
"""Asks all targets of a sitting. Raises `EnvironmentFault` where it cannot."""


class Places:
    """Finds each cell a place. Safe between threads."""

    def __init__(
        self,
        *,
        environments: Environments,
        real: Environments,
        nurseries: Nurseries | None,
        terms: Terms,
        shimmed: Shimmed | None = None,
    ) -> None:
        """Find places in `nurseries`, if there are any, else in `environments`.

        What is asked afresh, and what is built, has its place in `real` ones. A cell
        with shims has an interpreter of its own in one of the two that `shimmed` are.
        """
        self._environments = environments
        self._real = real
        self._nurseries = nurseries
        self._terms = terms
        self._shimmed = shimmed

    @contextlib.contextmanager
    def open(
        self, cell: Cell, lock: Locked, contract: Contract, *, fresh: bool
    ) -> Generator[Sit]:
        """A place with exactly what is locked; gone when the context ends.

        Its own environment is made when it is needed, for what no shared interpreter
        could tell. Raises `EnvironmentFault` where there is none.
        """
        environments = self._making(cell, fresh=fresh)
        with contextlib.ExitStack() as stack:
            shared = None
            # What an adaptation looks at is not among what a nursery is told of.
            if self._nurseries is not None and not fresh and not cell.shims:
                place = self._nurseries.place(lock, cell.interpreter, contract)
                shared = stack.enter_context(place)

            @cache
            def alone() -> Environment:
                place = environments.open(lock, cell.interpreter)
                return stack.enter_context(place)

            def sit(sitting: Sitting) -> tuple[Observation, ...]:
                seen = None if shared is None else shared.sit(sitting)
                return self._sit_alone(cell, alone(), sitting) if seen is None else seen

            yield sit

    def real(self, cell: Cell, lock: Locked) -> AbstractContextManager[Environment]:
        """A real environment. Raises `EnvironmentFault` where it cannot be made."""
        return self._making(cell, fresh=True).open(lock, cell.interpreter)

    def _making(self, cell: Cell, *, fresh: bool) -> Environments:
        """What makes the cell's own environment."""
        store, real = self._environments, self._real
        if cell.shims:
            if self._shimmed is None:
                raise EnvironmentFault("no shim was given for cells that ask for it")
            store, real = self._shimmed
        return real if fresh else store

    def alone(self, cell: Cell, environment: Environment) -> Sit:
        """A place in an environment that is there."""
        return partial(self._sit_alone, cell, environment)

    def visit(
        self, sit: Sit, contract: Contract, before: Sequence[Observation] = ()
    ) -> tuple[Observation, ...]:
        """What is seen in a place, sitting by sitting, until one of them ends it.

        A sitting is not begun where `before` tells all of it and nothing of that
        failed or is unknown; what was left out then would be left out again.
        """
        terms = self._terms
        told = {(it.probe, it.target): it for it in before}
        asked = [(probe, probe.targets(contract)) for probe in terms.probes]
        seen = list[Observation]()
        for sitting in sittings(asked, contract.scenarios, terms.variables):
            found = _told(sitting, told)
            if found is None:
                found = sit(sitting)
            seen += found
            if sitting.broke_off(found):
                break
        return tuple(seen)

    def _sit_alone(
        self, cell: Cell, environment: Environment, sitting: Sitting
    ) -> tuple[Observation, ...]:
        with self._scratch() as scratch:
            return visit(
                environment,
                cell.interpreter,
                sitting,
                scratch=scratch,
                limits=self._terms.limits,
                sources=self._terms.sources,
                shims=cell.shims,
            )

    @contextlib.contextmanager
    def _scratch(self) -> Generator[Path]:
        folder = Path(tempfile.mkdtemp(prefix="visit-", dir=self._terms.scratch))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _told(
    sitting: Sitting, told: Mapping[tuple[str, str], Observation]
) -> tuple[Observation, ...] | None:
    """What is known of a sitting; None where it is to be asked."""
    known = [told.get((probe.name, it["label"])) for probe, it in sitting.targets]
    sure = [it for it in known if it is not None and not _is_to_be_seen_twice(it)]
    return tuple(sure) if len(sure) == len(known) else None


def _is_to_be_seen_twice(seen: Observation) -> bool:
    return seen.outcome.is_red or seen.outcome is Outcome.UNKNOWN
