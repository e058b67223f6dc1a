"""The nouns of this room: where releases are looked for, and under which rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

Strategy = Literal["first-index", "unsafe-first-match", "unsafe-best-match"]
"""How several indexes are put together; uv's `--index-strategy`, in its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLocation:
    """One index that answers by project name (PEP 503)."""

    url: str = field(repr=False)
    """May hold credentials, so it is never shown but through `redact`."""
    name: str | None = None
    default: bool = False
    """Whether it is the one that all others come before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """Everything that decides which releases exist for the user."""

    indexes: tuple[IndexLocation, ...]
    """In order of priority, the default index last; without `no_index` there is one."""
    find_links: tuple[str, ...] = field(default=(), repr=False)
    """Addresses (`http:`, `https:`, `file:`) of pages or folders that hold files."""
    no_index: bool = False
    """Whether only `find_links` count."""
    strategy: Strategy = "first-index"
    certificates: Path | None = None
    """A PEM bundle to trust instead of the usual one."""
    insecure_hosts: tuple[str, ...] = ()
    """`host`, `host:port` or `*`, whose TLS certificate is not checked."""
    keyring: str | None = None
    """uv's keyring provider, `subprocess` if any."""
    origin: str = "the default index"
    """Who named all this, in plain words and without an address."""
    offline: bool = False
    """Whether the network is left alone (`UV_OFFLINE`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What one level of configuration names; None where it is silent."""

    origin: str
    family: Literal["uv", "pip"]
    default: IndexLocation | None = None
    extra: tuple[IndexLocation, ...] | None = None
    find_links: tuple[str, ...] | None = field(default=None, repr=False)
    no_index: bool | None = None
    strategy: Strategy | None = None
    certificates: Path | None = None
    insecure_hosts: tuple[str, ...] | None = None
    keyring: str | None = None


def as_address(text: str, folder: Path, home: Path | None = None) -> str:
    """Turn what a user wrote into an address: a path becomes `file:`, from `folder`.

    A leading `~` is the `home`, where the level knows such a thing.
    """
    if len(urlsplit(text).scheme) > 1:  # one letter is a drive, not a scheme
        return text
    if home is not None and (text == "~" or text.startswith("~/")):
        text = f"{home}{text[1:]}"
    return (folder / text).resolve().as_uri()


def first(values: Iterable[T | None]) -> T | None:
    """Give the first value that is there; None when none is."""
    return next((value for value in values if value is not None), None)
