"""Reads indexes and files that lie on this machine's own disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from compatcheck.errors import IndexFault
from compatcheck.index.locations import IndexSettings
from compatcheck.index.pages import read_page, release_file
from compatcheck.index.redact import redact
from compatcheck.model import ReleaseFile


def local_path(url: str) -> Path | None:
    """Give the path of a `file:` address; None for any other address."""
    parts = urlsplit(url)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else None


def read_local_page(path: Path, distribution: str) -> tuple[ReleaseFile, ...] | None:
    """Read the files that an HTML page on disk links to; None where there is none.

    Raises `IndexFault` where it is there but cannot be read.
    """
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IndexFault(f"{path.as_uri()} cannot be read: {error.strerror}") from error
    return read_page(
        body, content_type="text/html", url=path.as_uri(), distribution=distribution
    )


def read_folder(path: Path, distribution: str) -> tuple[ReleaseFile, ...]:
    """Read the files of a distribution that lie in a folder, by name.

    Raises `IndexFault` where the folder cannot be read.
    """
    try:
        entries = sorted(entry for entry in path.iterdir() if entry.is_file())
    except OSError as error:
        words = f"{redact(path.as_uri())} cannot be read: {error.strerror}"
        raise IndexFault(words) from error
    files = (release_file(distribution, one.name, one.as_uri()) for one in entries)
    return tuple(file for file in files if file is not None)


def lying_near(settings: IndexSettings) -> tuple[tuple[str, int, int], ...] | None:
    """Address, size and time of change (ns) of each file that this machine offers.

    What the network tells may be held for some minutes, because its servers say so; a
    folder changes at once. None where a whole index lies here: any of its pages may
    have changed, and to look at all would take long.
    """
    indexes = () if settings.no_index else settings.indexes
    if any(local_path(index.url) is not None for index in indexes):
        return None
    places = [path for link in settings.find_links if (path := local_path(link))]
    return tuple(sorted(entry for place in places for entry in _entries(place)))


def _entries(place: Path) -> Iterator[tuple[str, int, int]]:
    """What is at a place; nothing where it cannot be read, which its reader tells."""
    with suppress(OSError):
        for path in place.iterdir() if place.is_dir() else [place]:
            told = path.stat()
            yield path.as_uri(), told.st_size, told.st_mtime_ns
