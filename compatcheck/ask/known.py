"""What is known of a cell before it has a place: its wheels, and its lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
        chosen = [self._chosen(pin, cell.interpreter) for pin in cell.pins]
        releases, contents = _read(chosen)
        lock = self._locks.lock(cell, releases, contents)
        return _known(chosen, contents, lock, forgotten)

    def at_hand(self, cell: Cell) -> Known | None:
        """The same, where no wheel has to be read for it and nothing to be resolved."""
        forgotten = self._locks.forgotten
        chosen = []
        for pin in cell.pins:
            found = self._chosen_at_hand(pin, cell.interpreter)
            if found is None:
                return None
            chosen.append(found)
        releases, contents = _read(chosen)
        lock = self._locks.at_hand(cell, releases, contents)
        return None if lock is None else _known(chosen, contents, lock, forgotten)

    def is_of_today(self, known: Known) -> bool:
        """Whether no lock was forgotten since: that could be the one it has."""
        return known.forgotten == self._locks.forgotten

    def _chosen(self, pin: Pin, interpreter: Interpreter) -> _Chosen:
        return self._choose(pin, interpreter, self._reading.contents)

    def _chosen_at_hand(self, pin: Pin, interpreter: Interpreter) -> _Chosen | None:
        found = self._choose(pin, interpreter, self._reading.contents_at_hand)
        return None if found.wheel and not found.contents else found

    def _choose(
        self,
        pin: Pin,
        interpreter: Interpreter,
        read: Callable[[ReleaseFile], WheelContents | None],
    ) -> _Chosen:
        # Hundreds of cells have the same pin; one that cannot be read is tried again.
        key = pin, interpreter.build
        known = self._pins.get(key)
        if known is None:
            release = self._release(pin)
            wheel = choose_wheel(release, interpreter)
            contents = None if wheel is None else read(wheel)
            known = _Chosen(release=release, wheel=wheel, contents=contents)
            if contents is not None or wheel is None:
                self._pins[key] = known
        return known


def _read(
    chosen: Sequence[_Chosen],
) -> tuple[list[Release], dict[str, WheelContents]]:
    """The releases, and what the wheels of those hold that have one."""
    found = [(it.release.distribution, it.contents) for it in chosen]
    return [it.release for it in chosen], {name: it for name, it in found if it}


def _known(
    chosen: Sequence[_Chosen],
    contents: Mapping[str, WheelContents],
    lock: Locked | Unsolvable | Unknown,
    forgotten: int,
) -> Known:
    wheels = {it.release.distribution: it.wheel for it in chosen}
    return Known(wheels=wheels, contents=contents, lock=lock, forgotten=forgotten)
