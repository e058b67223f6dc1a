"""Screens cells: metadata and source of the wheels alone, without lock and place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from compatcheck.ask.locks import ResolveTerms, contradiction
from compatcheck.ask.reading import Reading, providers
from compatcheck.contract.screen import needed, screen
from compatcheck.errors import CouldNotTell, IndexFault
from compatcheck.model import (
    Cell,
    CellResult,
    Contract,
    Observation,
    Outcome,
    Pin,
    Release,
    ReleaseFile,
    Source,
    Stage,
    Symbol,
    Unknown,
    Unsolvable,
    WheelContents,
)
from compatcheck.surface.choose import choose_wheel
from compatcheck.surface.needs import Needs
from compatcheck.surface.surfaces import Answers

_READERS = 8
"""Wheels fetched at one time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A cell with what its wheels need of each other."""

    cell: Cell
    wheels: Mapping[str, ReleaseFile]
    contract: Contract


class Screener:
    """Answers whole grids at once, as each wheel is read once for all its cells."""

    def __init__(
        self,
        *,
        release: Callable[[Pin], Release],
        reading: Reading,
        terms: ResolveTerms,
    ) -> None:
        """Read wheels through `reading`; `release` finds what a pin chose."""
        self._release = release
        self._reading = reading
        self._terms = terms
        self._chosen: dict[tuple[Pin, str], tuple[Release, ReleaseFile | None]] = {}
        self._consumers: dict[tuple[Pin, str], bool] = {}
        self._contracts: dict[object, Contract] = {}

    def screen(self, cells: Sequence[Cell]) -> tuple[CellResult, ...]:
        """What the wheels alone tell of each cell, in the same order.

        Never raises for a fault of ours: that is an `unknown`, with its reason.
        """
        self._read_ahead(cells)
        sheets = [self._sheet(cell) for cell in cells]
        laid = [sheet for sheet in sheets if isinstance(sheet, _Sheet)]
        asked = {each for it in _distinct(laid) for each in needed(it)}
        surfaces = self._surfaces(laid, asked)
        return tuple(
            _told(sheet, surfaces) if isinstance(sheet, _Sheet) else sheet
            for sheet in sheets
        )

    def _read_ahead(self, cells: Iterable[Cell]) -> None:
        """Read what every wheel says of itself, several at a time."""
        pins = {
            (pin, cell.interpreter.build): cell for cell in cells for pin in cell.pins
        }
        wheels = [self._choose(pin, cell)[1] for (pin, _), cell in pins.items()]
        with ThreadPoolExecutor(_READERS) as pool:
            reads = [pool.submit(self._reading.contents, it) for it in wheels if it]
        for read in reads:
            read.exception()  # whose cell it is tells it

    def _choose(self, pin: Pin, cell: Cell) -> tuple[Release, ReleaseFile | None]:
        key = (pin, cell.interpreter.build)
        if key not in self._chosen:
            release = self._release(pin)
            self._chosen[key] = release, choose_wheel(release, cell.interpreter)
        return self._chosen[key]

    def _sheet(self, cell: Cell) -> _Sheet | CellResult:
        try:
            return self._laid(cell)
        except CouldNotTell as fault:
            return _result(cell, Outcome.UNKNOWN, Stage.RESOLVE, str(fault))

    def _laid(self, cell: Cell) -> _Sheet | CellResult:
        chosen = {pin.distribution: self._choose(pin, cell) for pin in cell.pins}
        wheels = {name: it[1] for name, it in chosen.items() if it[1] is not None}
        contents = {name: self._reading.contents(it) for name, it in wheels.items()}
        releases = [release for release, _ in chosen.values()]
        match contradiction(cell, releases, contents, self._terms):
            case Unsolvable(reason=reason):
                return _result(cell, Outcome.UNSOLVABLE, Stage.RESOLVE, reason)
            case Unknown(reason=reason, stage=stage):
                return _result(cell, Outcome.UNKNOWN, stage, reason)
            case None if len(wheels) < len(chosen):
                words = "a release has no wheel, and only a build would tell"
                return _result(cell, Outcome.UNKNOWN, Stage.RESOLVE, words)
            case None:
                contract = self._contract(cell, wheels, contents)
                return _Sheet(cell=cell, wheels=wheels, contract=contract)

    def _contract(
        self,
        cell: Cell,
        wheels: Mapping[str, ReleaseFile],
        contents: Mapping[str, WheelContents],
    ) -> Contract:
        """The cell's contract, worked out once for all whose wheels need the same."""
        consumers = [pin for pin in cell.pins if self._consumes(pin, cell, contents)]
        shapes = [(name, it.roots, it.stubs_only) for name, it in contents.items()]
        key = (cell.interpreter.build, tuple(consumers), tuple(shapes))
        if key not in self._contracts:

            def needs(name: str) -> Needs:
                return self._reading.needs(wheels[name])

            self._contracts[key] = self._reading.contract(cell, contents, needs)
        return self._contracts[key]

    def _consumes(
        self, pin: Pin, cell: Cell, contents: Mapping[str, WheelContents]
    ) -> bool:
        """Whether a pin requires any other axis: then its own imports are read."""
        key = (pin, cell.interpreter.build)
        if key not in self._consumers:
            self._consumers[key] = bool(providers(pin, cell, contents))
        return self._consumers[key]

    def _surfaces(
        self, sheets: Iterable[_Sheet], asked: Iterable[Symbol | str]
    ) -> Mapping[str, Answers | str]:
        """What each wheel tells; a text where it cannot be read, and why."""
        wheels = {it.filename: it for sheet in sheets for it in sheet.wheels.values()}
        asked = frozenset(asked)

        def read(wheel: ReleaseFile) -> Answers | str:
            try:
                depends = bool(self._reading.contents(wheel).requires_dist)
                return Answers(self._reading.surface(wheel, asked, depends=depends))
            except IndexFault as fault:
                return str(fault)

        with ThreadPoolExecutor(_READERS) as pool:
            return dict(zip(wheels, pool.map(read, wheels.values()), strict=True))


def _distinct(sheets: Iterable[_Sheet]) -> Iterator[Contract]:
    seen = {id(sheet.contract): sheet.contract for sheet in sheets}
    return iter(seen.values())


def _told(sheet: _Sheet, surfaces: Mapping[str, Answers | str]) -> CellResult:
    own = {name: surfaces[wheel.filename] for name, wheel in sheet.wheels.items()}
    unread = [why for why in own.values() if isinstance(why, str)]
    if unread:
        return _result(sheet.cell, Outcome.UNKNOWN, Stage.INSTALL, unread[0])
    answers = {name: it for name, it in own.items() if not isinstance(it, str)}
    seen = screen(sheet.contract, answers)
    outcome, reason = _judged(seen)
    return CellResult(
        cell=sheet.cell,
        outcome=outcome,
        stage=Stage.SYMBOL,
        reason=reason,
        contract=sheet.contract,
        observations=seen,
        source=Source.SCREENED,
    )


def _judged(seen: Sequence[Observation]) -> tuple[Outcome, str | None]:
    if any(it.outcome is Outcome.FAILED for it in seen):
        return Outcome.FAILED, None
    hidden = [it for it in seen if it.outcome is Outcome.UNKNOWN]
    if not hidden:
        return Outcome.PASSED, None
    first, more = hidden[0], len(hidden) - 1
    why = first.failure.message if first.failure else ""
    words = f"no screen can tell {first.target}: {why}"
    return Outcome.UNKNOWN, words + (f" (and {more} more)" if more else "")


def _result(cell: Cell, outcome: Outcome, stage: Stage, reason: str) -> CellResult:
    return CellResult(
        cell=cell,
        outcome=outcome,
        stage=stage,
        reason=reason,
        source=Source.SCREENED,
    )
