"""What is worked out of an object once, however many cells have the same one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class OncePerObject(Generic[T, U]):
    """Remembers what came of each object, by which one it is and not by what it says.

    To compare large values with each other would cost as much as is saved. Objects are
    kept, so that none can take another one's place. Safe between threads.
    """

    def __init__(self, work: Callable[[T], U]) -> None:
        """Take the function, of which the same must come however often it is called."""
        self._work = work
        self._known: dict[int, tuple[T, U]] = {}

    def __call__(self, it: T) -> U:
        """What comes of it. Raises what the function raises, and remembers nothing."""
        known = self._known.get(id(it))
        if known is None:
            known = self._known.setdefault(id(it), (it, self._work(it)))
        return known[1]
