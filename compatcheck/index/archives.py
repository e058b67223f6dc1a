"""Opens wheels where they lie: on disk, downloaded whole, or read in parts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO
from zipfile import BadZipFile, ZipFile

from compatcheck.errors import IndexFault, StoreFault
from compatcheck.index.connected import AS_IS, CHUNK, Absent, Client
from compatcheck.index.folders import local_path
from compatcheck.model import ReleaseFile

MEMBER_LIMIT = 64 * 1024 * 1024
"""Bytes that one file in a wheel may unpack to: far more than any module has."""

IN_MEMORY = 16 * 1024 * 1024
"""Bytes of a download that are held in memory before it goes to the disk."""

_DAMAGED = (
    BadZipFile,
    EOFError,
    LZMAError,
    NotImplementedError,  # a compression that no zip of Python's knows
    OSError,
    RuntimeError,  # an encrypted member
    UnicodeDecodeError,
    ValueError,
    zlib.error,
)


class RemoteArchives(Client):
    """Wheels as their index serves them, with its credentials and certificates."""

    @contextmanager
    def open(self, file: ReleaseFile, *, whole: bool) -> Iterator[Wheel]:
        """Open a wheel; `whole` when most of it will be read, so its hash is checked.

        Raises `IndexFault` when it is not there, damaged, or not what was promised.
        """
        with self._zip(file, whole=whole) as opened:
            yield Wheel(opened, file.filename)

    @contextmanager
    def _zip(self, file: ReleaseFile, *, whole: bool) -> Iterator[ZipFile]:
        """Open it by the way that costs least."""
        path = local_path(file.url)
        opened = None if whole or path else self._in_parts(file)
        if opened is not None:
            with opened:
                yield opened
            return
        content = self._downloaded(file) if path is None else _on_disk(file, path)
        with content:
            if whole or path is None:
                _check(file, content)
            with _as_zip(file, content) as opened:
                yield opened

    def _in_parts(self, file: ReleaseFile) -> ZipFile | None:
        """Open it by ranged reads; None where the server does not know them."""
        from compatcheck.index.parts import in_parts

        with _faults(file.filename):
            return in_parts(file.url, self._web)

    def _downloaded(self, file: ReleaseFile) -> IO[bytes]:
        """Download it whole, to memory or, when it is big, to the disk."""
        content = SpooledTemporaryFile[bytes](max_size=IN_MEMORY)
        try:
            with _faults(file.filename), self._web.open(file.url, AS_IS) as response:
                for chunk in self._web.chunks(response):
                    _keep(chunk, content, file)
        except BaseException:
            content.close()
            raise
        return content


class Wheel:
    """An open wheel."""

    def __init__(self, opened: ZipFile, filename: str) -> None:
        """Take the open zip and the name to call it by."""
        self._zip = opened
        self._filename = filename

    def names(self) -> Sequence[str]:
        """Give the paths of its files, sorted."""
        return sorted(
            {one.filename for one in self._zip.infolist() if not one.is_dir()}
        )

    def read(self, name: str) -> bytes:
        """Give the bytes of one file. Raises `IndexFault` when they cannot be had."""
        try:
            member = self._zip.getinfo(name)
        except KeyError:
            raise IndexFault(f"{self._filename} holds no {name}") from None
        if member.file_size > MEMBER_LIMIT:
            size = f"{member.file_size:,} bytes"
            raise IndexFault(f"{self._filename}: {name} would unpack to {size}")
        with _faults(self._filename):
            return self._zip.read(member)


def _on_disk(file: ReleaseFile, path: Path) -> IO[bytes]:
    """Open a local file. Raises `IndexFault` when it cannot be."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise IndexFault(f"{file.filename} is not there any more") from None
    except OSError as error:
        raise IndexFault(f"{file.filename} cannot be read: {error.strerror}") from error


def _keep(chunk: bytes, content: IO[bytes], file: ReleaseFile) -> None:
    """Write a chunk. Raises `StoreFault` when there is no room."""
    try:
        content.write(chunk)
    except OSError as error:
        raise StoreFault(f"{file.filename} found no room: {error.strerror}") from error


def _check(file: ReleaseFile, content: IO[bytes]) -> None:
    """Compare with the hash that the index gave, if it gave one."""
    if file.sha256 is None:
        return
    content.seek(0)
    digest = hashlib.sha256()
    for chunk in iter(lambda: content.read(CHUNK), b""):
        digest.update(chunk)
    if digest.hexdigest() != file.sha256:
        words = "does not match the hash that the index promised"
        raise IndexFault(f"{file.filename} {words}")


def _as_zip(file: ReleaseFile, content: IO[bytes]) -> ZipFile:
    """Open it as a zip. Raises `IndexFault` when it is none."""
    with _faults(file.filename):
        return ZipFile(content)


@contextmanager
def _faults(filename: str) -> Iterator[None]:
    """Turn whatever a bad wheel or a bad line makes libraries raise into one line."""
    try:
        yield
    except Absent:
        words = "is not there, although the index lists it"
    except Exception as error:
        told = _told(error)
        if told is None:
            raise
        words = told
    else:
        return
    # Without the cause, whose words may quote an address with what is secret in it.
    raise IndexFault(f"{filename} {words}") from None


def _told(error: Exception) -> str | None:
    """Say what is wrong, if the wheel or the line is."""
    from remotezip import (  # type: ignore[import-untyped] # has no types at all
        RemoteIOError,
        RemoteZipError,
    )
    from urllib3.exceptions import HTTPError

    if isinstance(error, (HTTPError, RemoteIOError)):
        return "broke off before its end"
    if isinstance(error, (RemoteZipError, *_DAMAGED)):
        return f"is damaged ({type(error).__name__})"
    return None
