"""Ctrl-C while threads wait for programs that do not hear it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping(stop: Callable[[], None]) -> Generator[None]:
    """Call `stop` as soon as the user asks to end, then raise `KeyboardInterrupt`.

    The interrupt alone would come too late: whoever it passes on its way up may wait
    for threads, and those for programs that are still to be stopped. Within one
    another, all of them stop what they are to. Does nothing outside the main thread,
    which alone hears signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        stop()
        above = before[signal.Signals(number)]
        if callable(above):
            above(number, frame)
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def at_once(ask: Callable[[T], U], asked: Iterable[T]) -> list[U]:
    """Ask each in a thread of its own, and give the answers in the same order.

    The threads hold nobody: when this is interrupted, or the first of them raises,
    those that still wait for an answer are left to end with the process.
    """
    futures = []
    for one in asked:
        future: Future[U] = Future()
        work = (future, ask, one)
        threading.Thread(target=_answer, args=work, daemon=True).start()
        futures.append(future)
    return [future.result() for future in futures]


def _answer(future: Future[U], ask: Callable[[T], U], one: T) -> None:
    try:
        future.set_result(ask(one))
    except BaseException as error:  # noqa: BLE001 - raised again by who waits for it
        future.set_exception(error)
