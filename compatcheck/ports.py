"""The sockets between the rooms: Protocols of one or two members."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from compatcheck.model import (
    Cell,
    CellResult,
    Interpreter,
    Locked,
    Project,
    ReleaseFile,
)

T = TypeVar("T")
U = TypeVar("U")


class Index(Protocol):
    """What exists, as the user's configured indexes tell it."""

    def project(self, distribution: str) -> Project | None:
        """All releases of a distribution; None when no index knows the name.

        Raises `IndexFault` where an index could not be read: a fault is never a None.
        """


class Archive(Protocol):
    """An open wheel."""

    def names(self) -> Sequence[str]:
        """The paths of its files, sorted."""

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises `IndexFault` when they cannot be had."""


class Archives(Protocol):
    """Wheels as an index serves them."""

    def open(
        self, file: ReleaseFile, *, whole: bool
    ) -> AbstractContextManager[Archive]:
        """Open a wheel; `whole` when most of it will be read, so its hash is checked.

        Raises `IndexFault` when it is not there, damaged, or not what was promised.
        """


class Environment(Protocol):
    """A place to ask in: an interpreter with distributions installed."""

    @property
    def python(self) -> Path:
        """Its executable."""

    @property
    def roots(self) -> Sequence[Path]:
        """The folders that it is made of, all shown as `<env>`."""

    @property
    def sites(self) -> Sequence[Path]:
        """Where its distributions are installed."""


class Environments(Protocol):
    """Makes places to ask in."""

    def open(
        self, lock: Locked, interpreter: Interpreter
    ) -> AbstractContextManager[Environment]:
        """An environment with exactly what is locked; gone when the context ends.

        Raises `EnvironmentFault` when it cannot be made.
        """


class AskAgain(Protocol):
    """The door, for a cell that was asked before."""

    def __call__(self, first: CellResult) -> CellResult:
        """What is seen of a cell when what failed or is unknown is asked afresh."""


class AskAll(Protocol):
    """The door, for several cells at once."""

    def __call__(
        self, cells: Sequence[Cell], *, fresh: bool = False
    ) -> Sequence[CellResult]:
        """What is known of each, in the same order."""


class Executor(Protocol):
    """Where cells run."""

    def map(
        self,
        ask: Callable[[T], U],
        asked: Iterable[T],
        alike: Callable[[T], Hashable] = ...,
    ) -> Generator[U]:
        """Apply `ask` to each, yielding answers as they are finished.

        Those for which `alike` tells the same share work, so whoever has asked one of
        them is the best to ask another; that is a hint, and no order hangs on it.
        Closing the iterator stops what runs and leaves nothing behind.
        """

    def stop_running(self) -> None:
        """Stop what runs now, from any thread: its answers are `unknown`.

        What has not begun by then may still begin.
        """


class Clock(Protocol):
    """Tells the time, so that tests can."""

    def __call__(self) -> datetime:
        """The present instant, aware, UTC."""
