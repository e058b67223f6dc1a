"""Opens wheels where they lie: on disk, downloaded whole, or read in parts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from lzma import LZMAError
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from remotezip import (  # type: ignore[import-untyped] # has no types at all
    RangeNotSupported,
    RemoteFetcher,
    RemoteIOError,
    RemoteZip,
    RemoteZipError,
)
from urllib3.exceptions import HTTPError

from compatcheck.errors import IndexFault, StoreFault
from compatcheck.index.folders import local_path
from compatcheck.index.web import CHUNK, Absent, BadStatus, Client, Web
from compatcheck.model import ReleaseFile

MEMBER_LIMIT = 64 * 1024 * 1024
"""Bytes that one file in a wheel may unpack to: far more than any module has."""

IN_MEMORY = 16 * 1024 * 1024
"""Bytes of a download that are held in memory before it goes to the disk."""

_AS_IS = {"Accept-Encoding": "identity"}
"""A wheel is packed already, and a part of a packed answer would be of no use."""

_NO_RANGES = (400, 405, 416, 501)
"""How servers refuse ranges, above all those that count from the end."""

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

        def fetcher(url: str, *_unused: object, **_options: object) -> _Fetcher:
            return _Fetcher(url, self._web)

        with _faults(file.filename):
            try:
                opened: ZipFile = RemoteZip(file.url, fetcher=fetcher)
            except RangeNotSupported:
                return None
            return opened

    def _downloaded(self, file: ReleaseFile) -> IO[bytes]:
        """Download it whole, to memory or, when it is big, to the disk."""
        content = SpooledTemporaryFile[bytes](max_size=IN_MEMORY)
        try:
            with _faults(file.filename), self._web.open(file.url, _AS_IS) as response:
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


class _Fetcher(RemoteFetcher):  # type: ignore[misc] # remotezip has no types
    """Lets remotezip ask through our own door, so that all its rules hold there too."""

    def __init__(self, url: str, web: Web) -> None:
        """Take the address and the door."""
        super().__init__(url)
        self._web = web

    def _request(self, kwargs: dict[str, Any]) -> tuple[Any, str]:
        """Give the raw answer and which part of the file it is."""
        try:
            response = self._web.ask(self._url, {**kwargs["headers"], **_AS_IS})
        except BadStatus as fault:
            if fault.status in _NO_RANGES:
                raise RangeNotSupported from None
            raise
        part = response.headers.get("Content-Range")
        if response.status_code != HTTPStatus.PARTIAL_CONTENT or part is None:
            response.close()
            raise RangeNotSupported
        return response.raw, part


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
    except (HTTPError, RemoteIOError):
        words = "broke off before its end"
    except (RemoteZipError, *_DAMAGED) as error:
        words = f"is damaged ({type(error).__name__})"
    else:
        return
    # Without the cause, whose words may quote an address with what is secret in it.
    raise IndexFault(f"{filename} {words}") from None
