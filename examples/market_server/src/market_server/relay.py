"""A stream that is made in a task of its own, whatever becomes of who reads it.

A framework cancels an answer again and again once the client has gone, so that nothing
in it can wait any more, not even to store what was said so far. The task here is
cancelled once, and then has the time that it takes.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from market_server import correlation

logger = logging.getLogger("market_server")

_Frame = bytes | Exception | None
"""Something to send, what the stream raised, or its end."""


class Relay:
    """Passes on what a stream yields."""

    def __init__(self, frames: AsyncIterator[bytes]) -> None:
        """Begin to read the stream."""
        # Without a bound: its maker is only ever found waiting in the stream itself,
        # where it learns that it is cancelled. A reply is no longer than a reply.
        self._queue: asyncio.Queue[_Frame] = asyncio.Queue()
        self._first: list[_Frame] = []
        self.task = asyncio.create_task(self._read(frames))

    async def begin(self) -> None:
        """Wait for the first frame. Raises what the stream raises instead of one."""
        frame = await self._queue.get()
        if isinstance(frame, Exception):
            raise frame
        self._first.append(frame)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """All frames, and an error event where the stream breaks."""
        while True:
            frame = self._first.pop() if self._first else await self._queue.get()
            if frame is None:
                return
            if isinstance(frame, Exception):
                yield _broken(frame)
                return
            yield frame

    def stop(self) -> None:
        """Let the stream end where it is; it is not waited for."""
        self.task.cancel()

    async def _read(self, frames: AsyncIterator[bytes]) -> None:
        try:
            async for frame in frames:
                self._queue.put_nowait(frame)
        except Exception as error:  # noqa: BLE001 - it is passed on
            self._queue.put_nowait(error)
        else:
            self._queue.put_nowait(None)


class EventStream(StreamingResponse):
    """Server-sent events; when the answer is over, however it ends, so is the relay."""

    media_type = "text/event-stream"

    def __init__(self, relay: Relay) -> None:
        """Answer with what the relay passes on."""
        # No proxy may collect the events before it passes them on.
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
        super().__init__(aiter(relay), headers=headers)
        self._relay = relay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._relay.stop()


def _broken(error: Exception) -> bytes:
    """What a client is told when a stream breaks off, as chatkit tells errors."""
    known = correlation.current()
    logger.error("a stream broke [%s]", known, exc_info=error)
    message = f"The reply could not be finished ({known})."
    told = {
        "type": "error",
        "code": "custom",
        "message": message,
        "allow_retry": True,
    }
    return b"data: " + json.dumps(told).encode() + b"\n\n"
