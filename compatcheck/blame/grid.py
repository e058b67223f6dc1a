"""The rows of the grid: cells that differ in one thing alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from packaging.version import Version

from compatcheck.blame.door import Identity, identity
from compatcheck.blame.goal import failing, key, passing
from compatcheck.diagnosis.case import named
from compatcheck.diagnosis.owners import installed
from compatcheck.model import Cell, CellResult, Outcome, Remedy
from compatcheck.ports import AskAll

Row = tuple[CellResult, ...]


class Grid:
    """All results, by what else their cells have in common."""

    def __init__(
        self,
        results: Sequence[CellResult],
        ask: AskAll,
        unseen: Sequence[Cell] = (),
    ) -> None:
        """Sort them into rows; in some of these, cells are missing that others ask."""
        self._ask = ask
        self._unseen = {_row(cell, axis) for cell in unseen for axis in _axes(cell)}
        self._unseen |= {_pins(cell) for cell in unseen}
        self._known: dict[Identity, CellResult] = {}
        self._rows: dict[object, list[CellResult]] = {}
        self._pythons: dict[object, list[CellResult]] = {}
        for result in results:
            cell = result.cell
            self._known[identity(cell)] = result
            for axis in _axes(cell):
                self._rows.setdefault(_row(cell, axis), []).append(result)
            self._pythons.setdefault(_pins(cell), []).append(result)

    def align(self, members: Sequence[CellResult]) -> None:
        """Ask for what the rows of these need to be rows at all.

        Cells as of different days differ in more than a pin: what else is installed is
        of that day. Where that is so, they are asked as of one day.
        """
        wanted = {
            identity(cell): cell
            for member in members
            for axis in _axes(member.cell)
            for cell in self._of_one_day(member.cell, axis)
        }
        missing = {it: cell for it, cell in wanted.items() if it not in self._known}
        answers = self._ask(list(missing.values())) if missing else ()
        self._known.update(zip(missing, answers, strict=True))

    def rows(self, cell: Cell) -> dict[str, Row]:
        """By axis, the results that differ from a cell in that pin alone.

        Only rows that are seen whole: where one cell is missing, it may have turned
        somewhere else, and a rule would name the wrong release.
        """
        whole = (axis for axis in _axes(cell) if self._whole(cell, axis))
        return {axis: self.row(cell, axis) for axis in whole}

    def _whole(self, cell: Cell, axis: str) -> bool:
        return _row(cell, axis) not in self._unseen

    def row(self, cell: Cell, axis: str) -> Row:
        """The results that differ from a cell in that pin alone, and its own.

        As of another day, all of them, where they could not be compared otherwise.
        """
        aligned = self._of_one_day(cell, axis)
        if not aligned:
            return self._as_asked(cell, axis)
        return tuple(self._known[it] for it in map(identity, aligned))

    def pythons(self, cell: Cell) -> Row:
        """The results of the same pins on each Python."""
        whole = _pins(cell) not in self._unseen
        found = self._pythons.get(_pins(cell), ()) if whole else ()
        return tuple(sorted(found, key=lambda it: Version(it.cell.interpreter.version)))

    def nearest(
        self, cell: Cell, axis: str, members: Sequence[CellResult] = ()
    ) -> list[Version]:
        """The nearest releases below and above that pass, all else being equal.

        With members: of those that pass in the row of each of them.
        """
        own, good = version(cell, axis), self._passing(cell, axis)
        for member in members:
            good &= self._passing(member.cell, axis)
        below, above = [v for v in good if v < own], [v for v in good if v > own]
        return [*sorted(below)[-1:], *sorted(above)[:1]]

    def remedies(self, lead: Cell, members: Sequence[CellResult]) -> Iterator[Remedy]:
        """The nearest pins of those that pass for every member alike."""
        for pin in lead.pins:
            for near in self.nearest(lead, pin.distribution, members):
                command = str(replace(pin, version=near))
                yield Remedy(kind="pin", command=command, verified=True)

    def sentences(self, lead: Cell) -> Iterator[str]:
        """The nearest releases on each axis that work, in words."""
        for axis in _axes(lead):
            row, whole = self.row(lead, axis), self._whole(lead, axis)
            if whole and len(row) < 2:  # noqa: PLR2004 - its own alone
                yield f"no other release of {axis} was asked"
                continue
            day = _day(row[0].cell.as_of) if self._of_one_day(lead, axis) else ""
            nearest = self.nearest(lead, axis)
            if _own(row, lead, axis).outcome is Outcome.PASSED:
                yield f"{named(lead)} works{day}: {self._otherwise(lead, row, axis)}"
            elif nearest:
                told = " and ".join(f"{axis} {near}" for near in nearest)
                yield f"nearest of those asked to {named(lead)} that works{day}: {told}"
            elif whole:
                yield (
                    f"all else as in {named(lead)}, no {axis} that was asked works{day}"
                )
            if not whole:
                yield f"other releases of {axis} were left to other shards"

    def _otherwise(self, lead: Cell, row: Row, axis: str) -> str:
        """What else is installed where the same pins work."""
        before = installed(self._known[identity(lead)])
        after = installed(_own(row, lead, axis))
        told = [
            f"{name} {before.get(name, '(none)')} and then {after.get(name, '(none)')}"
            for name in sorted({*before, *after})
            if before.get(name) != after.get(name)
        ]
        return f"what else is installed differs ({', '.join(told)})"

    def _as_asked(self, cell: Cell, axis: str) -> Row:
        found = self._rows.get(_row(cell, axis), ())
        return tuple(sorted(found, key=lambda it: version(it.cell, axis)))

    def _of_one_day(self, cell: Cell, axis: str) -> tuple[Cell, ...]:
        """A row's part around a cell, all as of its last day; none if needless.

        From the nearest release below that works to the nearest above: with nothing
        but the axis different in their locks, the days make no difference.
        """
        row = self._as_asked(cell, axis)
        days = {it.cell.as_of for it in row}
        if len(days) == 1 or not row:
            return ()
        part = _around(row, cell, axis)
        asked = frozenset(map(key, failing(_own(row, cell, axis))))
        if not any(asked & passing(it) for it in part):
            return ()
        if len({_beside(it, axis) for it in part if it.lock is not None}) == 1:
            return ()
        known = [it.cell.as_of for it in part if it.cell.as_of is not None]
        last = max(known) if len(known) == len(part) else None
        return tuple(replace(it.cell, as_of=last) for it in part)

    def _passing(self, cell: Cell, axis: str) -> set[Version]:
        row = self.row(cell, axis)
        if _own(row, cell, axis).outcome is Outcome.PASSED:
            # As of that day it works itself: no other release is a remedy.
            return set()
        return {version(r.cell, axis) for r in row if r.outcome is Outcome.PASSED}


def version(cell: Cell, axis: str) -> Version:
    """What a cell pins on an axis."""
    return next(pin.version for pin in cell.pins if pin.distribution == axis)


def _pins(cell: Cell) -> object:
    return cell.pins, cell.resolution


def _axes(cell: Cell) -> list[str]:
    return [pin.distribution for pin in cell.pins]


def _row(cell: Cell, axis: str) -> object:
    others = tuple(pin for pin in cell.pins if pin.distribution != axis)
    return axis, others, cell.interpreter.build, cell.resolution


def _own(row: Row, cell: Cell, axis: str) -> CellResult:
    own = version(cell, axis)
    return next(it for it in row if version(it.cell, axis) == own)


def _around(row: Row, cell: Cell, axis: str) -> Row:
    """From the nearest that works below to the nearest above, both included."""
    own = row.index(_own(row, cell, axis))
    works = [n for n, it in enumerate(row) if it.outcome is Outcome.PASSED]
    first = max((n for n in works if n < own), default=0)
    last = min((n for n in works if n > own), default=len(row) - 1)
    return row[first : last + 1]


def _beside(result: CellResult, axis: str) -> frozenset[tuple[str, Version]]:
    return frozenset((n, v) for n, v in installed(result).items() if n != axis)


def _day(as_of: datetime | None) -> str:
    return f" as of {as_of.date().isoformat()}" if as_of else " today"
