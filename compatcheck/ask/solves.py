"""Each class of cells is resolved once, and its lock remembered while it counts."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from compatcheck.ask.classes import Lender, demands_on, in_the_image_of
from compatcheck.ask.kept_locks import CLASSES, KeptLock, KeptLocks
from compatcheck.ask.pages import NotYetError, Pages
from compatcheck.ask.renewals import Renewals
from compatcheck.errors import CouldNotTell, StoreFault
from compatcheck.model import (
    Cell,
    Locked,
    LockedPackage,
    PageState,
    Release,
    Unknown,
    Unsolvable,
)
from compatcheck.observations import ObservationStore
from compatcheck.resolve import ResolveRequest, Solved, UvResolver


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
        self,
        resolver: UvResolver,
        store: ObservationStore,
        pages: Pages,
        renewals: Renewals,
    ) -> None:
        """Ask that resolver, remember in that store, and look at those pages.

        What is resolved is resolved again with the `renewals`, to be known by its pages
        from then on: a run may last longer than a lock counts without them.
        """
        self._resolver = resolver
        self._store = store
        self._kept = KeptLocks(store, pages)
        self._renewals = renewals
        self._guard = threading.Lock()
        self._turns: defaultdict[str, _Turn] = defaultdict(_Turn)
        self._images: dict[tuple[object, ...], LockedPackage | None] = {}
        self._lenders: dict[str, str] = {}
        """The key of each cell that got another one's lock, to the key of that one."""
        self._classes: dict[str, tuple[str, ...]] = {}
        self._lending: dict[str, Lender] = {}
        """What was read of the store, once: hundreds of cells ask for the same."""

    def resolve(self, question: Question) -> Locked | Unsolvable | Unknown:
        """The lock, or why there is none: remembered, of its class, or from uv."""
        kept = self._kept.get(question.key, wait=True)
        told = None if kept is None else kept.told
        if told is not None:
            return told
        if kept is None and question.class_key is not None:
            return self._resolve_class(question, question.class_key)
        return self._solve(question)

    def at_hand(self, question: Question) -> Locked | Unsolvable | None:
        """As `resolve`, where that is known; else None, and nobody is asked."""
        try:
            kept = self._kept.get(question.key, wait=False)
            if kept is None and question.class_key is not None:
                return self._lent(question, question.class_key, wait=False)
        except NotYetError:
            return None
        return None if kept is None else kept.told

    def forget(self, key: str) -> None:
        """Resolve a cell for real next time, and whichever it has its lock from."""
        with contextlib.suppress(StoreFault):
            self._kept.put(key, KeptLock())
            if (lender := self._lenders.get(key)) is not None:
                self._lending.pop(lender, None)
                self._kept.drop(lender)

    def _resolve_class(
        self, question: Question, class_key: str
    ) -> Locked | Unsolvable | Unknown:
        with self._guard:
            turn = self._turns[class_key]
        with turn.lock:
            lent = self._lent(question, class_key, wait=True)
            if lent is not None:
                return lent
            if not turn.taken:
                turn.taken = True
                return self._solve(question)
        # No lock that there is suits, and of the next one nobody can tell: do not wait.
        return self._solve(question)

    def _lent(self, question: Question, class_key: str, *, wait: bool) -> Locked | None:
        """Another lock of the class with these pins put in, if one suits."""
        for key in self._class(class_key, wait=wait):
            lender = self._lender(key, wait=wait)
            lent = lender and lender.lend(question.cell, question.releases)
            if lent:
                self._lenders[question.key] = key
                return lent
        return None

    def _class(self, class_key: str, *, wait: bool) -> tuple[str, ...]:
        """The keys of the locks that serve a class."""
        known = self._classes.get(class_key)
        if known is None:
            kept = self._store.get(CLASSES, class_key, _KeptClass) or _KeptClass()
            # What does not count now will not later: it is not looked at again.
            known = tuple(it for it in kept.locks if self._lender(it, wait=wait))
            self._classes[class_key] = known
        return known

    def _lender(self, key: str, *, wait: bool) -> Lender | None:
        lender = self._lending.get(key)
        if lender is None:
            kept = self._kept.get(key, wait=wait)
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

    def _solve(
        self, question: Question, *, renewed: bool = False
    ) -> Locked | Unsolvable | Unknown:
        looked = self._kept.look(question.key)
        solved = self._resolver.solve(question.request, anew=bool(looked))
        # What was found is true whether or not it can be remembered.
        with contextlib.suppress(StoreFault):
            match solved:
                case Solved():
                    kept = self._remember(question, solved, looked)
                    if kept.names and not kept.pages and not renewed:
                        self._renewals.later(partial(self._renew, question, kept))
                case Unsolvable(reason=reason):
                    self._kept.put(question.key, KeptLock(unsolvable=reason))
                case Unknown():
                    pass  # what could not be told now may be told next time
        return solved.lock if isinstance(solved, Solved) else solved

    def _remember(
        self, question: Question, solved: Solved, looked: Mapping[str, PageState]
    ) -> KeptLock:
        key, class_key = question.key, question.class_key
        demands = None
        if class_key is not None:
            demands = demands_on(question.cell, question.releases, solved)
        names, pages = self._kept.vouch(question.request, solved, looked)
        kept = KeptLock(lock=solved.lock, demands=demands, names=names, pages=pages)
        self._kept.put(key, kept)
        if class_key is not None and demands is not None:
            self._serve(class_key, key)
        return kept

    def _serve(self, class_key: str, key: str) -> None:
        """Have a lock serve its class, beside those that others added meanwhile."""
        with self._guard:
            known = self._store.get(CLASSES, class_key, _KeptClass) or _KeptClass()
            others = [it for it in known.locks if it != key and self._kept.holds(it)]
            self._store.put(CLASSES, class_key, _KeptClass(locks=(*others, key)))
            if class_key in self._classes:
                mine = [it for it in self._classes[class_key] if it != key]
                self._classes[class_key] = (*mine, key)

    def _renew(self, question: Question, kept: KeptLock) -> None:
        """Resolve again what counts still, now that it is known which pages matter."""
        with contextlib.suppress(StoreFault, CouldNotTell):
            if self._kept.get(question.key, wait=True) == kept:
                self._solve(question, renewed=True)
