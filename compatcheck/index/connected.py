"""What asks the network, and what comes of it, without the network's libraries."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from compatcheck.errors import IndexFault
from compatcheck.index.locations import IndexSettings

if TYPE_CHECKING:
    from compatcheck.index.web import Web

CHUNK = 64 * 1024
"""Bytes read at a time."""

AS_IS = {"Accept-Encoding": "identity"}
"""A wheel is packed already, and a part of a packed answer would be of no use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long, in seconds, and how often is asked before it is called a fault."""

    answer: float = 15.0
    """For a connection, and for each silence while an answer comes in."""
    total: float = 120.0
    """For the whole of one answer; a big wheel on a slow line needs minutes."""
    retries: int = 3
    backoff: float = 0.25
    """Before the second retry; doubled for each further one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, read whole."""

    url: str
    """Where it came from in the end, for links that are relative to it."""
    content_type: str
    body: bytes


class Absent(Exception):
    """The server knows no such thing (404, 410); never leaves this room."""


class BadStatus(IndexFault):
    """The server refused or failed, with a status of 400 or more."""

    def __init__(self, message: str, status: int) -> None:
        """Hold the status beside the words."""
        super().__init__(message)
        self.status = status


class Client:
    """Whatever asks the user's indexes: it has connections, and lets go of them."""

    def __init__(
        self, settings: IndexSettings, *, patience: Patience | None = None
    ) -> None:
        """Remember the settings; nothing is asked yet."""
        self._settings = settings
        self._patience = patience or Patience()
        self._guard = threading.Lock()
        self._opened: Web | None = None
        self._stopped = False

    @property
    def _web(self) -> Web:
        """The door to the network, made when it is first gone through."""
        from compatcheck.index.web import Web

        with self._guard:
            if self._opened is None:
                self._opened = Web(self._settings, self._patience)
                if self._stopped:
                    self._opened.stop()
            return self._opened

    def stop(self) -> None:
        """Free whoever waits for an answer: it is a fault now, and so is all later.

        From any thread, and from a handler of signals: no lock is taken.
        """
        self._stopped = True
        if self._opened is not None:
            self._opened.stop()

    def __enter__(self) -> Self:
        """Give itself; connections are closed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        if self._opened is not None:
            self._opened.close()
