"""Opens a wheel by reading only those parts of it that are wanted.

Imported when one is first read so: its library brings the network's with it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from zipfile import ZipFile

from remotezip import (  # type: ignore[import-untyped] # has no types at all
    RangeNotSupported,
    RemoteFetcher,
    RemoteZip,
)

from compatcheck.index.connected import AS_IS, BadStatus
from compatcheck.index.web import Web

_NO_RANGES = (400, 405, 416, 501)
"""How servers refuse ranges, above all those that count from the end."""


def in_parts(url: str, web: Web) -> ZipFile | None:
    """Open it by ranged reads; None where the server does not know them.

    Raises whatever remotezip and the network do, and `IndexFault`.
    """

    def fetcher(url: str, *_unused: object, **_options: object) -> _Fetcher:
        return _Fetcher(url, web)

    try:
        opened: ZipFile = RemoteZip(url, fetcher=fetcher)
    except RangeNotSupported:
        return None
    return opened


class _Fetcher(RemoteFetcher):  # type: ignore[misc] # remotezip has no types
    """Lets remotezip ask through our own door, so that all its rules hold there too."""

    def __init__(self, url: str, web: Web) -> None:
        """Take the address and the door."""
        super().__init__(url)
        self._web = web

    def _request(self, kwargs: dict[str, Any]) -> tuple[Any, str]:
        """Give the raw answer and which part of the file it is."""
        try:
            response = self._web.ask(self._url, {**kwargs["headers"], **AS_IS})
        except BadStatus as fault:
            if fault.status in _NO_RANGES:
                raise RangeNotSupported from None
            raise
        part = response.headers.get("Content-Range")
        if response.status_code != HTTPStatus.PARTIAL_CONTENT or part is None:
            response.close()
            raise RangeNotSupported
        return response.raw, part
