"""The one way into the native server: a body in, JSON or a stream out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from chatkit.server import StreamingResult
from chatkit.store import NotFoundError
from pydantic import ValidationError

from market_server.agent.assistant import Assistant
from market_server.market.service import MarketService
from market_server.native.server import MarketChat
from market_server.native.store import Visit
from market_server.refusals import Refusal, bad_request, not_found, not_json
from market_server.relay import Relay
from market_server.stores.shelf import Shelf

_UNKNOWN_OP: Final = {"union_tag_invalid", "union_tag_not_found"}
"""pydantic's kinds of errors where no request has that `type`."""


class Door:
    """Asks the server, and turns its exceptions into refusals."""

    def __init__(
        self, shelf: Shelf, assistant: Assistant, market: MarketService
    ) -> None:
        """Open a server on this shelf."""
        self._server = MarketChat(shelf, assistant, market)

    async def answer(self, body: bytes, owner: str) -> bytes | Relay:
        """What the server answers to an owner. Raises `Refusal`."""
        return await self._answer(body, Visit(owner=owner))

    async def rehearse(self, body: bytes) -> bytes:
        """The whole stream that answers a body; raises what made a reply fail."""
        visit = Visit(owner="rehearsal")
        frames = await self._answer(body, visit)
        if isinstance(frames, bytes):
            raise TypeError("a message was not answered by a stream")
        told = b"".join([frame async for frame in frames])
        if visit.failures:
            raise visit.failures[0]
        if b'"type":"error"' in told or b'"type":"widget"' not in told:
            raise RuntimeError("the reply has no widget, or ends in an error")
        return told

    async def _answer(self, body: bytes, visit: Visit) -> bytes | Relay:
        try:
            result = await self._server.process(body, visit)
            if not isinstance(result, StreamingResult):
                return result.json
            relay = Relay(_bytes(result))
            await relay.begin()
        except ValidationError as error:
            raise _refusal(error) from error
        except NotFoundError as error:
            raise not_found("thread or item") from error
        except NotImplementedError as error:
            message = "this server does not do that"
            raise Refusal(501, "not_supported", message) from error
        return relay


async def _bytes(result: StreamingResult) -> AsyncIterator[bytes]:
    async for event in result:
        yield event


def _refusal(error: ValidationError) -> Refusal:
    """What is wrong with a request, without repeating what was sent."""
    fault = error.errors(include_url=False, include_input=False)[0]
    if fault["type"] == "json_invalid":
        return not_json()
    if fault["type"] in _UNKNOWN_OP:
        message = "the body's `type` names nothing that this server does"
        return Refusal(400, "unknown_op", message)
    place = ".".join(str(step) for step in fault["loc"])
    return bad_request(f"{place}: {fault['msg']}")
