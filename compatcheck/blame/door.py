"""The door, with a memory: what an investigation has asked, it does not ask again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from compatcheck.model import Cell, CellResult, Pin, Resolution
from compatcheck.ports import AskAll

Identity: TypeAlias = tuple[
    tuple[Pin, ...], str, Resolution, datetime | None, tuple[str, ...], tuple[str, ...]
]


def identity(cell: Cell) -> Identity:
    """What makes a cell another one than the next."""
    build = cell.interpreter.build
    held = cell.constraints, cell.requirements
    return cell.pins, build, cell.resolution, cell.as_of, *held


class Door:
    """Implements `AskAll`: what was asked afresh is not asked again."""

    def __init__(self, ask: AskAll) -> None:
        """Ask through that door what is not known here."""
        self._ask = ask
        self._known: dict[tuple[Identity, bool], CellResult] = {}

    def __call__(
        self, cells: Sequence[Cell], *, fresh: bool = False
    ) -> list[CellResult]:
        """What is known of each, in the same order."""
        missing = {
            identity(cell): cell for cell in cells if self._of(cell, fresh) is None
        }
        if missing:
            answers = self._ask(list(missing.values()), fresh=fresh)
            for name, answer in zip(missing, answers, strict=True):
                self._known[name, fresh] = answer
        told = (self._of(cell, fresh) for cell in cells)
        return [answer for answer in told if answer is not None]

    def _of(self, cell: Cell, fresh: bool) -> CellResult | None:  # noqa: FBT001 - as asked
        name = identity(cell)
        newest = self._known.get((name, True))
        return newest if fresh or newest else self._known.get((name, False))
