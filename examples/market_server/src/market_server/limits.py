"""Bodies that are too large are refused without being kept."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.types import Message, Receive, Scope

from market_server.refusals import Refusal

_DRAINED: Final = 64 * 1024 * 1024
"""Bytes that are read and thrown away: who is still sending does not hear an answer."""

_PATIENCE: Final = 10.0
"""Seconds for the same."""


def _too_large(most: int) -> Refusal:
    return Refusal(413, "body_too_large", f"a body may have {most} bytes at most")


def _declared(scope: Scope) -> int:
    """What the client says that it will send; 0 where it does not say so."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() else 0


async def _drain(receive: Receive) -> None:
    left = _DRAINED
    while left > 0:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return
        left -= len(message.get("body", b""))


async def read_whole(scope: Scope, receive: Receive, most: int) -> Receive:
    """Read the body, and give it again. Raises a 413 `Refusal` where it is too large.

    It is read before anything else happens, so no route has to think of it.
    """
    chunks: list[Message] = []
    size, more = 0, True
    fits = _declared(scope) <= most
    while fits and more:
        message = await receive()
        chunks.append(message)
        size += len(message.get("body", b""))
        fits = size <= most
        more = message["type"] == "http.request" and message.get("more_body", False)
    if not fits:
        chunks.clear()
        try:
            async with asyncio.timeout(_PATIENCE):
                await _drain(receive)
        except TimeoutError:
            pass
        raise _too_large(most)

    async def again() -> Message:
        return chunks.pop(0) if chunks else await receive()

    return again
