"""Which store an address means."""

from __future__ import annotations

from typing import Final

from market_server.stores.memory import MemoryShelf
from market_server.stores.shelf import Shelf, ShelfDown
from market_server.stores.sqlite import SqliteShelf

_SQLITE: Final = "sqlite:///"
_POSTGRES: Final = ("postgresql://", "postgres://")


async def open_shelf(address: str) -> Shelf:
    """The store at an address. Raises `ShelfDown` where it cannot be had."""
    if address == "memory:":
        return MemoryShelf()
    if address.startswith(_SQLITE):
        return SqliteShelf(address.removeprefix(_SQLITE))
    if address.startswith(_POSTGRES):
        try:
            from market_server.stores.postgres import open_postgres
        except ImportError as error:
            raise ShelfDown(
                "PostgreSQL needs psycopg: install market-server[postgres]"
            ) from error
        return await open_postgres(address)
    # Not the address itself: it may hold a password.
    scheme = address.partition(":")[0]
    raise ShelfDown(
        f"there is no store for {scheme!r}: "
        "DATABASE_URL is memory:, sqlite:///FILE or postgresql://..."
    )
