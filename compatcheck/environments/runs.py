"""A folder for each run, and an end to those that died runs left behind."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from compatcheck.errors import StoreFault

_TURN: Final = "turn.lock"
"""Held by who looks for the living, or is about to become one of them."""
_LOCK: Final = "alive.lock"
"""Held by a run as long as it lives: the kernel lets go of it even after `kill -9`."""


@contextmanager
def run_folder(parent: Path) -> Generator[Path]:
    """A new folder below `parent`, gone when the context ends.

    Folders of runs that are no longer alive are removed first. Raises `StoreFault`
    when there is no place for one.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with (parent / _TURN).open("w") as turn:
            # One run at a time: a folder is not dead between its making and its lock.
            fcntl.flock(turn, fcntl.LOCK_EX)
            _remove_dead(parent)
            folder = Path(tempfile.mkdtemp(prefix="run-", dir=parent))
            lock = (folder / _LOCK).open("w")
            fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        raise StoreFault(f"the cache folder cannot be written: {error}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


@contextmanager
def nobody_at_work(parent: Path) -> Generator[bool]:
    """Whether no run works below `parent`; none begins while the context lasts.

    False, too, where there is no such folder, or where that cannot be told.
    """
    try:
        turn = (parent / _TURN).open("a")
    except OSError:
        yield False
        return
    with turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield living_runs(parent) == 0


def living_runs(parent: Path) -> int:
    """How many runs work below `parent` now."""
    alive = 0
    for lock in parent.glob(f"run-*/{_LOCK}"):
        with suppress(OSError), lock.open("a") as file:
            alive += not _free(file)
    return alive


def _remove_dead(parent: Path) -> None:
    for folder in parent.glob("run-*"):
        with suppress(OSError), (folder / _LOCK).open("a") as lock:
            if _free(lock):
                shutil.rmtree(folder, ignore_errors=True)


def _free(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
