"""What an app holds while it runs, and how it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI

from market_server.causes import one_line
from market_server.market.service import MarketService
from market_server.market.source import MarketSource
from market_server.parts import Unusable, open_assistant, open_door
from market_server.relay import Relay
from market_server.settings import Settings
from market_server.stores.choose import open_shelf
from market_server.stores.shelf import MissingError, Place, Shelf, ShelfDown

if TYPE_CHECKING:  # they import the libraries, which is done late and in one place
    from market_server.agent.assistant import Assistant
    from market_server.native.door import Door

_PATIENCE: Final = 10.0
"""Seconds that streams have to store what was said when the server is shut down."""


@dataclass(slots=True, kw_only=True)
class House:
    """All parts of a running app."""

    settings: Settings
    shelf: Shelf
    assistant: Assistant | Unusable
    door: Door | Unusable
    _streams: set[asyncio.Task[None]] = field(default_factory=set)

    def watch(self, relay: Relay) -> None:
        """Hold on to a stream until it has ended, which may be after its answer."""
        self._streams.add(relay.task)
        relay.task.add_done_callback(self._streams.discard)

    async def health(self) -> dict[str, Any]:
        """How it is, and in one line why it is not well."""
        store = await self._store()
        why = _line(self.door, self.assistant, store)
        return {
            "status": "degraded" if why else "ok",
            "why": why,
            "parts": {
                "chatkit": _told(self.door),
                "agents": _told(self.assistant),
                "store": store or "ok",
            },
            "model": "openai" if self.settings.openai else "scripted",
        }

    async def close(self) -> None:
        """End the streams, then let go of the store."""
        for task in self._streams:
            task.cancel()
        if self._streams:
            await asyncio.wait(self._streams, timeout=_PATIENCE)
        await self.shelf.close()

    async def _store(self) -> str | None:
        """Why the store cannot be used; None if it can."""
        try:
            await self.shelf.load(Place(owner="health", kind="health"), "health")
        except MissingError:
            pass
        except ShelfDown as error:
            return one_line(str(error))
        return None


def _told(part: object) -> str:
    return part.cause if isinstance(part, Unusable) else "ok"


def _line(door: object, assistant: object, store: str | None) -> str | None:
    """Everything that is wrong in one line; None where nothing is."""
    said = []
    if isinstance(door, Unusable):
        said.append(f"/chatkit/sdk answers 503: {door.cause}")
    if isinstance(assistant, Unusable):
        same = isinstance(door, Unusable) and door.cause == assistant.cause
        cause = "for the same cause" if same else assistant.cause
        said.append(f"chat over REST answers 503: {cause}")
    if store:
        said.append(f"the store does not answer: {store}")
    return "degraded: " + " | ".join(said) if said else None


@asynccontextmanager
async def opened(settings: Settings, source: MarketSource) -> AsyncIterator[House]:
    """A house whose parts are tried out. Raises `ShelfDown` without a store."""
    market = MarketService(source)
    shelf = await open_shelf(settings.database)
    # The door first: where both fail, the log ends with what is wrong with agents.
    door = await open_door(settings, shelf, market)
    assistant = await open_assistant(settings, market)
    house = House(settings=settings, shelf=shelf, assistant=assistant, door=door)
    try:
        yield house
    finally:
        await house.close()


def house_of(app: FastAPI) -> House:
    """The house of a running app."""
    house = app.state.house
    if not isinstance(house, House):
        raise TypeError("the app has not been started")
    return house
