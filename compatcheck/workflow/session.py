"""Where and when a run takes place, and who hears how it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from compatcheck.model import CellResult
from compatcheck.ports import Clock


class Listener(Protocol):
    """Hears how a run goes on."""

    def planned(self, cells: int) -> None:
        """So many cells will be asked."""

    def screened(self, results: Sequence[CellResult]) -> None:
        """That is what the wheels alone tell, before anything is asked."""

    def answered(self, result: CellResult) -> None:
        """One cell is done."""

    def confirming(self, failures: int) -> None:
        """So many distinct failures are asked a second time."""

    def confirmed(self, result: CellResult) -> None:
        """One of them is done."""

    def refining(self, cells: int) -> None:
        """So many further cells will be asked, between two that differ."""

    def pictured(self, seconds: float) -> None:
        """A spread of cells is answered, so long after the start; more are to come."""

    def verifying(self, cells: int) -> None:
        """So many cells are asked once more, in real environments."""

    def verified(self, result: CellResult) -> None:
        """That is what one of them answered."""

    def shimming(self, cells: int) -> None:
        """So many cells are asked once more, with the shim in them."""

    def shimmed(self, result: CellResult) -> None:
        """That is what one of them answered."""

    def out_of_budget(self, cells: int) -> None:
        """The time is over; so many cells are answered."""

    def blaming(self, words: str) -> None:
        """It is being found out who is to blame: what is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Where and when a run takes place."""

    environ: Mapping[str, str]
    folder: Path
    """The user's working directory."""
    cache: Path
    clock: Clock
