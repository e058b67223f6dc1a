"""Every cell's result: ask, confirm, refine where it turned, find whom to blame."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Final

from compatcheck.ask.confirm import confirm, unconfirmed
from compatcheck.blame import Blamed, blame
from compatcheck.config.settings import Settings
from compatcheck.errors import CouldNotTell, OutOfBudget
from compatcheck.model import Cell, CellResult
from compatcheck.plan import Order, Plan, refined, released, sharing
from compatcheck.workflow.budget import Budget
from compatcheck.workflow.leftover import Leftover
from compatcheck.workflow.rooms import Rooms
from compatcheck.workflow.session import Listener
from compatcheck.workflow.shimming import Shimming
from compatcheck.workflow.shimming import choose as choose_for_shims
from compatcheck.workflow.swept import Swept
from compatcheck.workflow.verifying import Verification, choose

_AHEAD: Final = 2
"""How many cells are locked at a time beside those that are asked: to solve one takes
some 0.4 s of a processor, and a second where an index has each page fetched anew."""


def sweep(
    rooms: Rooms, plan: Plan, settings: Settings, listener: Listener, *, started: float
) -> Swept:
    """Ask every cell of the plan that is this run's, and what follows from the answers.

    Ctrl-C ends it with what is known by then, and so does the end of the budget, which
    is counted from `started` (`time.monotonic`); the rest is `not_run`.
    """
    steps = _Sweep(rooms, plan, settings, listener, started=started)
    swept, leftover = steps.swept, steps.leftover
    why = steps.budget.reason
    try:
        listener.planned(len(leftover.own))
        steps.screen(leftover.own)
        steps.ask(leftover.own)
        steps.refine()
        steps.confirm()
        steps.verify()
        steps.shim()
        steps.blame()
    except KeyboardInterrupt:
        swept.interrupted, why = True, "interrupted"
    swept.results += leftover.not_run(swept.plan, swept.results, why)
    return swept


class _Sweep:
    """The steps, each of which leaves what it found in `swept`."""

    def __init__(
        self,
        rooms: Rooms,
        plan: Plan,
        settings: Settings,
        listener: Listener,
        *,
        started: float,
    ) -> None:
        self.swept = Swept(plan=plan)
        self.leftover = Leftover(plan, settings)
        self.budget = Budget(settings.budget, started)
        self._started = started
        self._rooms = rooms
        self._settings = settings
        self._listener = listener
        self._words = ""
        """What blame is about."""

    def screen(self, cells: Sequence[Cell]) -> None:
        """Take a first look at the wheels alone, if that is wanted."""
        if self._rooms.screener is None or not cells:
            return
        started = time.monotonic()
        results = self._rooms.screener.screen(cells)
        self.swept.screening += time.monotonic() - started
        self.swept.screened.update({id(it.cell): it for it in results})
        self._listener.screened(results)

    def ask(self, cells: Sequence[Cell]) -> None:
        """Ask each, coarse to fine, until the budget is over."""
        order = Order(cells)

        def heard(result: CellResult) -> None:
            order.heard(result)
            if order.pictured and self.swept.pictured is None:
                self.swept.pictured = time.monotonic() - self._started
                if len(self.swept.results) < len(cells):
                    self._listener.pictured(self.swept.pictured)

        self._answer(order.cells(), heard, order.alike)

    def _answer(
        self,
        cells: Iterable[Cell],
        heard: Callable[[CellResult], None],
        alike: Callable[[Cell], Hashable] = sharing,
    ) -> None:
        """Ask each, as many at a time as the machine bears; of some that is no work."""
        executor, asker, budget = self._rooms.executor, self._rooms.asker, self.budget

        def keep(result: CellResult) -> None:
            self.swept.results.append(result)
            self._listener.answered(result)
            heard(result)

        def asked() -> Iterator[Cell]:
            for cell in takewhile(lambda _: not budget.over, cells):
                # Thousands may be at hand: to hand each to a thread would take longer.
                at_hand = asker.at_hand(cell)
                if at_hand is None:
                    yield cell
                else:
                    keep(at_hand)

        with (
            budget.enforced(self._stop_running),
            asker.expecting(asked(), _AHEAD, lambda: not budget.over) as coming,
            closing(executor.map(budget.within(asker.ask), coming, alike)) as answers,
        ):
            for result in answers:
                if result is not None:
                    keep(result)

    def refine(self) -> None:
        """Ask what lies between two that differ, if that is wanted."""
        swept = self.swept
        if self._settings.refine and len(swept.results) == len(self.leftover.own):
            swept.plan, cells = refined(swept.plan, swept.results)
            self.leftover.want(cells)
            self._listener.refining(len(cells))
            self.screen(cells)
            self._answer(cells, lambda _: None)

    def confirm(self) -> None:
        """See every distinct failure a second time."""
        swept, listener = self.swept, self._listener
        if self.budget.over:
            listener.out_of_budget(len(swept.results))
        listener.confirming(len(unconfirmed(swept.results)))
        again, patient = self._rooms.asker.again, lambda: self.budget.patient
        # What is told must not hang on which of the jobs was the faster one.
        order = {id(cell): place for place, cell in enumerate(swept.plan.cells)}
        swept.results.sort(key=lambda it: order[id(it.cell)])
        settle = self._settling()

        def settled(result: CellResult) -> None:
            # At once: who is interrupted keeps what was settled.
            settle(result)
            listener.confirmed(result)

        found = list(swept.results)
        swept.results = confirm(found, again, settled, patient, self._rooms.executor)

    def _settling(self) -> Callable[[CellResult], None]:
        """What puts a result into the place of the one that its cell has by now."""
        swept = self.swept
        places = {id(it.cell): place for place, it in enumerate(swept.results)}

        def settle(result: CellResult) -> None:
            swept.results[places[id(result.cell)]] = result

        return settle

    def verify(self) -> None:
        """See whether real environments answer alike, of some cells; theirs counts."""
        if self._settings.verify is None:
            return
        swept, started, settle = self.swept, time.monotonic(), self._settling()
        ask = self.budget.within(partial(self._rooms.asker.ask, fresh=True))
        verification = Verification(choose(swept.results, self._settings.verify), ask)
        self._listener.verifying(len(verification.chosen))
        try:
            with self.budget.enforced(self._stop_running):
                verification.compare(self._rooms.executor, self._listener.verified)
                for result in verification.settle():
                    settle(result)
        finally:
            swept.verified = verification.verified
            swept.verifying = time.monotonic() - started

    def shim(self) -> None:
        """Ask what failed, and some of what passed, with the shim, if wanted."""
        shims, swept = self._rooms.shims, self.swept
        if shims is None:
            return
        started, settle, asker = time.monotonic(), self._settling(), self._rooms.asker
        step = Shimming(choose_for_shims(swept.results, shims.requires_python))
        executor = self._rooms.executor
        swept.shims = shims.version
        self._listener.shimming(len(step.chosen))
        try:
            with self.budget.enforced(self._stop_running):
                within = self.budget.within(asker.ask)
                step.ask(within, executor, self._listener.shimmed)
                step.confirm(asker.again, lambda: self.budget.patient, executor)
        finally:
            for result in step.settled():
                settle(result)
            swept.shimming = time.monotonic() - started

    def blame(self) -> None:
        """Find out why what failed did, and since when.

        Whatever ends it, what was asked stands, and what was found out so far.
        """
        if not self._settings.blame or self.budget.over:
            return
        swept, started = self.swept, time.monotonic()
        try:
            self._keep(
                blame(
                    swept.results,
                    ask=self._ask_all,
                    releases=self._rooms.releases,
                    when_released=self._when_released,
                    told=self._tell,
                    found=self._keep,
                    unseen=self.leftover.others,
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
        self.swept.results, self.swept.drift = list(found.results), found.drift

    def _tell(self, words: str) -> None:
        self._words = words
        self._listener.blaming(words)

    def _ask_all(
        self, cells: Sequence[Cell], *, fresh: bool = False
    ) -> Sequence[CellResult]:
        """What is known of each. Raises `OutOfBudget` where the time does not do."""
        within = self.budget.within(partial(self._rooms.asker.ask, fresh=fresh))

        def ask(numbered: tuple[int, Cell]) -> tuple[int, CellResult | None]:
            number, cell = numbered
            return number, within(cell)

        def alike(numbered: tuple[int, Cell]) -> Hashable:
            return sharing(numbered[1])

        executor = self._rooms.executor
        found: dict[int, CellResult] = {}
        with (
            self.budget.enforced(self._stop_running),
            closing(executor.map(ask, enumerate(cells), alike)) as answers,
        ):
            for number, result in answers:
                if result is None:
                    raise OutOfBudget(self.budget.reason)
                found[number] = result
                told = f"{self._words} ({len(found)} of {len(cells)} asked)"
                self._listener.blaming(told)
        return [found[number] for number in range(len(cells))]

    def _stop_running(self) -> None:
        self._rooms.executor.stop_running()
        self._rooms.uv.stop_running()

    def _when_released(self, cell: Cell) -> datetime | None:
        return released([self.swept.plan.release(pin) for pin in cell.pins])
