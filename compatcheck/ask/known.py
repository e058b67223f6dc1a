"""What is known of a cell before it has a place: its wheels, and its lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compatcheck.ask.locks import Locks
from compatcheck.ask.reading import Reading
from compatcheck.model import (
    Cell,
    Interpreter,
    Locked,
    Pin,
    Release,
    ReleaseFile,
    Unknown,
    Unsolvable,
    WheelContents,
)
from compatcheck.surface.choose import choose_wheel


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All of it, for one cell."""

    wheels: Mapping[str, ReleaseFile | None]
    """Distribution to the wheel that is installed; None where there is none."""
    contents: Mapping[str, WheelContents]
    """Of the pins that have a wheel."""
    lock: Locked | Unsolvable | Unknown
    forgotten: int
    """How many locks had been forgotten before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What a pin comes to under one interpreter."""

    release: Release
    wheel: ReleaseFile | None
    contents: WheelContents | None


class Knowing:
    """Reads and locks cells. Safe to call from several threads at once."""

    def __init__(
        self, release: Callable[[Pin], Release], reading: Reading, locks: Locks
    ) -> None:
        """Do so through these rooms; `release` finds what a pin chose."""
        self._release = release
        self._reading = reading
        self._locks = locks
        self._pins: dict[tuple[Pin, str], _Chosen] = {}

    def know(self, cell: Cell) -> Known:
        """What is known of a cell. Raises `CouldNotTell`."""
        forgotten = self._locks.forgotten
        chosen = {it.distribution: self._chosen(it, cell) for it in cell.pins}
        contents = {
            name: it.contents for name, it in chosen.items() if it.contents is not None
        }
        releases = [it.release for it in chosen.values()]
        return Known(
            wheels={name: it.wheel for name, it in chosen.items()},
            contents=contents,
            lock=self._locks.lock(cell, releases, contents),
            forgotten=forgotten,
        )

    def is_of_today(self, known: Known) -> bool:
        """Whether no lock was forgotten since: that could be the one it has."""
        return known.forgotten == self._locks.forgotten

    def _chosen(self, pin: Pin, cell: Cell) -> _Chosen:
        # Hundreds of cells have the same pin; one that cannot be read is tried again.
        key = pin, cell.interpreter.build
        if key not in self._pins:
            self._pins[key] = self._choose(pin, cell.interpreter)
        return self._pins[key]

    def _choose(self, pin: Pin, interpreter: Interpreter) -> _Chosen:
        release = self._release(pin)
        wheel = choose_wheel(release, interpreter)
        contents = None if wheel is None else self._reading.contents(wheel)
        return _Chosen(release=release, wheel=wheel, contents=contents)
