"""Asks each question once, however many threads want to know."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from compatcheck.errors import IndexFault

T = TypeVar("T")


class Once(Generic[T]):
    """Remembers what was answered to each key, an `IndexFault` too.

    A fault is kept because a dead server would else cost its full time with each cell.
    """

    def __init__(self, ask: Callable[[str], T]) -> None:
        """Take the function that knows the answers."""
        self._ask = ask
        self._lock = Lock()
        self._answers: dict[str, Future[T]] = {}

    def __call__(self, key: str) -> T:
        """Give the answer to a key, waiting where somebody is asking already.

        Raises `IndexFault` where that is the answer, and what `ask` raises besides.
        """
        with self._lock:
            answer = self._answers.get(key)
            mine = answer is None
            if answer is None:
                answer = self._answers[key] = Future()
        if mine:
            self._answer(key, answer)
        error = answer.exception()
        if isinstance(error, IndexFault):
            # A new one each time: raised in two threads, one would mix its tracebacks.
            raise IndexFault(str(error))
        return answer.result()

    def _answer(self, key: str, answer: Future[T]) -> None:
        """Ask, tell everybody who waits, and forget what is no answer (Ctrl-C)."""
        try:
            answer.set_result(self._ask(key))
        except IndexFault as fault:
            answer.set_exception(fault)
        except BaseException as error:
            with self._lock:
                self._answers.pop(key, None)
            answer.set_exception(error)
            raise
