"""The two parts that need a library: loaded late, tried out, or known to be unusable.

An import proves little: a library can be imported and fail with the first message. So
each part answers one message of its own before it is called usable.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from market_server.causes import cause_of
from market_server.market.bundled import BundledSource
from market_server.market.service import MarketService
from market_server.refusals import Refusal, unusable
from market_server.settings import Settings
from market_server.stores.memory import MemoryShelf
from market_server.stores.shelf import Shelf

if TYPE_CHECKING:  # they import the libraries, which is done late and in one place
    from market_server.agent.assistant import Assistant
    from market_server.native.door import Door

logger = logging.getLogger("market_server")

_T = TypeVar("_T")

_QUESTION: Final = "What is the quote of AAPL?"
_REQUEST: Final = json.dumps(
    {
        "type": "threads.create",
        "params": {
            "input": {
                "content": [{"type": "input_text", "text": _QUESTION}],
                "attachments": [],
                "inference_options": {},
            }
        },
    }
).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A part that cannot be used here."""

    part: str
    cause: str

    def refusal(self) -> Refusal:
        """What is answered instead."""
        return unusable(self.part, self.cause)


async def _open_agents(settings: Settings, market: MarketService) -> Assistant:
    from market_server.agent.assistant import Assistant

    await _answers(Assistant(_offline(settings), _sample()))
    return Assistant(settings, market)


async def _answers(assistant: Assistant) -> None:
    """Raise unless the agent calls its tool and tells what it found."""
    reply = await assistant.reply([("user", _QUESTION)])
    if reply.failures:
        raise reply.failures[0]
    if [call.name for call in reply.calls] != ["show_stock_quote"] or not reply.text:
        raise RuntimeError("the agent does not call its tools")


async def _open_chatkit(
    settings: Settings, shelf: Shelf, market: MarketService
) -> Door:
    from market_server.agent.assistant import Assistant
    from market_server.native.door import Door

    sample = _sample()
    rehearsed = Assistant(_offline(settings), sample)
    await Door(MemoryShelf(), rehearsed, sample).rehearse(_REQUEST)
    return Door(shelf, Assistant(settings, market), market)


async def open_assistant(
    settings: Settings, market: MarketService
) -> Assistant | Unusable:
    """The agent, after it has answered; or why it cannot."""
    return await _tried("agents", lambda: _open_agents(settings, market))


async def open_door(
    settings: Settings, shelf: Shelf, market: MarketService
) -> Door | Unusable:
    """The native server, after it has streamed a widget; or why it cannot."""
    return await _tried("chatkit", lambda: _open_chatkit(settings, shelf, market))


def try_out(part: Literal["agents", "chatkit"]) -> None:
    """Raise what makes a part unusable: the statement that a doctor can replay."""
    settings, market = _offline(None), _sample()
    if part == "agents":
        asyncio.run(_open_agents(settings, market))
    else:
        asyncio.run(_open_chatkit(settings, MemoryShelf(), market))


async def _tried(part: str, opening: Callable[[], Awaitable[_T]]) -> _T | Unusable:
    try:
        return await opening()
    except Exception as error:
        cause = await asyncio.to_thread(cause_of, part, error)
        logger.exception("%s cannot be used: %s", part, cause)
        return Unusable(part=part, cause=cause)


def _sample() -> MarketService:
    return MarketService(BundledSource())


def _offline(settings: Settings | None) -> Settings:
    """The same without OpenAI: nothing is tried out at somebody's cost."""
    secret = settings.secret if settings else ""
    return Settings(secret=secret, database="memory:")
