"""Reads indexes and files that lie on this machine's own disk."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from compatcheck.errors import IndexFault
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
