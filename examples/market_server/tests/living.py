"""An app that is served by uvicorn on loopback, in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import uvicorn
from market_server.app import create_app
from market_server.house import House, house_of
from market_server.market.source import MarketSource
from market_server.settings import KEEP_ALIVE, Settings
from market_server.tokens import issue

SECRET = "0123456789abcdef0123456789abcdef"
PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Live:
    """A running app."""

    url: str
    house: House

    def client(self, user: str | None = None) -> httpx.Client:
        """Somebody new who talks with it, or a user with a token."""
        headers = {} if user is None else bearer(user)
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE)

    def clients(self) -> httpx.AsyncClient:
        """Likewise, for many at the same time."""
        many = httpx.Limits(max_connections=None)
        return httpx.AsyncClient(base_url=self.url, timeout=PATIENCE, limits=many)


class Serve(Protocol):
    """Starts an app; it ends with the test."""

    def __call__(self, *, source: MarketSource | None = None, **settings: Any) -> Live:
        """Serve with these settings, and with a store in memory if none is named."""
        ...


def bearer(user: str, **given: Any) -> dict[str, str]:
    """The header that names a user."""
    return {"Authorization": f"Bearer {issue(SECRET, user, **given)}"}


@contextmanager
def served(*, source: MarketSource | None = None, **settings: Any) -> Iterator[Live]:
    """Serve an app until the end of the block."""
    chosen = Settings(**{"secret": SECRET, "database": "memory:", **settings})
    app = create_app(chosen, source)
    config = uvicorn.Config(
        app,
        log_level="warning",
        lifespan="on",
        backlog=1024,
        timeout_keep_alive=KEEP_ALIVE,
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive())
        assert server.started, "the app did not start"
        port = listener.getsockname()[1]
        yield Live(url=f"http://127.0.0.1:{port}", house=house_of(app))
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
        assert not thread.is_alive(), "the app did not end"


def until(true: Any, patience: float = PATIENCE) -> None:
    """Wait until something holds."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
