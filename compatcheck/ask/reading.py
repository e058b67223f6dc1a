"""What the wheels of a cell hold, each read once and remembered by its hash."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast

from compatcheck.ask.keys import digest, room_digest
from compatcheck.contract.build import build_contract
from compatcheck.contract.requires import requires
from compatcheck.model import (
    Cell,
    Contract,
    ImportNeed,
    Pin,
    ReleaseFile,
    Symbol,
    WheelContents,
)
from compatcheck.observations import ObservationStore
from compatcheck.ports import Archive, Archives
from compatcheck.surface.contents import read_contents
from compatcheck.surface.needs import Needs, read_needs, read_source_needs

T = TypeVar("T")


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
    ) -> None:
        """Read wheels from `archives`; the rest is what is asked of every cell."""
        self._archives = archives
        self._store = store
        self._modules = modules
        self._symbols = symbols
        self._sources = tuple(read_source_needs(folder) for folder in sources)
        self._guard = threading.Lock()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._remembered: dict[str, object] = {}

    def contents(self, file: ReleaseFile) -> WheelContents:
        """A wheel's metadata and import names. Raises `IndexFault`."""
        return self._read("contents", file, WheelContents, read_contents, whole=False)

    def needs(self, file: ReleaseFile) -> Needs:
        """What a wheel imports from others. Raises `IndexFault`."""
        return self._read("needs", file, Needs, read_needs, whole=True)

    def contract(
        self,
        cell: Cell,
        contents: Mapping[str, WheelContents],
        needs: Callable[[str], Needs],
    ) -> Contract:
        """What the cell's pins need of each other, and what else is asked.

        `needs` tells what a distribution imports; it is called only for those whose
        metadata requires another axis. Raises `IndexFault`.
        """
        providers = {
            pin.distribution: _providers(pin, cell, contents) for pin in cell.pins
        }
        # By name among equals, not by axis: the same question must have one wording.
        consumers_first = sorted(
            providers, key=lambda name: (-len(providers[name]), name)
        )
        pairs: list[tuple[Iterable[ImportNeed], WheelContents]] = [
            (needs(name).needs, contents[provider])
            for name in consumers_first
            for provider in providers[name]
        ]
        for source in self._sources:
            pairs += [(source.needs, contents[name]) for name in consumers_first]
        return build_contract(
            contents=[contents[name] for name in consumers_first],
            needs=pairs,
            modules=self._modules,
            symbols=self._symbols,
        )

    def _read(
        self,
        kind: str,
        file: ReleaseFile,
        shape: type[T],
        reader: Callable[[Archive], T],
        *,
        whole: bool,
    ) -> T:
        key = digest([file.sha256 or file.url, file.filename, room_digest("surface")])
        with self._turn(key + kind):
            if (kept := self._remembered.get(key + kind)) is not None:
                return cast("T", kept)
            value = self._store.get(kind, key, shape) if file.sha256 else None
            if value is None:
                with self._archives.open(file, whole=whole) as archive:
                    value = reader(archive)
                if file.sha256:
                    self._store.put(kind, key, value)
            self._remembered[key + kind] = value
            return value

    def _turn(self, key: str) -> threading.Lock:
        """One lock a wheel: others wait for the first reader, not fetch it too."""
        with self._guard:
            return self._turns[key]


def _providers(
    pin: Pin, cell: Cell, contents: Mapping[str, WheelContents]
) -> list[str]:
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
