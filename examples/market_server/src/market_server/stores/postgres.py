"""The store for many servers: PostgreSQL, through a pool of connections."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, LiteralString

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

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

_Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_MOST: Final = 10
"""Connections."""
_PATIENCE: Final = 5.0
"""Seconds to wait for one of them, once it is one's turn."""

_OURS: Final = 7_214_663_099
"""The number of the advisory lock under which the table is made."""

_LINE: Final = (
    "SELECT pg_advisory_xact_lock(hashtextextended(:kind || ':' || :owner, 0))"
)
"""Records of an owner and kind are committed in the order of their numbers.

Without it, one with a lower number could appear behind a reader who turns the pages.
"""


def _dialect(statement: LiteralString) -> LiteralString:
    """The statement with parameters as psycopg wants them; all are constants here."""
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement)


class PostgresShelf:
    """Commits before it returns."""

    def __init__(self, pool: AsyncConnectionPool[_Connection]) -> None:
        """Use an open pool; `open_postgres` makes one."""
        self._pool = pool
        # The pool's own line has a patience, and cannot tell many who ask from a
        # database that is gone: before it stand no more than it has connections.
        self._line = asyncio.Semaphore(_MOST)
        self._failed = float("-inf")
        """When the database was last found gone, by the monotonic clock."""

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
        async with self._transaction() as it:
            row = await _row(it, sql.LOAD, sql.at(place, key))
        if row is None:
            raise MissingError(key)
        return str(row[0])

    async def page(
        self, place: Place, after: str | None, limit: int, order: Order
    ) -> Slice:
        """At most so many, after that key."""
        async with self._transaction() as it:
            await _check_folder(it, place, "")
            seq = sql.FIRST if order == "asc" else sql.LAST
            if after is not None:
                check_key(after)
                found = await _row(it, sql.POSITION, sql.at(place, after))
                if found is None:
                    raise MissingError(after)
                seq = found[0]
            chosen = sql.FORWARDS if order == "asc" else sql.BACKWARDS
            given = {**sql.at(place, ""), "seq": seq, "limit": limit + 1}
            rows = await (await it.execute(_dialect(chosen), given)).fetchall()
        return sql.sliced([(str(key), str(body)) for key, body in rows], limit)

    async def drop(self, place: Place, key: str) -> bool:
        """Forget a record and what lies in it."""
        try:
            check_key(key)
        except MissingError:
            return False
        async with self._transaction() as it:
            # First the folder, which whoever writes into it holds: then nobody does.
            gone = await it.execute(_dialect(sql.DROP), sql.at(place, key))
            if not place.folder:
                await it.execute(_dialect(sql.EMPTY), sql.at(place, key))
        return gone.rowcount > 0

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close()

    async def _write(self, statement: str, place: Place, key: str, body: str) -> bool:
        check_key(key)
        async with self._transaction() as it:
            await _check_folder(it, place, " FOR UPDATE")
            if not place.folder:
                await it.execute(_dialect(_LINE), sql.at(place, key))
            given = {**sql.at(place, key), "body": body}
            return (await it.execute(_dialect(statement), given)).rowcount > 0

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[_Connection]:
        begun = time.monotonic()
        async with self._line:
            if self._failed >= begun:  # found out by those who stood before us
                raise ShelfDown("PostgreSQL does not answer")
            try:
                async with self._pool.connection() as connection:
                    yield connection
            except PoolTimeout as error:
                self._failed = time.monotonic()
                raise ShelfDown(str(error)) from error
            except psycopg.Error as error:
                raise ShelfDown(str(error)) from error


async def open_postgres(url: str, patience: float = _PATIENCE) -> PostgresShelf:
    """A store in this database, which gets its table. Raises `ShelfDown`."""
    pool = AsyncConnectionPool(
        url,
        connection_class=_Connection,
        min_size=1,
        max_size=_MOST,
        timeout=patience,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
    try:
        await pool.open(wait=True, timeout=patience)
        async with pool.connection() as it:
            await it.execute("SELECT pg_advisory_xact_lock(%s)", (_OURS,))
            serial = "BIGSERIAL PRIMARY KEY"
            await it.execute(_dialect(sql.TABLE.format(serial=serial)))
            await it.execute(_dialect(sql.INDEX))
    except (psycopg.Error, PoolTimeout) as error:
        await pool.close()
        raise ShelfDown(f"PostgreSQL does not answer: {error}") from error
    return PostgresShelf(pool)


async def _row(
    it: _Connection, statement: str, given: dict[str, str | int]
) -> tuple[Any, ...] | None:
    return await (await it.execute(_dialect(statement), given)).fetchone()


async def _check_folder(it: _Connection, place: Place, lock: str) -> None:
    """Raise `MissingError` without the folder; the lock keeps writers in line."""
    if place.folder and await _row(it, sql.FOLDER + lock, sql.at(place, "")) is None:
        raise MissingError(place.folder)
