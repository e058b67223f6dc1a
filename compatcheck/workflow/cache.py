"""`compatcheck cache`: what the cache folder holds, and an end to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from compatcheck.ask.kept_locks import KEPT, KINDS
from compatcheck.environments import Uv
from compatcheck.environments.downloads import own_bytes, shed
from compatcheck.environments.runs import living_runs
from compatcheck.errors import Problem, StoreFault, UsageError
from compatcheck.observations import ObservationStore
from compatcheck.workflow.session import Session

_OURS: Final = ("uv", "runs", "wheels", "observations-*")
"""What a run keeps in the cache folder. Whatever else is there is not ours: the folder
is the user's to name, and a home folder may be named by mistake."""
_OLD: Final = timedelta(days=90)
"""After which an answer is asked for again: by then most of what it was kept under has
changed, so that nobody would ever find it."""


def share(limit: int) -> int:
    """Bytes that unpacked wheels may take, and downloads: half of the limit each."""
    return limit // 2


def tidy(session: Session, limit: int) -> str | None:
    """Hold the cache folder within `limit` bytes, as far as nobody works there.

    The wheel store sees to its own half. Returns how much was let go of, if anything.
    """
    with (
        suppress(StoreFault),  # what cannot be tidied now is tidied another time
        closing(ObservationStore(session.cache, session.clock)) as store,
    ):
        store.forget(KEPT, *KINDS)
        store.forget(_OLD)
    uv = Uv(cache=session.cache / "uv", index={}, environ=session.environ)
    freed = shed(uv, session.cache, share(limit))
    return size(freed) if freed else None


def describe(session: Session) -> Iterator[str]:
    """Lines for a person: where, how large, how many of what."""
    yield f"folder        {session.cache}"
    if not session.cache.exists():
        yield "empty"
        return
    store = ObservationStore(session.cache, session.clock)
    held = store.info()
    store.close()
    yield f"on disk       {size(_bytes(session.cache))}"
    yield f"downloads     {size(own_bytes(session.cache / 'uv'))}"
    yield f"wheels        {size(_bytes(session.cache / 'wheels'))}"
    yield f"observations  {size(held.size)}"
    for kind, number in held.entries.items():
        yield f"  {kind:<12}{number}"


def forget(cache: Path) -> str:
    """Remove what runs keep in the cache folder and say how much that was.

    Raises `UsageError` while a run is under way, `StoreFault` when it cannot be done.
    """
    if living_runs(cache / "runs"):
        raise UsageError(
            Problem(
                place="compatcheck cache clear",
                message="a run is under way and works in that folder",
                mend="wait for it to end, or stop it",
            )
        )
    freed = 0
    try:
        for pattern in _OURS:
            for path in cache.glob(pattern):
                freed += _bytes(path)
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        raise StoreFault(f"the cache cannot be removed: {error}") from error
    return size(freed)


def size(number: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("bytes", "KiB", "MiB"):
        if number < 1024:  # noqa: PLR2004 - that is what Ki means
            return f"{number:.0f} {unit}"
        number /= 1024
    return f"{number:.1f} GiB"


def _bytes(folder: Path) -> int:
    files = folder.rglob("*") if folder.is_dir() else [folder]
    held = (f.lstat() for f in files if f.is_file() and not f.is_symlink())
    # By what they are, not by name: wheels are linked to where they are installed.
    return sum({(it.st_dev, it.st_ino): it.st_size for it in held}.values())
