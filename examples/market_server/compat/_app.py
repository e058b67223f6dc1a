"""The app, served by uvicorn on a loopback port in the scenario's own loop.

In its own thread, so that an exception that the app only logs is the one that
compatcheck tells.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from market_server.app import create_app
from market_server.settings import Settings
from market_server.tokens import issue

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - keeps nothing secret
BEARER = {"Authorization": f"Bearer {issue(SECRET, 'ann')}"}


@asynccontextmanager
async def serving() -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app that has been started."""
    app = create_app(Settings(secret=SECRET, database="memory:"))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not running.done():  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.01)
        assert server.started, "the app does not start"
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            # One id for all requests: equal failures read equally.
            named = {"X-Correlation-ID": "scenario"}
            async with httpx.AsyncClient(
                base_url=url, timeout=30, headers=named
            ) as client:
                yield client
        finally:
            server.should_exit = True
            await running


async def is_well(client: httpx.AsyncClient) -> None:
    """Check that no part is degraded; else the cause is told."""
    health = (await client.get("/health")).json()
    assert health["status"] == "ok", health["why"]


async def say(client: httpx.AsyncClient, text: str) -> list[dict[str, Any]]:
    """The events that answer a message in a new thread."""
    told = {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "inference_options": {},
    }
    body = {"type": "threads.create", "params": {"input": told}}
    answer = await client.post("/chatkit/sdk", json=body)
    assert answer.status_code == 200, answer.text  # noqa: PLR2004 - HTTP's OK
    frames = answer.text.split("\n\n")
    assert frames.pop() == "", "the stream ends within an event"
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


def done(told: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The finished items of a kind."""
    items = (it["item"] for it in told if it["type"] == "thread.item.done")
    return [item for item in items if item["type"] == kind]
