"""Ask one cell: lock it, read it, look it up, else install and visit; then keep it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from compatcheck.ask.ahead import Ahead
from compatcheck.ask.answers import Answers, Kept, views
from compatcheck.ask.keys import ObservationKeys
from compatcheck.ask.known import Knowing, Known
from compatcheck.ask.locks import Locks
from compatcheck.ask.normalise import Normaliser
from compatcheck.ask.per_object import OncePerObject
from compatcheck.ask.places import Places
from compatcheck.ask.reading import Reading
from compatcheck.ask.terms import Terms
from compatcheck.ask.verdict import judge, unknown, unsolvable
from compatcheck.errors import CouldNotTell, IndexFault, StoreFault
from compatcheck.model import (
    Cell,
    CellResult,
    Contract,
    Locked,
    Observation,
    Outcome,
    Pin,
    Release,
    Source,
    Stage,
    Unknown,
    Unsolvable,
)
from compatcheck.observations import ObservationStore
from compatcheck.surface.contents import read_contents
from compatcheck.surface.installed import InstalledArchive
from compatcheck.surface.needs import Needs, read_needs


class Asker:
    """The door. Safe to call from several threads at once."""

    def __init__(
        self,
        *,
        release: Callable[[Pin], Release],
        reading: Reading,
        locks: Locks,
        places: Places,
        store: ObservationStore,
        terms: Terms,
    ) -> None:
        """Ask through these rooms; `release` finds what a pin chose."""
        self._reading = reading
        self._locks = locks
        self._places = places
        self._answers = Answers(store)
        self._terms = terms
        self._knowing = Knowing(release, reading, locks)
        self._ahead = Ahead(self._knowing.know)
        self._judged = OncePerObject(judge)
        self._with_scenarios = OncePerObject(self._asking_scenarios)
        self._keys = {
            shims: ObservationKeys(terms.probes, self._place(shims=shims))
            for shims in (False, True)
        }
        self._words = Normaliser({"<work>": [terms.scratch], "<cache>": [terms.cache]})

    def ask(self, cell: Cell, *, fresh: bool = False) -> CellResult:
        """What is known of a cell when its probes have been asked.

        `fresh` asks again, whatever is remembered. Never raises for a fault of ours:
        that is an `unknown`, with its reason.
        """
        return self._worded(self._ask_or_tell_why(cell, fresh=fresh))

    def again(self, first: CellResult) -> CellResult:
        """What is seen of a cell in a real environment, after it was seen so.

        Each sitting is asked in which anything failed or is unknown; another one is
        told as it was, if the lock is the same. Never raises for a fault of ours, as
        `ask`.
        """
        return self._worded(self._ask_or_tell_why(first.cell, fresh=True, before=first))

    def _worded(self, result: CellResult) -> CellResult:
        if result.outcome is not Outcome.UNKNOWN or result.reason is None:
            return result
        return replace(result, reason=self._words.text(result.reason))

    def expecting(
        self, cells: Iterable[Cell], jobs: int, wanted: Callable[[], bool]
    ) -> AbstractContextManager[Iterator[Cell]]:
        """The same cells, which are read and locked while those before are asked.

        From when each is drawn, by so many threads, as long as it is `wanted`; these
        are gone with the context.
        """
        return self._ahead.expecting(cells, jobs, wanted)

    def lock(self, cell: Cell) -> Locked | Unsolvable | Unknown:
        """What a cell without pins resolves to; nothing is installed or asked."""
        try:
            return self._locks.lock(cell, (), {})
        except CouldNotTell as fault:
            return Unknown(reason=self._words.text(str(fault)))

    def _ask_or_tell_why(
        self, cell: Cell, *, fresh: bool, before: CellResult | None = None
    ) -> CellResult:
        try:
            return self._ask(cell, fresh=fresh, before=before)
        except CouldNotTell as fault:
            return unknown(cell, Stage.RESOLVE, str(fault))
        except OSError as fault:  # a full disk, mostly
            words = f"no folder to work in: {fault.strerror or fault}"
            return unknown(cell, Stage.INSTALL, words)

    def _ask(self, cell: Cell, *, fresh: bool, before: CellResult | None) -> CellResult:
        known = self._ahead.take(cell)
        if not self._knowing.is_of_today(known):
            known = self._knowing.know(cell)
        match known.lock:
            case Unsolvable(reason=reason):
                return unsolvable(cell, reason)
            case Unknown(reason=reason, stage=stage):
                return unknown(cell, stage, reason)
            case Locked() as lock:
                return self._answer(cell, lock, known, fresh=fresh, before=before)

    def at_hand(self, cell: Cell) -> CellResult | None:
        """The cell's result, where all that it takes is remembered; else None.

        Told at once: nothing is resolved, and nobody is asked.
        """
        try:
            known = self._knowing.at_hand(cell)
            match known and known.lock:
                case Unsolvable(reason=reason):
                    return unsolvable(cell, reason)
                case Locked() as lock if known and all(known.wheels.values()):
                    contract = self._contract(cell, known, at_hand=True)
                    key = self._key(cell, lock, contract)
                    kept = self._answers.get(key) if key else None
                    if kept is not None:
                        return self._told(cell, lock, contract, kept, Source.CACHED)
        except (CouldNotTell, OSError):
            pass  # who asks for it is told why
        return None

    def _contract(self, cell: Cell, known: Known, *, at_hand: bool) -> Contract:
        """What is asked of a cell whose pins all have wheels. Raises `IndexFault`."""
        read = self._reading.needs_at_hand if at_hand else self._reading.needs

        def needs(name: str) -> Needs:
            wheel = known.wheels[name]
            found = wheel and read(wheel)
            if not found:
                raise IndexFault(f"the wheel of {name} was not read")
            return found

        contract = self._reading.contract(cell, known.contents, needs, at_hand=at_hand)
        return self._with_scenarios(contract)

    def _key(self, cell: Cell, lock: Locked, contract: Contract) -> str | None:
        keys = self._keys[cell.shims]
        return keys.key(lock=lock, interpreter=cell.interpreter, contract=contract)

    def _answer(
        self,
        cell: Cell,
        lock: Locked,
        known: Known,
        *,
        fresh: bool,
        before: CellResult | None,
    ) -> CellResult:
        if not all(known.wheels.values()):
            return self._answer_built(cell, lock)
        contract = self._contract(cell, known, at_hand=False)
        key = self._key(cell, lock, contract)
        kept = self._answers.get(key) if key else None
        if kept is not None and not fresh:
            return self._told(cell, lock, contract, kept, Source.CACHED)
        try:
            with self._places.open(cell, lock, contract, fresh=fresh) as sit:
                same = before and (before.lock, before.contract) == (lock, contract)
                told = before.observations if before and same else ()
                observations = self._places.visit(sit, contract, told)
        except CouldNotTell as fault:
            self._locks.forget(cell)
            return replace(unknown(cell, Stage.INSTALL, str(fault)), lock=lock)
        answer = Kept(observations=observations, confirmed=fresh)
        if key:
            answer = self._remember(key, answer, kept, fresh=fresh)
        return self._told(cell, lock, contract, answer, Source.PROBED)

    def _place(self, *, shims: bool) -> Mapping[str, object]:
        """What else an answer depends on, beside the cell's lock and its contract."""
        if not shims or self._terms.shims is None:
            return self._terms.place
        return {**self._terms.place, "shims": self._terms.shims.digest}

    def _answer_built(self, cell: Cell, lock: Locked) -> CellResult:
        """Ask a cell of which a pin had to be built: only what came out can be read.

        Nothing is remembered, because what a build makes hangs on more than its source.
        """
        try:
            with self._places.real(cell, lock) as environment:
                archives = {
                    pin.distribution: InstalledArchive(
                        environment.sites, pin.distribution
                    )
                    for pin in cell.pins
                }
                read = self._reading.contract(
                    cell,
                    {name: read_contents(it) for name, it in archives.items()},
                    lambda name: read_needs(archives[name]),
                )
                contract = self._asking_scenarios(read)
                sit = self._places.alone(cell, environment)
                observations = self._places.visit(sit, contract)
        except CouldNotTell as fault:
            return replace(unknown(cell, Stage.INSTALL, str(fault)), lock=lock)
        answer = Kept(observations=observations, confirmed=False)
        return self._told(cell, lock, contract, answer, Source.PROBED)

    def _asking_scenarios(self, contract: Contract) -> Contract:
        if all(probe.stage is not Stage.SCENARIO for probe in self._terms.probes):
            return contract
        return replace(contract, scenarios=self._terms.scenarios)

    def _remember(
        self, key: str, answer: Kept, before: Kept | None, *, fresh: bool
    ) -> Kept:
        """Keep an answer, but none of a cell that answers now so and now otherwise."""
        unsure = _any(answer.observations, Outcome.UNKNOWN)
        if fresh:
            unsure |= before is None or views(before) != views(answer)
        # An answer that was seen is true whether or not it can be remembered.
        with contextlib.suppress(StoreFault):
            if not unsure:
                return self._answers.put(key, answer)
            if fresh:
                self._answers.drop(key)
        return answer

    def _told(
        self,
        cell: Cell,
        lock: Locked,
        contract: Contract,
        kept: Kept,
        source: Source,
    ) -> CellResult:
        outcome, stage, reason = self._judged(kept.observations)
        return CellResult(
            cell=cell,
            outcome=outcome,
            stage=stage,
            reason=reason,
            lock=lock,
            contract=contract,
            observations=kept.observations,
            source=source,
            confirmed=kept.confirmed,
        )


def _any(observations: Sequence[Observation], outcome: Outcome) -> bool:
    return any(observation.outcome is outcome for observation in observations)
