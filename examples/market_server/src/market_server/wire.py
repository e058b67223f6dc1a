"""What holds for every request: its correlation id, its size, and a last resort."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from market_server import correlation
from market_server.limits import read_whole
from market_server.refusals import Refusal, not_json, store_is_down
from market_server.stores.shelf import ShelfDown

logger = logging.getLogger("market_server")

_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}


def answer(refusal: Refusal) -> JSONResponse:
    """What a client is told of a refusal."""
    told = {
        "code": refusal.code,
        "message": refusal.message,
        "correlation_id": correlation.current(),
    }
    return JSONResponse(told, refusal.status, refusal.headers)


class Wire:
    """Stands before the app as pure ASGI, so that streams pass unhindered."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        """Stand before an app, and let bodies of this many bytes pass."""
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(correlation.HEADER.encode())
        known = correlation.begin(given.decode("latin-1") if given else None)
        begun = False

        async def send_marked(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                pair = (correlation.HEADER.encode(), known.encode())
                message["headers"] = [*message.get("headers", ()), pair]
            await send(message)

        try:
            whole = await read_whole(scope, receive, self._most)
            await self._app(scope, whole, send_marked)
        except ClientDisconnect:
            logger.info("the client went away [%s]", known)
        except Exception as error:
            if begun:  # too late for another answer: let the server cut the line
                raise
            await answer(_refusal_of(error))(scope, receive, send_marked)


def _refusal_of(error: Exception) -> Refusal:
    """What is told of an exception that nobody else took; the rest is for the log."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ShelfDown):
        logger.error("the store does not answer [%s]: %s", correlation.current(), error)
        return store_is_down()
    logger.error("a request failed [%s]", correlation.current(), exc_info=error)
    return Refusal(500, "internal_error", "something went wrong here; the log knows")


def _first_fault(error: RequestValidationError) -> Refusal:
    """Where the first fault is and what it is, without what was sent."""
    fault = error.errors()[0]
    if fault["type"] == "json_invalid":  # the same word as over ChatKit
        return not_json()
    place = ".".join(str(step) for step in fault["loc"])
    return Refusal(422, "invalid_request", f"{place}: {fault['msg']}")


def speak_json(app: FastAPI, most: int) -> None:
    """Let every refusal be JSON, the framework's own ones too."""
    app.add_middleware(Wire, most=most)

    @app.exception_handler(Refusal)
    async def _refused(_: Request, error: Refusal) -> JSONResponse:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return answer(_first_fault(error))

    @app.exception_handler(HTTPException)
    async def _other(_: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "refused")
        return answer(
            Refusal(error.status_code, code, str(error.detail), error.headers)
        )
