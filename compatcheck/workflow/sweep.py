"""Every cell's result: ask, confirm, refine where it turned, find whom to blame."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from compatcheck.ask.confirm import confirm, unconfirmed
from compatcheck.blame import Blamed, blame
from compatcheck.config.settings import Settings
from compatcheck.errors import CouldNotTell
from compatcheck.executors.local import LocalExecutor
from compatcheck.model import Cell, CellResult, Drift, Outcome
from compatcheck.plan import Plan, refined, released
from compatcheck.workflow.rooms import Rooms
from compatcheck.workflow.session import Listener
from compatcheck.workflow.stopping import stopping


@dataclass(slots=True, kw_only=True)
class Swept:
    """What a sweep has found so far; complete unless it was interrupted."""

    plan: Plan
    results: list[CellResult] = field(default_factory=list)
    drift: tuple[Drift, ...] = ()
    interrupted: bool = False
    unblamed: str | None = None
    """Why it was not found out to the end who is to blame."""
    bug: Exception | None = None
    """What ended that, where it is a fault in this program."""
    blaming: float = 0.0
    """Seconds spent on whom to blame."""


def sweep(rooms: Rooms, plan: Plan, settings: Settings, listener: Listener) -> Swept:
    """Ask every cell of the plan, and what follows from the answers.

    Ctrl-C ends it with what is known by then, the rest being `not_run`.
    """
    swept = Swept(plan=plan)
    steps = _Sweep(rooms, settings, listener, swept)
    try:
        with stopping(rooms.uv.stop):
            steps.ask(plan.cells)
            steps.refine()
            steps.confirm()
            steps.blame()
    except KeyboardInterrupt:
        swept.interrupted = True
    reason = "interrupted" if swept.interrupted else f"--select {settings.select}"
    swept.results += _not_run(swept.plan.cells, swept.results, reason)
    return swept


class _Sweep:
    """The steps, each of which leaves what it found in `swept`."""

    def __init__(
        self, rooms: Rooms, settings: Settings, listener: Listener, swept: Swept
    ) -> None:
        self._rooms = rooms
        self._settings = settings
        self._listener = listener
        self._swept = swept
        self._words = ""
        """What blame is about."""

    def ask(self, cells: Iterable[Cell]) -> None:
        """Ask each, as many at a time as the machine bears."""
        executor = LocalExecutor(self._settings.jobs)
        with closing(executor.map(self._rooms.asker.ask, cells)) as answers:
            for result in answers:
                self._swept.results.append(result)
                self._listener.answered(result)

    def refine(self) -> None:
        """Ask what lies between two that differ, if that is wanted."""
        if self._settings.refine:
            self._swept.plan, cells = refined(self._swept.plan, self._swept.results)
            self._listener.refining(len(cells))
            self.ask(cells)

    def confirm(self) -> None:
        """See every distinct failure a second time."""
        swept, listener = self._swept, self._listener
        listener.confirming(len(unconfirmed(swept.results)))
        places = {id(it.cell): place for place, it in enumerate(swept.results)}

        def settled(result: CellResult) -> None:
            # At once: who is interrupted keeps what was settled.
            swept.results[places[id(result.cell)]] = result
            listener.confirmed(result)

        found = list(swept.results)
        swept.results = confirm(found, self._rooms.asker.ask, settled)

    def blame(self) -> None:
        """Find out why what failed did, and since when.

        Whatever ends it, what was asked stands, and what was found out so far.
        """
        if not self._settings.blame:
            return
        swept, started = self._swept, time.monotonic()
        try:
            self._keep(
                blame(
                    swept.results,
                    ask=self._ask_all,
                    releases=self._rooms.releases,
                    when_released=self._when_released,
                    told=self._tell,
                    found=self._keep,
                )
            )
        except CouldNotTell as fault:
            swept.unblamed = str(fault)
        except Exception as bug:  # noqa: BLE001 - told in the report, then raised again
            swept.unblamed = f"{type(bug).__name__}: {bug}"
            swept.bug = bug
        finally:
            swept.blaming = time.monotonic() - started

    def _keep(self, found: Blamed) -> None:
        self._swept.results, self._swept.drift = list(found.results), found.drift

    def _tell(self, words: str) -> None:
        self._words = words
        self._listener.blaming(words)

    def _ask_all(
        self, cells: Sequence[Cell], *, fresh: bool = False
    ) -> Sequence[CellResult]:
        def ask(numbered: tuple[int, Cell]) -> tuple[int, CellResult]:
            number, cell = numbered
            return number, self._rooms.asker.ask(cell, fresh=fresh)

        executor = LocalExecutor(self._settings.jobs)
        found: dict[int, CellResult] = {}
        with closing(executor.map(ask, enumerate(cells))) as answers:
            for number, result in answers:
                found[number] = result
                told = f"{self._words} ({len(found)} of {len(cells)} asked)"
                self._listener.blaming(told)
        return [found[number] for number in range(len(cells))]

    def _when_released(self, cell: Cell) -> datetime | None:
        return released([self._swept.plan.release(pin) for pin in cell.pins])


def _not_run(
    cells: Iterable[Cell], results: Iterable[CellResult], reason: str
) -> list[CellResult]:
    asked = {id(result.cell) for result in results}
    return [
        CellResult(cell=cell, outcome=Outcome.NOT_RUN, stage=None, reason=reason)
        for cell in cells
        if id(cell) not in asked
    ]
