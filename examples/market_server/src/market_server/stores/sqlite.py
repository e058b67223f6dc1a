"""The embedded store: one SQLite file, whatever number of processes share it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from market_server.stores import sql
from market_server.stores.shelf import (
    MissingError,
    Order,
    Place,
    ShelfDown,
    Slice,
    TakenError,
    check_key,
)

_T = TypeVar("_T")

_PATIENCE: Final = 30.0
"""Seconds to wait for another process that writes."""


class SqliteShelf:
    """Writes through to the disk before it returns.

    All work is done in one thread of its own: a connection serves one at a time, and
    the loop never waits for the disk.
    """

    def __init__(self, file: str) -> None:
        """Open the file, or make it. Raises `ShelfDown`."""
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._connection = self._thread.submit(self._open, file).result()

    @staticmethod
    def _open(file: str) -> sqlite3.Connection:
        try:
            made = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
            # Readers do not wait for writers, and a commit outlives a power cut:
            # https://www.sqlite.org/pragma.html#pragma_synchronous
            made.execute("PRAGMA journal_mode = WAL")
            made.execute("PRAGMA synchronous = FULL")
            serial = "INTEGER PRIMARY KEY AUTOINCREMENT"  # never given twice
            made.execute(sql.TABLE.format(serial=serial))
            made.execute(sql.INDEX)
        except sqlite3.Error as error:
            raise ShelfDown(f"{file}: {error}") from error
        return made

    async def add(self, place: Place, key: str, body: str) -> None:
        """Keep something new."""
        if not await self._write(sql.ADD, place, key, body):
            raise TakenError(key)

    async def save(self, place: Place, key: str, body: str) -> None:
        """Keep something, new or not."""
        await self._write(sql.SAVE, place, key, body)

    async def load(self, place: Place, key: str) -> str:
        """What is kept."""
        check_key(key)
        row = await self._do(
            lambda it: it.execute(sql.LOAD, sql.at(place, key)).fetchone()
        )
        if row is None:
            raise MissingError(key)
        return str(row[0])

    async def page(
        self, place: Place, after: str | None, limit: int, order: Order
    ) -> Slice:
        """At most so many, after that key."""

        def read(it: sqlite3.Connection) -> list[tuple[str, str]]:
            _check_folder(it, place)
            seq = sql.FIRST if order == "asc" else sql.LAST
            if after is not None:
                found = it.execute(sql.POSITION, sql.at(place, after)).fetchone()
                if found is None:
                    raise MissingError(after)
                seq = found[0]
            chosen = sql.FORWARDS if order == "asc" else sql.BACKWARDS
            given = {**sql.at(place, ""), "seq": seq, "limit": limit + 1}
            return it.execute(chosen, given).fetchall()

        if after is not None:
            check_key(after)
        return sql.sliced(await self._do(read), limit)

    async def drop(self, place: Place, key: str) -> bool:
        """Forget a record and what lies in it."""

        def forget(it: sqlite3.Connection) -> bool:
            if not place.folder:
                it.execute(sql.EMPTY, sql.at(place, key))
            return it.execute(sql.DROP, sql.at(place, key)).rowcount > 0

        try:
            check_key(key)
        except MissingError:
            return False
        return await self._do(_whole(forget))

    async def close(self) -> None:
        """Close the file."""
        await self._do(lambda it: it.close())
        self._thread.shutdown()

    async def _write(self, statement: str, place: Place, key: str, body: str) -> bool:
        def write(it: sqlite3.Connection) -> bool:
            _check_folder(it, place)
            return (
                it.execute(statement, {**sql.at(place, key), "body": body}).rowcount > 0
            )

        check_key(key)
        return await self._do(_whole(write))

    async def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, work, self._connection)
        except sqlite3.Error as error:
            raise ShelfDown(str(error)) from error


def _check_folder(it: sqlite3.Connection, place: Place) -> None:
    if place.folder and it.execute(sql.FOLDER, sql.at(place, "")).fetchone() is None:
        raise MissingError(place.folder)


def _whole(
    work: Callable[[sqlite3.Connection], _T],
) -> Callable[[sqlite3.Connection], _T]:
    """All of the work or nothing of it.

    The lock is taken at once: who only reads first can find it taken when it writes.
    https://www.sqlite.org/lang_transaction.html
    """

    def done(it: sqlite3.Connection) -> _T:
        it.execute("BEGIN IMMEDIATE")
        try:
            result = work(it)
        except BaseException:
            it.execute("ROLLBACK")
            raise
        it.execute("COMMIT")
        return result

    return done
