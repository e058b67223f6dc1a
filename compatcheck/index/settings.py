"""Which indexes the user has configured, for uv or else for pip, and for handing on."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from compatcheck.index.locations import (
    IndexLocation,
    IndexSettings,
    Level,
    Strategy,
    first,
)
from compatcheck.index.pip_levels import pip_files, pip_variables
from compatcheck.index.uv_levels import is_offline, uv_files, uv_variables

__all__ = [
    "IndexLocation",
    "IndexSettings",
    "places_with_times",
    "read_index_settings",
    "uv_environment",
]

NOWHERE = "file:///nonexistent"
"""An index without projects: uv has `--no-index` but no variable for it."""


def read_index_settings(
    environ: Mapping[str, str],
    folder: Path,
    *,
    etc: Path = Path("/etc"),
    prefix: Path = Path(sys.prefix),
) -> IndexSettings:
    """Read what is configured for a user with `environ` who works in `folder`.

    UV_* variables come before uv's files, those before PIP_* variables, those before
    pip's files (of the system in `etc`, of the environment in `prefix`). For each of
    default index, extra indexes, find-links and the rest, the first that names it wins.
    Raises `UsageError` where a file is broken.
    """
    levels = (
        uv_variables(environ, folder),
        uv_files(environ, folder, etc),
        pip_variables(environ, folder),
        pip_files(environ, folder, etc, prefix),
    )
    extra = first(level.extra for level in levels) or ()
    default = first(level.default for level in levels)
    no_index = first(level.no_index for level in levels) or False
    if default is None and not no_index:
        default = _usual()
    return IndexSettings(
        indexes=_order(extra, default),
        find_links=first(level.find_links for level in levels) or (),
        no_index=no_index,
        strategy=_strategy(levels),
        certificates=first(level.certificates for level in levels),
        insecure_hosts=first(level.insecure_hosts for level in levels) or (),
        keyring=first(level.keyring for level in levels),
        origin=_origin(levels),
        offline=is_offline(environ),
    )


def uv_environment(settings: IndexSettings) -> dict[str, str]:
    """Give the variables that make `uv --no-config` see these very indexes.

    To be laid over an environment whose own `UV_*` may stand: the empty ones switch off
    what an older spelling there would add. Holds credentials.
    """
    indexes = () if settings.no_index else settings.indexes
    found = {
        "UV_DEFAULT_INDEX": next((i.url for i in indexes if i.default), NOWHERE),
        "UV_INDEX": " ".join(_one_word(i.url) for i in indexes if not i.default),
        "UV_INDEX_URL": "",
        "UV_EXTRA_INDEX_URL": "",
        "UV_FIND_LINKS": ",".join(
            link.replace(",", "%2C") for link in settings.find_links
        ),
        "UV_INDEX_STRATEGY": settings.strategy,
    }
    if settings.certificates is not None:
        found["SSL_CERT_FILE"] = str(settings.certificates)
    if settings.insecure_hosts:
        found["UV_INSECURE_HOST"] = " ".join(settings.insecure_hosts)
    if settings.keyring in {"subprocess", "disabled"}:  # pip knows more of them
        found["UV_KEYRING_PROVIDER"] = settings.keyring
    return found


def places_with_times(settings: IndexSettings) -> IndexSettings:
    """The settings without folders, of which none tells when a file came out.

    uv takes every file of a `--find-links` folder however new it is, and leaves out all
    that a local index holds: neither is a place of the past.
    """
    remote = tuple(one for one in settings.indexes if not _is_folder(one.url))
    return replace(
        settings,
        indexes=remote,
        find_links=tuple(link for link in settings.find_links if not _is_folder(link)),
        no_index=settings.no_index or not remote,
    )


def _is_folder(url: str) -> bool:
    return urlsplit(url).scheme == "file"


def _usual() -> IndexLocation:
    """Give the index of whoever names none; the client library is slow to import."""
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    return IndexLocation(url=PYPI_SIMPLE_ENDPOINT)


def _order(
    extra: Sequence[IndexLocation], default: IndexLocation | None
) -> tuple[IndexLocation, ...]:
    """Put the default last; of what stands there twice the first counts, as for uv."""
    last = [] if default is None else [replace(default, default=True)]
    kept = dict[str, IndexLocation]()
    for one in (*extra, *last):
        kept.setdefault(one.url.rstrip("/"), one)
    return tuple(kept.values())


def _strategy(levels: Sequence[Level]) -> Strategy:
    """Follow the word that is said, else the manner of the tool that names indexes.

    pip puts all indexes together; uv stops at the first that knows the name.
    """
    said: Strategy | None = first(level.strategy for level in levels)
    if said is not None:
        return said
    naming = [one for one in levels if one.extra] or [
        one for one in levels if one.default
    ]
    by_pip = bool(naming) and naming[0].family == "pip"
    return "unsafe-best-match" if by_pip else "first-index"


def _origin(levels: Sequence[Level]) -> str:
    """Name the levels that decide where is looked, in words."""
    fields = ("default", "extra", "find_links", "no_index")
    deciding = {
        next((one.origin for one in levels if getattr(one, field) is not None), None)
        for field in fields
    }
    named = [level.origin for level in levels if level.origin in deciding]
    return ", ".join(named) or "the default index"


def _one_word(url: str) -> str:
    """Keep an address in one piece where a space separates."""
    return url.replace(" ", "%20")
