"""What both databases understand: statements, with parameters as `:name`."""

# ruff: noqa: S608 - all that is joined here are constants of this file
from __future__ import annotations

from typing import Final

from market_server.stores.shelf import Place, Slice

_WHERE: Final = "WHERE owner = :owner AND kind = :kind AND folder = :folder"

TABLE: Final = """
CREATE TABLE IF NOT EXISTS records (
  seq {serial},
  owner TEXT NOT NULL,
  kind TEXT NOT NULL,
  folder TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (owner, kind, folder, key)
)
"""
INDEX: Final = (
    "CREATE INDEX IF NOT EXISTS records_in_order ON records (owner, kind, folder, seq)"
)
FOLDER: Final = (
    "SELECT 1 FROM records WHERE owner = :owner AND kind = :kind "
    "AND folder = '' AND key = :folder"
)
_INSERT: Final = (
    "INSERT INTO records (owner, kind, folder, key, body) "
    "VALUES (:owner, :kind, :folder, :key, :body) "
    "ON CONFLICT (owner, kind, folder, key) DO "
)
ADD: Final = f"{_INSERT} NOTHING"
SAVE: Final = f"{_INSERT} UPDATE SET body = excluded.body"
LOAD: Final = f"SELECT body FROM records {_WHERE} AND key = :key"
POSITION: Final = f"SELECT seq FROM records {_WHERE} AND key = :key"
FORWARDS: Final = (
    f"SELECT key, body FROM records {_WHERE} AND seq > :seq ORDER BY seq LIMIT :limit"
)
BACKWARDS: Final = (
    f"SELECT key, body FROM records {_WHERE} AND seq < :seq "
    "ORDER BY seq DESC LIMIT :limit"
)
DROP: Final = f"DELETE FROM records {_WHERE} AND key = :key"
EMPTY: Final = (
    "DELETE FROM records WHERE owner = :owner AND kind = :kind AND folder = :key"
)

FIRST: Final = -1
LAST: Final = 2**62
"""Where to begin without a key: before and after every position."""


def at(place: Place, key: str) -> dict[str, str | int]:
    """The parameters that say where a record is."""
    return {
        "owner": place.owner,
        "kind": place.kind,
        "folder": place.folder,
        "key": key,
    }


def sliced(rows: list[tuple[str, str]], limit: int) -> Slice:
    """The slice of rows that were read with one more than was asked for."""
    chosen, more = rows[:limit], len(rows) > limit
    return Slice(
        bodies=tuple(body for _, body in chosen),
        more=more,
        after=chosen[-1][0] if more else None,
    )
