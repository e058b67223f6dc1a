"""What the wheels of a cell hold, each read once and remembered by its hash."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

from compatcheck.ask.keys import reading_key
from compatcheck.ask.per_object import OncePerObject
from compatcheck.contract.build import build_contract
from compatcheck.contract.requires import requires
from compatcheck.errors import IndexFault, StoreFault
from compatcheck.model import (
    Axis,
    Cell,
    Contract,
    Interpreter,
    Pin,
    ReleaseFile,
    Symbol,
    WheelContents,
)
from compatcheck.observations import ObservationStore
from compatcheck.ports import Archive, Archives
from compatcheck.surface.choose import choose_wheel
from compatcheck.surface.contents import read_contents
from compatcheck.surface.names import Surface
from compatcheck.surface.needs import Needs, read_needs, read_source_needs
from compatcheck.surface.surfaces import Parsed, is_known, surface_of

T = TypeVar("T")

_READERS = 8
"""Wheels looked into at one time: each is a few short requests."""


class Reading:
    """Reads wheels through the store, so that each is opened once for all runs."""

    def __init__(
        self,
        *,
        archives: Archives,
        store: ObservationStore,
        modules: Sequence[str],
        symbols: Sequence[Symbol],
        sources: Sequence[Path],
        axes: Sequence[Axis],
    ) -> None:
        """Read wheels from `archives`; the rest is what is asked of every cell."""
        self._archives = archives
        self._candidates = {axis.distribution: axis.candidates for axis in axes}
        self._store = store
        self._modules = modules
        self._symbols = symbols
        self._sources = tuple(read_source_needs(folder) for folder in sources)
        self._guard = threading.Lock()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._remembered: dict[str, object] = {}
        self._key = OncePerObject(reading_key)
        self._provide: dict[tuple[object, ...], tuple[object, list[str]]] = {}
        """The other pins that each needs, with what told so, so that this stays."""
        self._parsed: Parsed = {}
        self._contracts: dict[tuple[object, ...], tuple[Contract, list[Needs]]] = {}
        """With what was read for each, so that it stays where it is."""

    def contents(self, file: ReleaseFile) -> WheelContents:
        """A wheel's metadata and import names. Raises `IndexFault`."""
        return self._read("contents", file, WheelContents, read_contents, whole=False)

    def needs(self, file: ReleaseFile) -> Needs:
        """What a wheel imports from others. Raises `IndexFault`."""
        return self._read("needs", file, Needs, read_needs, whole=True)

    def contents_at_hand(self, file: ReleaseFile) -> WheelContents | None:
        """As `contents`, where it was read before; else None, and nothing is opened."""
        return self._at_hand("contents", file, WheelContents)

    def needs_at_hand(self, file: ReleaseFile) -> Needs | None:
        """As `needs`, where it was read before; else None, and nothing is opened."""
        return self._at_hand("needs", file, Needs)

    def surface(
        self, file: ReleaseFile, asked: Iterable[Symbol | str], *, depends: bool
    ) -> Surface:
        """The names in a wheel, at least those that are asked about.

        What cannot be read any more, because there is no network, stays as it is known.
        Raises `IndexFault` where nothing is.
        """
        key = self._key(file)
        with self._turn(key + "surface"):
            kept = self._store.get("surface", key, Surface) if file.sha256 else None
            if kept is not None and is_known(kept, asked):
                return kept
            try:
                value = self._look(file, asked, depends=depends, known=kept)
            except IndexFault:
                if kept is None:
                    raise
                return kept
            self._keep("surface", key, value, file)
            return value

    def _look(
        self,
        file: ReleaseFile,
        asked: Iterable[Symbol | str],
        *,
        depends: bool,
        known: Surface | None,
    ) -> Surface:
        with self._archives.open(file, whole=True) as archive:
            return surface_of(
                archive, asked, depends=depends, known=known, parsed=self._parsed
            )

    def contract(
        self,
        cell: Cell,
        contents: Mapping[str, WheelContents],
        needs: Callable[[str], Needs],
        *,
        at_hand: bool = False,
    ) -> Contract:
        """What the cell's pins need of each other, and what else is asked.

        The same object for all cells of which the same is asked. `needs` tells what a
        distribution imports; it is called only for those whose metadata requires
        another axis. Raises `IndexFault`; also where a wheel would have to be opened,
        if what is `at_hand` is to do.
        """
        wanted = {
            pin.distribution: self._providers(pin, cell, contents) for pin in cell.pins
        }
        # By name among equals, not by axis: the same question must have one wording.
        consumers_first = sorted(wanted, key=lambda name: (-len(wanted[name]), name))
        wheels = [contents[name] for name in consumers_first]
        reads = [(needs(name), it) for name in consumers_first for it in wanted[name]]
        reads += [(read, name) for read in self._sources for name in consumers_first]
        shapes = [(it.distribution, it.roots, it.stubs_only) for it in wheels]
        asked = [(id(read), provider) for read, provider in reads]
        key = (cell.interpreter.build, *shapes, *asked)
        if key not in self._contracts:
            ever = {
                name: self._as_ever(contents[name], cell.interpreter, at_hand=at_hand)
                for name in {provider for _, provider in reads}
            }
            contract = build_contract(
                contents=wheels,
                needs=[(read, ever[provider]) for read, provider in reads],
                modules=self._modules,
                symbols=self._symbols,
            )
            known = contract, [read for read, _ in reads]
            return self._contracts.setdefault(key, known)[0]
        return self._contracts[key][0]

    def _providers(
        self, pin: Pin, cell: Cell, contents: Mapping[str, WheelContents]
    ) -> list[str]:
        told, others = contents[pin.distribution], [it.distribution for it in cell.pins]
        key = (id(told), pin.extras, cell.interpreter.build, *others)
        if key not in self._provide:
            self._provide[key] = told, providers(pin, cell, contents)
        return self._provide[key][1]

    def _as_ever(
        self, provider: WheelContents, interpreter: Interpreter, *, at_hand: bool
    ) -> WheelContents:
        """The provider with the import names of all of its candidates.

        A release that gave its module another name must be asked for the old one too:
        its own wheel no longer tells that the name was ever the provider's.
        """
        name = provider.distribution
        if at_hand and f"roots of {name} {interpreter.build}" not in self._remembered:
            raise IndexFault(f"not all wheels of {name} were read")
        with self._turn(f"roots of {name} {interpreter.build}"):
            key = f"roots of {name} {interpreter.build}"
            if key not in self._remembered:
                wheels = [choose_wheel(r, interpreter) for r in self._candidates[name]]
                with ThreadPoolExecutor(_READERS) as pool:
                    found = pool.map(self._roots, [w for w in wheels if w is not None])
                    self._remembered[key] = frozenset().union(*found)
            ever = cast("frozenset[str]", self._remembered[key])
        return replace(provider, roots=tuple(sorted(ever.union(provider.roots))))

    def _roots(self, file: ReleaseFile) -> frozenset[str]:
        # A wheel that cannot be read is told where its own cell is asked.
        with contextlib.suppress(IndexFault):
            return frozenset(self.contents(file).roots)
        return frozenset()

    def _read(
        self,
        kind: str,
        file: ReleaseFile,
        shape: type[T],
        reader: Callable[[Archive], T],
        *,
        whole: bool,
    ) -> T:
        with self._turn(self._key(file) + kind):
            value = self._at_hand(kind, file, shape)
            if value is None:
                with self._archives.open(file, whole=whole) as archive:
                    value = reader(archive)
                self._keep(kind, self._key(file), value, file)
                self._remembered[self._key(file) + kind] = value
            return value

    def _at_hand(self, kind: str, file: ReleaseFile, shape: type[T]) -> T | None:
        key = self._key(file)
        value = self._remembered.get(key + kind)
        if value is None and file.sha256:
            value = self._store.get(kind, key, shape)
            if value is not None:
                value = self._remembered.setdefault(key + kind, value)
        return cast("T | None", value)

    def _keep(self, kind: str, key: str, value: object, file: ReleaseFile) -> None:
        if file.sha256:
            # What was read is true whether or not it can be remembered.
            with contextlib.suppress(StoreFault):
                self._store.put(kind, key, value)

    def _turn(self, key: str) -> threading.Lock:
        """One lock a wheel: others wait for the first reader, not fetch it too."""
        with self._guard:
            return self._turns[key]


def providers(pin: Pin, cell: Cell, contents: Mapping[str, WheelContents]) -> list[str]:
    """The other axes that a pin's metadata requires here, by name."""
    return sorted(
        other.distribution
        for other in cell.pins
        if other is not pin
        and requires(
            contents[pin.distribution],
            other.distribution,
            cell.interpreter.markers,
            pin.extras,
        )
    )
