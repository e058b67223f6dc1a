"""The rows of the grid: cells that differ in one thing alone. Nothing is asked here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from packaging.version import Version

from compatcheck.diagnosis.case import named
from compatcheck.model import Cell, CellResult, Outcome, Remedy


class Grid:
    """All results, by what else their cells have in common."""

    def __init__(
        self, results: Sequence[CellResult], unseen: Sequence[Cell] = ()
    ) -> None:
        """Sort them into rows; in some of these, cells are missing that others ask."""
        self._unseen = {_row(cell, axis) for cell in unseen for axis in _axes(cell)}
        self._unseen |= {_pins(cell) for cell in unseen}
        self._rows: dict[object, list[CellResult]] = {}
        self._pythons: dict[object, list[CellResult]] = {}
        for result in results:
            cell = result.cell
            for axis in _axes(cell):
                self._rows.setdefault(_row(cell, axis), []).append(result)
            self._pythons.setdefault(_pins(cell), []).append(result)

    def rows(self, cell: Cell) -> dict[str, tuple[CellResult, ...]]:
        """By axis, the results that differ from a cell in that pin alone.

        Only rows that are seen whole: where one cell is missing, it may have turned
        somewhere else, and a rule would name the wrong release.
        """
        whole = (axis for axis in _axes(cell) if self._whole(cell, axis))
        return {axis: self.row(cell, axis) for axis in whole}

    def _whole(self, cell: Cell, axis: str) -> bool:
        return _row(cell, axis) not in self._unseen

    def row(self, cell: Cell, axis: str) -> tuple[CellResult, ...]:
        """The results that differ from a cell in that pin alone, and its own."""
        found = self._rows.get(_row(cell, axis), ())
        return tuple(sorted(found, key=lambda it: version(it.cell, axis)))

    def pythons(self, cell: Cell) -> tuple[CellResult, ...]:
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
            nearest = self.nearest(lead, axis)
            if nearest:
                told = " and ".join(f"{axis} {near}" for near in nearest)
                yield f"nearest of those asked to {named(lead)} that works: {told}"
            elif whole:
                yield f"all else as in {named(lead)}, no {axis} that was asked works"
            if not whole:
                yield f"other releases of {axis} were left to other shards"

    def _passing(self, cell: Cell, axis: str) -> set[Version]:
        row = self.row(cell, axis)
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
