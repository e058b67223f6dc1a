"""What cells were seen to do: each distinct answer once, however many cells gave it.

Of a grid of thousands of cells, some hundred answers are distinct. Each cell's key
leads to the one that it gave, so that what is written, read, parsed and held in memory
grows with what is distinct.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from compatcheck.model import CellResult, Observation, Outcome
from compatcheck.observations import ObservationStore

Observations = tuple[Observation, ...]

_CELLS: Final = "observations"
_ANSWERS: Final = "answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One answer, and whether it was seen twice."""

    observations: Observations
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """What is kept under a cell's key."""

    answer: str
    """The key of what it answered."""
    confirmed: bool


def views(seen: Kept | CellResult) -> list[tuple[str, str, Outcome]]:
    """What two answers must share to be the same one: all but the words."""
    return [(o.probe, o.target, o.outcome) for o in seen.observations]


class Answers:
    """Keeps answers under the keys of cells. Safe to call from several threads."""

    def __init__(self, store: ObservationStore) -> None:
        """Keep them in that store."""
        self._store = store
        self._known: dict[str, Observations] = {}

    def get(self, key: str) -> Kept | None:
        """What is kept under a key; equal answers are the same object."""
        cell = self._store.get(_CELLS, key, _Cell)
        if cell is None:
            return None
        seen = self._known.get(cell.answer)
        if seen is None:
            seen = self._store.get(_ANSWERS, cell.answer, Observations)
            if seen is None:
                return None
            seen = self._known.setdefault(cell.answer, seen)
        return Kept(observations=seen, confirmed=cell.confirmed)

    def put(self, key: str, kept: Kept) -> Kept:
        """Keep an answer, and give the same one as `get`. Raises `StoreFault`."""
        # In this order: whoever is stopped in between leaves no way into nothing.
        name = self._store.put_by_content(_ANSWERS, kept.observations, Observations)
        self._store.put(_CELLS, key, _Cell(answer=name, confirmed=kept.confirmed))
        seen = self._known.setdefault(name, kept.observations)
        return Kept(observations=seen, confirmed=kept.confirmed)

    def drop(self, key: str) -> None:
        """Forget what a cell answered. Raises `StoreFault`."""
        self._store.drop(_CELLS, key)
