"""The socket for a store: texts under keys, in the order in which they came.

It knows neither chatkit nor agents, so that what is stored can be read where they
cannot be used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Order = Literal["asc", "desc"]


class MissingError(LookupError):
    """Nothing is kept under that key, or not by this owner."""


class TakenError(ValueError):
    """Something is kept under that key already."""


class ShelfDown(Exception):
    """What is kept cannot be reached just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look: all of an owner's records of a kind, or what lies in one of them.

    What lies in a record goes when the record goes, and cannot be there without it.
    """

    owner: str
    kind: str
    folder: str = ""
    """The key of the record that is looked into; empty: none."""

    def inside(self, key: str) -> Place:
        """What lies in one of the records of this place. Raises `MissingError`."""
        check_key(key)  # an empty one would mean the place itself
        return Place(owner=self.owner, kind=self.kind, folder=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Some of a place's records, in the order that was asked for."""

    bodies: tuple[str, ...]
    more: bool
    after: str | None
    """The key to go on from; None where there is no more."""


class Shelf(Protocol):
    """Keeps records; when a method has returned, what it did is kept.

    All raise `ShelfDown` where the store cannot be reached.
    """

    async def add(self, place: Place, key: str, body: str) -> None:
        """Keep something new. Raises `TakenError`, and `MissingError` of a folder."""
        ...

    async def save(self, place: Place, key: str, body: str) -> None:
        """Keep something, new or not; it keeps its position. Raises `MissingError`."""
        ...

    async def load(self, place: Place, key: str) -> str:
        """What is kept. Raises `MissingError`."""
        ...

    async def page(
        self, place: Place, after: str | None, limit: int, order: Order
    ) -> Slice:
        """At most so many, after that key. Raises `MissingError` of key or folder."""
        ...

    async def drop(self, place: Place, key: str) -> bool:
        """Forget a record and what lies in it; whether there was one."""
        ...

    async def close(self) -> None:
        """Let go of what is held open."""
        ...


def check_key(key: str) -> None:
    """Raise `MissingError` for a key that no store could hold."""
    if not key or "\0" in key or len(key) > _LONGEST or not _can_be_written(key):
        raise MissingError(key[:40])


_LONGEST = 500


def _can_be_written(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
