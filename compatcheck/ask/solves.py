"""Each class of cells is resolved once, and its lock remembered while it counts."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from compatcheck.ask.classes import Lender, demands_on, in_the_image_of
from compatcheck.ask.pages import Pages
from compatcheck.contract.requires import read_requirement
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
"""How long a lock counts as today's without a look at the indexes: as long as these
commonly let their pages be reused (`Cache-Control: max-age=600`)."""
KEPT: Final = timedelta(days=7)
"""How long it is kept, so that it can be found to be as good as new."""
_LOCKS: Final = "locks"
_CLASSES: Final = "lock classes"
KINDS: Final = (_LOCKS, _CLASSES)
"""What is kept no longer than that."""


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
    names: tuple[str, ...] = ()
    """Whose pages it was made of, sorted, where these are known."""
    pages: str | None = None
    """A digest of them; None where it is not certain what they said."""


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

    def __init__(
        self, resolver: UvResolver, store: ObservationStore, pages: Pages
    ) -> None:
        """Ask that resolver, remember in that store, and look at those pages."""
        self._resolver = resolver
        self._store = store
        self._pages = pages
        self._guard = threading.Lock()
        self._turns: defaultdict[str, _Turn] = defaultdict(_Turn)
        self._images: dict[tuple[object, ...], LockedPackage | None] = {}
        self._lenders: dict[str, str] = {}
        """The key of each cell that got another one's lock, to the key of that one."""
        self._classes: dict[str, _KeptClass] = {}
        self._lending: dict[str, Lender] = {}
        """What was read of the store, once: hundreds of cells ask for the same."""

    def resolve(self, question: Question) -> Locked | Unsolvable | Unknown:
        """The lock, or why there is none: remembered, of its class, or from uv."""
        known = self.at_hand(question)
        if known is not None:
            return known
        if question.class_key is None or self._kept(question.key) is not None:
            return self._solve(question)
        return self._resolve_class(question, question.class_key)

    def at_hand(self, question: Question) -> Locked | Unsolvable | None:
        """As `resolve`, where that is known; else None, and nothing is resolved."""
        match self._kept(question.key):
            case _Kept(lock=Locked() as lock):
                return lock
            case _Kept(unsolvable=str(reason)):
                return Unsolvable(reason=reason)
            case None if question.class_key is not None:
                return self._lent(question, question.class_key)
            case _:
                return None

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
            lender = self._lender(key)
            lent = lender and lender.lend(question.cell, question.releases)
            if lent:
                self._lenders[question.key] = key
                return lent
        return None

    def _class(self, class_key: str) -> _KeptClass:
        known = self._classes.get(class_key)
        if known is None:
            kept = self._store.get(_CLASSES, class_key, _KeptClass) or _KeptClass()
            # What does not count now will not later: it is not looked at again.
            known = _KeptClass(locks=tuple(filter(self._lender, kept.locks)))
            self._classes[class_key] = known
        return known

    def _lender(self, key: str) -> Lender | None:
        lender = self._lending.get(key)
        if lender is None:
            kept = self._kept(key)
            if kept is None or kept.lock is None or kept.demands is None:
                return None
            lender = Lender(kept.lock, kept.demands, self._image)
            lender = self._lending.setdefault(key, lender)
        return lender

    def _image(self, entry: LockedPackage, release: Release) -> LockedPackage | None:
        """As `in_the_image_of`, each once: many cells have the same pin put in."""
        key = entry.distribution, entry.files, release.version
        if key not in self._images:
            self._images[key] = in_the_image_of(entry, release)
        return self._images[key]

    def _kept(self, key: str) -> _Kept | None:
        kept = self._store.get(_LOCKS, key, _Kept)
        if kept is None:
            return None
        if self._store.get(_LOCKS, key, _Kept, within=LIFE) is not None:
            return kept
        stands = kept.pages and self._pages.say(kept.names, kept.pages)
        return kept if stands else None

    def _solve(self, question: Question) -> Locked | Unsolvable | Unknown:
        began = self._pages.clock()
        solved = self._resolver.solve(question.request)
        # What was found is true whether or not it can be remembered.
        with contextlib.suppress(StoreFault):
            match solved:
                case Solved():
                    self._remember(question, solved, began)
                case Unsolvable(reason=reason):
                    self._store.put(_LOCKS, question.key, _Kept(unsolvable=reason))
                case Unknown():
                    pass  # what could not be told now may be told next time
        return solved.lock if isinstance(solved, Solved) else solved

    def _remember(self, question: Question, solved: Solved, began: datetime) -> None:
        key, class_key = question.key, question.class_key
        demands = None
        if class_key is not None:
            demands = demands_on(question.cell, question.releases, solved)
        kept = _Kept(lock=solved.lock, demands=demands)
        self._store.put(_LOCKS, key, kept)
        if class_key is not None and demands is not None:
            self._serve(class_key, key)
        if names := _looked_at(question.request, solved):
            # Whoever asked has its lock already, and need not wait for pages.
            self._pages.afterwards(partial(self._vouch, key, kept, names, began))

    def _serve(self, class_key: str, key: str) -> None:
        """Have a lock serve its class, beside those that others added meanwhile."""
        with self._guard:
            known = self._store.get(_CLASSES, class_key, _KeptClass) or _KeptClass()
            alive = [it for it in known.locks if it != key and self._kept(it)]
            serving = _KeptClass(locks=(*alive, key))
            self._classes[class_key] = serving
            self._store.put(_CLASSES, class_key, serving)

    def _vouch(
        self, key: str, kept: _Kept, names: tuple[str, ...], began: datetime
    ) -> None:
        """Keep with a lock what it can be known by to be as good as new."""
        if kept.lock is None:
            return
        said = self._pages.digest(names, kept.lock, began)
        with self._guard, contextlib.suppress(StoreFault):
            # Not where it was forgotten meanwhile.
            if said and self._store.get(_LOCKS, key, _Kept) == kept:
                self._store.put(_LOCKS, key, replace(kept, names=names, pages=said))


def _looked_at(request: ResolveRequest, solved: Solved) -> tuple[str, ...]:
    """Whose pages a lock was made of, and of nothing else; none where that is unsure.

    What is built, or named by its address, is not on a page.
    """
    lines = (*request.requirements, *request.constraints, *request.overrides)
    read = [read_requirement(line) for line in lines]
    plain = all(it is not None and it.url is None for it in read)
    known = all(it.files and it.hashes for it in solved.lock.packages)
    if solved.course is None or request.allow_builds or not plain or not known:
        return ()
    return tuple(sorted({*solved.course.asked, *solved.course.demands}))
