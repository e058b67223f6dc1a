"""Each class of cells is resolved once, and its lock remembered for a while."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from compatcheck.ask.classes import demands_on, in_the_image_of, put_in
from compatcheck.errors import StoreFault
from compatcheck.model import (
    Cell,
    Locked,
    LockedPackage,
    Release,
    Unknown,
    Unsolvable,
)
from compatcheck.observations import ObservationStore
from compatcheck.resolve import ResolveRequest, Solved, UvResolver

LIFE: Final = timedelta(minutes=10)
"""How long a lock counts as today's: as long as indexes commonly let their pages be
reused (`Cache-Control: max-age=600`)."""
_LOCKS: Final = "locks"
_CLASSES: Final = "lock classes"
KINDS: Final = (_LOCKS, _CLASSES)
"""What is kept no longer than it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A cell, and what its lock is kept under."""

    cell: Cell
    releases: tuple[Release, ...]
    """Those of its pins, in their order."""
    request: ResolveRequest
    key: str
    class_key: str | None
    """None where the cell is like no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What came of resolving one cell; with neither it is to be resolved for real."""

    lock: Locked | None = None
    unsolvable: str | None = None
    demands: Mapping[str, tuple[str, ...]] | None = None
    """With a lock: what others demanded of the pins, where it may serve its class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptClass:
    """The keys of locks that serve a class, each for some of the releases in it."""

    locks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Turn:
    """The first of a class is resolved while the others wait for its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    taken: bool = False


class Solves:
    """Resolves cells, one for all of its class. Safe to call from several threads.

    What is unsolvable is not shared: its reason names the releases that contradict.
    """

    def __init__(self, resolver: UvResolver, store: ObservationStore) -> None:
        """Ask that resolver, and remember in that store."""
        self._resolver = resolver
        self._store = store
        self._guard = threading.Lock()
        self._turns: defaultdict[str, _Turn] = defaultdict(_Turn)
        self._images: dict[tuple[object, ...], LockedPackage | None] = {}
        self._lenders: dict[str, str] = {}
        """The key of each cell that got another one's lock, to the key of that one."""
        self._classes: dict[str, _KeptClass] = {}
        self._lending: dict[str, _Kept] = {}
        """What was read of the store, once: hundreds of cells ask for the same."""

    def resolve(self, question: Question) -> Locked | Unsolvable | Unknown:
        """The lock, or why there is none: remembered, of its class, or from uv."""
        match self._kept(question.key):
            case _Kept(lock=Locked() as lock):
                return lock
            case _Kept(unsolvable=str(reason)):
                return Unsolvable(reason=reason)
            case None if question.class_key is not None:
                return self._resolve_class(question, question.class_key)
            case _:
                return self._solve(question)

    def forget(self, key: str) -> None:
        """Resolve a cell for real next time, and whichever it has its lock from."""
        with contextlib.suppress(StoreFault):
            self._store.put(_LOCKS, key, _Kept())
            if (lender := self._lenders.get(key)) is not None:
                self._lending.pop(lender, None)
                self._store.drop(_LOCKS, lender)

    def _resolve_class(
        self, question: Question, class_key: str
    ) -> Locked | Unsolvable | Unknown:
        with self._guard:
            turn = self._turns[class_key]
        with turn.lock:
            lent = self._lent(question, class_key)
            if lent is not None:
                return lent
            if not turn.taken:
                turn.taken = True
                return self._solve(question)
        # No lock that there is suits, and of the next one nobody can tell: do not wait.
        return self._solve(question)

    def _lent(self, question: Question, class_key: str) -> Locked | None:
        """Another lock of the class with these pins put in, if one suits."""
        for key in self._class(class_key).locks:
            kept = self._lender(key)
            if kept is None or kept.lock is None or kept.demands is None:
                continue
            cell, releases = question.cell, question.releases
            lent = put_in(kept.lock, kept.demands, cell, releases, self._image)
            if lent is not None:
                self._lenders[question.key] = key
                return lent
        return None

    def _class(self, class_key: str) -> _KeptClass:
        known = self._classes.get(class_key)
        if known is None:
            known = self._store.get(_CLASSES, class_key, _KeptClass) or _KeptClass()
            self._classes[class_key] = known
        return known

    def _lender(self, key: str) -> _Kept | None:
        kept = self._lending.get(key) or self._kept(key)
        if kept is not None:
            self._lending[key] = kept
        return kept

    def _image(self, entry: LockedPackage, release: Release) -> LockedPackage | None:
        """As `in_the_image_of`, each once: many cells have the same pin put in."""
        key = entry.distribution, entry.files, release.version
        if key not in self._images:
            self._images[key] = in_the_image_of(entry, release)
        return self._images[key]

    def _kept(self, key: str) -> _Kept | None:
        return self._store.get(_LOCKS, key, _Kept, within=LIFE)

    def _solve(self, question: Question) -> Locked | Unsolvable | Unknown:
        solved = self._resolver.solve(question.request)
        # What was found is true whether or not it can be remembered.
        with contextlib.suppress(StoreFault):
            match solved:
                case Solved():
                    self._remember(question, solved)
                case Unsolvable(reason=reason):
                    self._store.put(_LOCKS, question.key, _Kept(unsolvable=reason))
                case Unknown():
                    pass  # what could not be told now may be told next time
        return solved.lock if isinstance(solved, Solved) else solved

    def _remember(self, question: Question, solved: Solved) -> None:
        key, class_key = question.key, question.class_key
        demands = None
        if class_key is not None:
            demands = demands_on(question.cell, question.releases, solved)
        self._store.put(_LOCKS, key, _Kept(lock=solved.lock, demands=demands))
        if class_key is None or demands is None:
            return
        with self._guard:
            # Others may have added to it meanwhile.
            known = self._store.get(_CLASSES, class_key, _KeptClass) or _KeptClass()
            alive = [it for it in known.locks if it != key and self._kept(it)]
            kept = _KeptClass(locks=(*alive, key))
            self._classes[class_key] = kept
            self._store.put(_CLASSES, class_key, kept)
