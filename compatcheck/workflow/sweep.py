"""Every cell's result: ask, confirm, refine where it turned, find whom to blame."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from compatcheck.ask.confirm import confirm, unconfirmed
from compatcheck.ask.screener import Screener
from compatcheck.blame import blame
from compatcheck.config.settings import Settings
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
    blaming: float = 0.0
    """Seconds spent on whom to blame."""
    screened: dict[int, CellResult] = field(default_factory=dict)
    """What the wheels alone tell, by the identity of the cell."""
    screening: float = 0.0
    """Seconds spent on that."""


def sweep_screen(screener: Screener, plan: Plan, listener: Listener) -> Swept:
    """What the wheels alone tell of every cell: no lock, no place, nothing run."""
    swept = Swept(plan=plan)
    try:
        with stopping(_let_go):
            for result in screener.screen(plan.cells):
                swept.results.append(result)
                listener.answered(result)
    except KeyboardInterrupt:
        swept.interrupted = True
    swept.results += _not_run(plan.cells, swept.results, "interrupted")
    return swept


def _let_go() -> None:
    """Nothing runs that would have to be stopped."""


def sweep(rooms: Rooms, plan: Plan, settings: Settings, listener: Listener) -> Swept:
    """Ask every cell of the plan, and what follows from the answers.

    Ctrl-C ends it with what is known by then, the rest being `not_run`.
    """
    swept = Swept(plan=plan)
    steps = _Sweep(rooms, settings, listener, swept)
    try:
        with stopping(rooms.uv.stop):
            steps.screen(plan.cells)
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

    def screen(self, cells: Sequence[Cell]) -> None:
        """Take a first look at the wheels alone, if that is wanted."""
        if self._rooms.screener is None or not cells:
            return
        started = time.monotonic()
        results = self._rooms.screener.screen(cells)
        self._swept.screening += time.monotonic() - started
        self._swept.screened.update({id(it.cell): it for it in results})
        self._listener.screened(results)

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
            self.screen(cells)
            self.ask(cells)

    def confirm(self) -> None:
        """See every distinct failure a second time."""
        swept, listener = self._swept, self._listener
        listener.confirming(len(unconfirmed(swept.results)))
        ask = self._rooms.asker.ask
        swept.results = confirm(swept.results, ask, listener.confirmed)

    def blame(self) -> None:
        """Find out why what failed did, and since when."""
        if not self._settings.blame:
            return
        started = time.monotonic()
        try:
            found = blame(
                self._swept.results,
                ask=self._ask_all,
                releases=self._rooms.releases,
                when_released=self._when_released,
                told=self._listener.blaming,
            )
        finally:
            self._swept.blaming = time.monotonic() - started
        self._swept.results, self._swept.drift = list(found.results), found.drift

    def _ask_all(
        self, cells: Sequence[Cell], *, fresh: bool = False
    ) -> Sequence[CellResult]:
        def ask(numbered: tuple[int, Cell]) -> tuple[int, CellResult]:
            number, cell = numbered
            return number, self._rooms.asker.ask(cell, fresh=fresh)

        executor = LocalExecutor(self._settings.jobs)
        with closing(executor.map(ask, enumerate(cells))) as answers:
            return [result for _, result in sorted(answers, key=lambda it: it[0])]

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
