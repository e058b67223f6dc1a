"""One SQLite file in the cache folder, shared by every run on the machine.

Each entry is committed by itself in write-ahead mode, so a `kill -9` at any moment
loses only what was not yet finished, and two runs at once wait for each other's short
writes instead of disturbing them (https://www.sqlite.org/wal.html).
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from compatcheck.errors import StoreFault
from compatcheck.ports import Clock

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")

_FORMAT: Final = 1
"""Of the table and of the values: raised when an older one can no longer be read."""
_PATIENCE: Final = 60.0
"""Seconds to wait for another run's write."""
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, written TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInfo:
    """How much is kept, for `compatcheck cache info`."""

    entries: Mapping[str, int]
    """Kind to number."""
    size: int
    """Bytes on disk."""


class ObservationStore:
    """Keeps JSON values by kind and key; shared by threads and processes alike."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Open the store in `folder`, making both. Raises `StoreFault` if it cannot."""
        self._path = folder / f"observations-{_FORMAT}.sqlite"
        self._clock = clock
        self._lock = threading.Lock()
        with _faults(self._path.name):
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                self._path,
                timeout=_PATIENCE,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                self._write_ahead()
                self._connection.execute("PRAGMA synchronous=NORMAL")
                self._connection.execute(_SCHEMA)
            except sqlite3.Error:
                self._connection.close()
                raise

    def _write_ahead(self) -> None:
        """Switch the mode, which SQLite refuses at once while another run does so."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.02)
            else:
                return

    def get(self, kind: str, key: str, shape: type[T]) -> T | None:
        """The value kept under that key; None where `get_dated` has none."""
        found = self.get_dated(kind, key, shape)
        return None if found is None else found[0]

    def get_dated(
        self, kind: str, key: str, shape: type[T]
    ) -> tuple[T, datetime] | None:
        """The value kept under that key, and when it was written.

        None when there is none, or it was written by another release of compatcheck in
        a shape that is no longer read.
        """
        with self._lock, _faults(self._path.name):
            row = self._connection.execute(
                "SELECT value, written FROM kept WHERE kind = ? AND key = ?",
                (kind, key),
            ).fetchone()
        if row is None:
            return None
        value, written = row
        try:
            read = cast("T", _adapter(shape).validate_json(value))
            return read, datetime.fromisoformat(written)
        except ValueError:  # as pydantic's own is, which is slow to import
            return None

    def put(self, kind: str, key: str, value: object) -> None:
        """Keep a value; it outlives a `kill -9` of this process."""
        self._put(kind, key, _adapter(type(value)).dump_json(value).decode())

    def put_by_content(self, kind: str, value: T, shape: type[T]) -> str:
        """Keep a value under a digest of what it says (SHA-256), which is returned."""
        text = _adapter(shape).dump_json(value).decode()
        key = hashlib.sha256(text.encode()).hexdigest()
        self._put(kind, key, text)
        return key

    def _put(self, kind: str, key: str, text: str) -> None:
        with self._lock, _faults(self._path.name):
            self._connection.execute(
                "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)",
                (kind, key, text, self._clock().astimezone(UTC).isoformat()),
            )

    def drop(self, kind: str, key: str) -> None:
        """Forget a value that turned out to be of no use."""
        with self._lock, _faults(self._path.name):
            self._connection.execute(
                "DELETE FROM kept WHERE kind = ? AND key = ?", (kind, key)
            )

    def forget(self, older: timedelta, *kinds: str) -> None:
        """Drop what was written longer ago than that; of these kinds, or of all."""
        before = (self._clock() - older).astimezone(UTC).isoformat()
        chosen = f" AND kind IN ({','.join('?' * len(kinds))})" if kinds else ""
        with self._lock, _faults(self._path.name):
            self._connection.execute(
                f"DELETE FROM kept WHERE written < ?{chosen}",  # noqa: S608 - only marks
                (before, *kinds),
            )

    def info(self) -> StoreInfo:
        """Count what is kept."""
        with self._lock, _faults(self._path.name):
            rows = self._connection.execute(
                "SELECT kind, count(*) FROM kept GROUP BY kind ORDER BY kind"
            ).fetchall()
            size = sum(
                path.stat().st_size
                for path in self._path.parent.glob(f"{self._path.name}*")
            )
        return StoreInfo(entries=dict(rows), size=size)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


@contextlib.contextmanager
def _faults(name: str) -> Generator[None]:
    try:
        yield
    except PermissionError as error:
        raise StoreFault(
            f"the cache cannot be written ({error.strerror});"
            " name another folder in COMPATCHECK_CACHE"
        ) from error
    except (sqlite3.Error, OSError) as error:
        raise StoreFault(
            f"the cache cannot be used ({name}: {error});"
            " free the disk, name another folder in COMPATCHECK_CACHE,"
            " or start afresh with `compatcheck cache clear`"
        ) from error


def _adapter(shape: type[object]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    # Making one costs a millisecond, and a run reads thousands of values.
    if shape not in _ADAPTERS:
        _ADAPTERS[shape] = TypeAdapter(shape)
    return _ADAPTERS[shape]


_ADAPTERS: Final[dict[type[object], TypeAdapter[Any]]] = {}
