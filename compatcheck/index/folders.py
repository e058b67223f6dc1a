"""Reads indexes and files that lie on this machine's own disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from compatcheck.errors import IndexFault
from compatcheck.index.locations import IndexSettings
from compatcheck.index.named import release_file
from compatcheck.index.redact import redact
from compatcheck.model import ReleaseFile

_MOST_PROJECTS: Final = 20_000
"""Of an index on this machine that are looked at: a fraction of a second."""


def local_path(url: str) -> Path | None:
    """Give the path of a `file:` address; None for any other address."""
    parts = urlsplit(url)
    # As `urllib.request.url2pathname` where paths have slashes; that is slow to import.
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


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
    from compatcheck.index.pages import read_page

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
    """Address, size and time of change (ns) of each file and page on this machine.

    What the network tells may be held for some minutes, because its servers say so; a
    folder changes at once. None where more than 20,000 projects lie in an index here,
    so that to look at all of them would take long.
    """
    indexes = () if settings.no_index else settings.indexes
    places = [path for link in settings.find_links if (path := local_path(link))]
    files = [file for place in places for file in _within(place)]
    for root in filter(None, (local_path(index.url) for index in indexes)):
        projects = list(islice(_within(root), _MOST_PROJECTS + 1))
        if len(projects) > _MOST_PROJECTS:
            return None
        files += [project / "index.html" for project in projects]
    return tuple(sorted(told for file in files for told in _told(file)))


def _within(place: Path) -> Iterator[Path]:
    """What is in a folder, or the file itself; nothing where it cannot be read."""
    with suppress(OSError):
        yield from place.iterdir() if place.is_dir() else [place]


def _told(file: Path) -> Iterator[tuple[str, int, int]]:
    """What a file is known by; nothing where it is not there, which its reader tells.

    Its own time, too, where it is a link: that leads elsewhere from then on.
    """
    with suppress(OSError):
        for told in (file.stat(), file.lstat()):
            yield file.as_uri(), told.st_size, told.st_mtime_ns
