"""The app: its routes, joined."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response

from market_server.house import house_of, opened
from market_server.market.bundled import BundledSource
from market_server.market.source import MarketSource
from market_server.parts import Unusable
from market_server.relay import EventStream, Relay
from market_server.rest.routes import router
from market_server.settings import Settings, read_settings
from market_server.visitors import visitor_of
from market_server.wire import speak_json

logger = logging.getLogger("market_server")


def create_app(
    settings: Settings | None = None, source: MarketSource | None = None
) -> FastAPI:
    """An app with these settings, else with what the environment says.

    Neither chatkit nor agents is imported before it is started.
    """
    chosen = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(chosen, source or BundledSource()) as house:
            app.state.house = house
            why = (await house.health())["why"]
            if why:
                logger.warning("%s", why)
            yield

    app = FastAPI(title="Market server", lifespan=lifespan)
    speak_json(app, chosen.body_limit)
    app.include_router(router)
    app.add_api_route("/chatkit/sdk", chatkit_sdk, methods=["POST"])
    app.add_api_route("/health", health, methods=["GET"])
    return app


async def chatkit_sdk(request: Request) -> Response:
    """What a ChatKit client sends, to the native server and back."""
    house = house_of(request.app)
    if isinstance(house.door, Unusable):
        raise house.door.refusal()
    visitor = visitor_of(request, house.settings.secret)
    answer = await house.door.answer(await request.body(), visitor.owner)
    response: Response
    if isinstance(answer, Relay):
        house.watch(answer)
        response = EventStream(answer)
    else:
        response = Response(answer, media_type="application/json")
    visitor.mark(response)
    return response


async def health(request: Request) -> dict[str, Any]:
    """How the server is."""
    return await house_of(request.app).health()
