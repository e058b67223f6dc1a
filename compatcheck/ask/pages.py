"""What the pages of indexes say, and whether that is what they said once.

A resolver looks at some hundred pages, most of them the same for all cells; as long as
none of these changes, it does again what it did.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from compatcheck.ask.keys import digest
from compatcheck.errors import IndexFault
from compatcheck.model import PageState
from compatcheck.ports import Clock

LIFE: Final = timedelta(minutes=10)
"""How long what an index said counts as what it says: as long as indexes commonly let
their pages be reused (`Cache-Control: max-age=600`)."""
_SETTLED: Final = timedelta(hours=1)
"""Since when nothing must have come out on a page that is to be known again: what
carries it from its server may hold an older one for somebody else."""
_AT_ONCE: Final = 4
"""Pages that are fetched at one time; a further connection costs as much as ten."""


class NotYetError(Exception):
    """Some of the pages have yet to be fetched; never leaves this room."""


class Pages:
    """Looks at pages. Safe to call from several threads."""

    def __init__(self, state: Callable[[str], PageState], clock: Clock) -> None:
        """Have a distribution's pages fetched by `state`, which raises `IndexFault`."""
        self._state = state
        self.clock = clock
        self._pool = ThreadPoolExecutor(_AT_ONCE, "pages")
        self._guard = threading.Lock()
        self._known: dict[str, tuple[datetime, PageState]] = {}
        self._faulty = False
        """Whether an index did not answer: then no other page is waited for."""

    def __enter__(self) -> Self:
        """Give itself; at the end no page is fetched any more."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget what has not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def say(self, names: Sequence[str], digested: str, *, wait: bool) -> bool:
        """Whether the pages of these distributions are those of a digest.

        Without `wait` raises `NotYetError` where any would have to be fetched.
        """
        if not wait and self._old(names):
            raise NotYetError
        looked = self.look(names)
        return len(looked) == len(names) and _digest([*looked.values()]) == digested

    def look(self, names: Sequence[str]) -> Mapping[str, PageState]:
        """What the pages of these distributions say; nothing if that cannot be told.

        What was looked at in this run counts for as long as `LIFE`.
        """
        with self._guard:  # one at a time, or all would fetch the same
            old, now = self._old(names), self.clock()
            states: list[PageState] = []
            try:
                states += [] if self._faulty else self._pool.map(self._state, old)
            except (IndexFault, OSError, RuntimeError):  # the last where this is closed
                self._faulty = True
            if self._faulty:
                return {}
            new = zip(old, states, strict=True)
            self._known.update({name: (now, state) for name, state in new})
            return {name: self._known[name][1] for name in names}

    def vouch(
        self, names: Collection[str], looked: Mapping[str, PageState]
    ) -> str | None:
        """The digest by which the pages of these are known again.

        None where any of them was not looked at, or something came out there lately, or
        nobody tells when it did.
        """
        states = [looked[name] for name in names if name in looked]
        settled = self.clock() - _SETTLED
        quiet = all(it.newest is not None and it.newest < settled for it in states)
        return _digest(states) if quiet and len(states) == len(names) else None

    def _old(self, names: Sequence[str]) -> list[str]:
        """Those that were not looked at lately; none where there is no use in it."""
        since = self.clock() - LIFE
        known = self._known
        return [it for it in names if it not in known or known[it][0] < since]


def _digest(states: Sequence[PageState]) -> str:
    return digest([state.digest for state in states])
