"""A store in memory: bounded and expiring, for trying things out."""

from __future__ import annotations

import itertools
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from market_server.stores.shelf import (
    MissingError,
    Order,
    Place,
    Slice,
    TakenError,
    check_key,
)

MOST_FOLDERS: Final = 10_000
MOST_INSIDE: Final = 1_000
LIFETIME: Final = 24 * 3600.0
"""Seconds since a folder was last written or read."""

_Top = tuple[str, str, str]


@dataclass(slots=True, kw_only=True)
class _Folder:
    number: int
    body: str
    used: float
    inside: dict[str, str] = field(default_factory=dict)


class MemoryShelf:
    """Keeps what was used last; everything here runs without waiting for anything."""

    def __init__(
        self,
        *,
        most_folders: int = MOST_FOLDERS,
        most_inside: int = MOST_INSIDE,
        lifetime: float = LIFETIME,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep so many, each with so much in it, for so many seconds."""
        self._folders: OrderedDict[_Top, _Folder] = OrderedDict()
        """The one that was used longest ago first."""
        self._most_folders, self._most_inside = most_folders, most_inside
        self._lifetime, self._now = lifetime, now
        self._numbers = itertools.count()

    async def add(self, place: Place, key: str, body: str) -> None:
        """Keep something new."""
        check_key(key)
        if key in self._keys(place):
            raise TakenError(key)
        await self.save(place, key, body)

    async def save(self, place: Place, key: str, body: str) -> None:
        """Keep something, new or not."""
        check_key(key)
        self._expire()
        if place.folder:
            inside = self._folder(place, place.folder).inside
            inside[key] = body
            if len(inside) > self._most_inside:
                del inside[next(iter(inside))]
            return
        top = (place.owner, place.kind, key)
        if top in self._folders:
            self._folder(place, key).body = body
            return
        made = _Folder(number=next(self._numbers), body=body, used=self._now())
        self._folders[top] = made
        if len(self._folders) > self._most_folders:
            self._folders.popitem(last=False)

    async def load(self, place: Place, key: str) -> str:
        """What is kept."""
        check_key(key)
        if not place.folder:
            return self._folder(place, key).body
        inside = self._folder(place, place.folder).inside
        if key not in inside:
            raise MissingError(key)
        return inside[key]

    async def page(
        self, place: Place, after: str | None, limit: int, order: Order
    ) -> Slice:
        """At most so many, after that key."""
        kept = self._keys(place)
        keys = list(kept) if order == "asc" else list(kept)[::-1]
        if after is not None and after not in kept:
            raise MissingError(after)
        start = 0 if after is None else keys.index(after) + 1
        chosen = keys[start : start + limit]
        more = len(keys) > start + limit
        return Slice(
            bodies=tuple(kept[key] for key in chosen),
            more=more,
            after=chosen[-1] if more else None,
        )

    async def drop(self, place: Place, key: str) -> bool:
        """Forget a record and what lies in it."""
        if not place.folder:
            return self._folders.pop((place.owner, place.kind, key), None) is not None
        try:
            inside = self._folder(place, place.folder).inside
        except MissingError:
            return False
        return inside.pop(key, None) is not None

    async def close(self) -> None:
        """Forget everything."""
        self._folders.clear()

    def _keys(self, place: Place) -> dict[str, str]:
        """Key and body of all that is in a place, oldest first."""
        self._expire()
        if place.folder:
            return self._folder(place, place.folder).inside
        found = [
            (folder.number, top[2], folder.body)
            for top, folder in self._folders.items()
            if top[:2] == (place.owner, place.kind)
        ]
        return {key: body for _, key, body in sorted(found)}

    def _folder(self, place: Place, key: str) -> _Folder:
        self._expire()
        top = (place.owner, place.kind, key)
        if top not in self._folders:
            raise MissingError(key)
        self._folders.move_to_end(top)
        folder = self._folders[top]
        folder.used = self._now()
        return folder

    def _expire(self) -> None:
        """Forget what nobody used for its lifetime: it stands first."""
        oldest = self._now() - self._lifetime
        while self._folders and next(iter(self._folders.values())).used < oldest:
            self._folders.popitem(last=False)
