"""Whether indexes say today what they said when a lock was made.

To resolve anew takes a second or so for each class of cells. What a resolver looked at
are some hundred pages, most of them the same for all classes; where none of these
changed, it would do again what it did.

A page that is fetched here need not be the one that the resolver saw a moment before:
it has a cache of its own, and servers have. So only pages are trusted on which nothing
has happened for longer than any of these keeps a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from compatcheck.ask.keys import digest
from compatcheck.errors import IndexFault
from compatcheck.model import Locked, PageState
from compatcheck.ports import Clock

_SETTLED: Final = timedelta(hours=1)
"""Since when nothing came out: pages are kept for ten minutes, commonly
(`Cache-Control: max-age=600`), and clocks differ."""
_AT_ONCE: Final = 4
"""Pages that are fetched at one time; a further connection costs as much as ten."""


class Pages:
    """Looks at pages, each once in a run. Safe to call from several threads.

    The same page is the same in all of a run: `state` sees to that.
    """

    def __init__(self, state: Callable[[str], PageState], clock: Clock) -> None:
        """Learn from `state` what is said of a distribution; it raises `IndexFault`."""
        self._state = state
        self.clock = clock
        self._known: dict[str, PageState] = {}
        self._fetching = ThreadPoolExecutor(_AT_ONCE, "pages")
        self._afterwards = ThreadPoolExecutor(1, "afterwards")

    def __enter__(self) -> Self:
        """Give itself; at the end nothing is left to do."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish what was put off; or forget it, if this ends by an error."""
        self._afterwards.shutdown(cancel_futures=error is not None)
        self._fetching.shutdown(cancel_futures=error is not None)

    def afterwards(self, work: Callable[[], None]) -> None:
        """Have something done that nobody waits for. What it raises is lost."""
        self._afterwards.submit(work)

    def say(self, names: Sequence[str], digested: str) -> bool:
        """Whether the pages of these distributions are those of a digest."""
        with suppress(IndexFault):
            return _digest(self._states(names)) == digested
        return False

    def digest(self, names: Sequence[str], lock: Locked, since: datetime) -> str | None:
        """A digest of the pages that a lock was made of, which began at `since`.

        None where they may not be those, because something came out lately, or nobody
        tells when it did, or what the lock has was yanked, or a page cannot be had.
        """
        try:
            states = self._states(names)
        except IndexFault:
            return None
        taken = {name for package in lock.packages for name in package.files}
        for files in (state.files() for state in states):
            if files is None or files.newest > since - _SETTLED or taken & files.yanked:
                return None
        return _digest(states)

    def _states(self, names: Sequence[str]) -> list[PageState]:
        new = [name for name in names if name not in self._known]
        self._known.update(zip(new, self._fetching.map(self._state, new), strict=True))
        return [self._known[name] for name in names]


def _digest(states: Sequence[PageState]) -> str:
    return digest([state.digest for state in states])
