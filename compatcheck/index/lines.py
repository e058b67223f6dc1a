"""Connections that are known while they are open, so that all can be cut at once."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any, Final, TypeAlias
from weakref import ref

from requests.adapters import HTTPAdapter
from urllib3 import (
    HTTPConnectionPool,
    HTTPSConnectionPool,
    PoolManager,
    ProxyManager,
    Retry,
)
from urllib3.connection import HTTPConnection, HTTPSConnection

from compatcheck.errors import IndexFault

CUT: Final = "stopped"
"""All that is said of what was asked when the lines were cut, or after that."""

_Pools: TypeAlias = dict[str, type[HTTPConnectionPool]]
"""The classes that urllib3 makes pools of, by scheme."""


class Lines:
    """All connections of a door to the network. Safe between threads and in signals."""

    def __init__(self) -> None:
        """Have none."""
        self._guard = threading.Lock()
        self._sockets: list[ref[socket.socket]] = []
        self._cut = False
        self._pools = _pools(self)

    def cut(self) -> None:
        """Have whoever waits for an answer raise at once, and nobody ask any more.

        Locks nothing: a handler of signals may come in between anything.
        """
        self._cut = True
        for known in tuple(self._sockets):
            _shut(known())

    def check(self) -> None:
        """Raise `IndexFault` where they are cut."""
        if self._cut:
            raise IndexFault(CUT)

    def take(self, line: object) -> None:
        """Know a connection that has just been opened."""
        if isinstance(line, socket.socket):
            with self._guard:
                living = [it for it in self._sockets if it() is not None]
                self._sockets = [*living, ref(line)]
            if self._cut:
                _shut(line)

    def adapter(self, retries: Retry) -> HTTPAdapter:
        """What has a session of requests open these lines and no others."""
        return _Adapter(self._pools, retries)


class _Adapter(HTTPAdapter):
    """Gives urllib3 connections that tell when they are opened."""

    def __init__(self, pools: _Pools, retries: Retry) -> None:
        self._pools = pools
        super().__init__(max_retries=retries)

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - handed on
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **named: Any) -> PoolManager:  # noqa: ANN401 - handed on
        manager: PoolManager = super().proxy_manager_for(proxy, **named)
        if isinstance(manager, ProxyManager):  # one for SOCKS has pools of its own
            manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(lines: Lines) -> _Pools:

    class Plain(HTTPConnection):
        def connect(self) -> None:
            lines.check()
            super().connect()
            lines.take(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            lines.check()
            super().connect()
            lines.take(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _shut(line: socket.socket | None) -> None:
    if line is not None:
        # Past TLS, which would first say goodbye: who reads there sees the end.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)
