"""Locks that are remembered as long as they count.

A lock counts for some minutes. After that it counts as long as the pages of indexes
that it was made of say what they said. To know what these said it is not enough to look
at them when a lock is there: what resolved it keeps pages of its own, which may be
older. So a lock is known by its pages only where they were looked at first, and then
resolved by what was made to fetch them anew: had any changed in between, it would be
another one today than it was when it was looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from compatcheck.ask.pages import LIFE, Pages
from compatcheck.contract.requires import read_requirement
from compatcheck.model import Locked, PageState, Unsolvable
from compatcheck.observations import ObservationStore
from compatcheck.resolve import ResolveRequest, Solved

KEPT: Final = timedelta(days=7)
"""How long a lock is kept, so that it can be found to count."""
_LOCKS: Final = "locks"
CLASSES: Final = "lock classes"
"""What names the locks that serve a class."""
KINDS: Final = (_LOCKS, CLASSES)
"""What is kept no longer than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLock:
    """What came of resolving one cell; with neither it is to be resolved for real."""

    lock: Locked | None = None
    unsolvable: str | None = None
    demands: Mapping[str, tuple[str, ...]] | None = None
    """With a lock: what others demanded of the pins, where it may serve its class."""
    names: tuple[str, ...] = ()
    """Whose pages it was made of, sorted; none where that is not certain."""
    pages: str | None = None
    """What these pages are known by; None where they may not be those."""

    @property
    def told(self) -> Locked | Unsolvable | None:
        """The lock, or why there is none; None where there is neither."""
        if self.unsolvable is not None:
            return Unsolvable(reason=self.unsolvable)
        return self.lock


class KeptLocks:
    """Keeps locks in a store. Safe to call from several threads."""

    def __init__(self, store: ObservationStore, pages: Pages) -> None:
        """Keep them there, and look at those pages."""
        self._store = store
        self._pages = pages

    def get(self, key: str, *, wait: bool) -> KeptLock | None:
        """What counts of what is kept under a key.

        Without `wait` raises `NotYetError` where pages would have to be fetched first.
        """
        found = self._store.get_dated(_LOCKS, key, KeptLock)
        if found is None:
            return None
        kept, written = found
        if self._pages.clock() - written <= LIFE:
            return kept
        if kept.pages and self._pages.say(kept.names, kept.pages, wait=wait):
            return kept
        return None

    def holds(self, key: str) -> bool:
        """Whether anything is kept there, and be it old."""
        return self._store.get_dated(_LOCKS, key, KeptLock) is not None

    def look(self, key: str) -> Mapping[str, PageState]:
        """What the pages say now that an old lock was made of; nothing if unknown."""
        found = self._store.get_dated(_LOCKS, key, KeptLock)
        return self._pages.look(found[0].names) if found and found[0].names else {}

    def vouch(
        self, request: ResolveRequest, solved: Solved, looked: Mapping[str, PageState]
    ) -> tuple[tuple[str, ...], str | None]:
        """Whose pages a lock was made of, and what they are known by if that is sure.

        They were `looked` at before it was resolved, from pages fetched since then.
        """
        names = _looked_at(request, solved)
        return names, self._pages.vouch(names, looked) if names else None

    def put(self, key: str, kept: KeptLock) -> None:
        """Keep that, as of now. Raises `StoreFault`."""
        self._store.put(_LOCKS, key, kept)

    def drop(self, key: str) -> None:
        """Keep nothing there. Raises `StoreFault`."""
        self._store.drop(_LOCKS, key)


def _looked_at(request: ResolveRequest, solved: Solved) -> tuple[str, ...]:
    """Whose pages a lock was made of, and of nothing else; none where that is unsure.

    What is built, or named by its address, is not on a page; and for an instant of the
    past, not each place is asked.
    """
    lines = (*request.requirements, *request.constraints, *request.overrides)
    read = [read_requirement(line) for line in lines]
    plain = all(it is not None and it.url is None for it in read)
    known = all(it.files and it.hashes for it in solved.lock.packages)
    today = request.as_of is None and not request.allow_builds
    if solved.course is None or not (today and plain and known):
        return ()
    return tuple(sorted({*solved.course.asked, *solved.course.demands}))
