"""With a key, the model is OpenAI's: asked over HTTP, here by a stand-in for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from living import PATIENCE, Serve, until
from market_server.agent.rules import Words
from market_server.agent.scripted import _decided
from market_server.agent.speech import events_of, outputs_of
from talking import done, say, words


def _stand_in(seen: list[tuple[str, dict[str, Any]]]) -> FastAPI:
    """Answers as the Responses API does, and notes what it was sent."""
    app = FastAPI()

    @app.post("/{path:path}")
    async def answer(path: str, request: Request) -> Response:
        asked = await request.json()
        key = request.headers.get("authorization")
        seen.append((path, {**asked, "key": key}))
        decided = _decided(asked["input"])
        if isinstance(decided, Words):
            decided = Words(text=f"From afar: {decided.text}")
        events = list(events_of(outputs_of(decided)))
        if not asked.get("stream"):
            return Response(_json(events[-1].response), media_type="application/json")
        frames = [f"event: {it.type}\ndata: {_json(it)}\n\n" for it in events]
        return Response("".join(frames), media_type="text/event-stream")

    return app


def _json(made: Any) -> str:
    """What was built without validation, as JSON: its warnings are about just that."""
    return str(made.model_dump_json(warnings=False))


@contextmanager
def _listening(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        until(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        server.should_exit = True
        thread.join(PATIENCE)


def test_key_chooses_the_model(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways ask OpenAI's model by its name and with the key, and send no traces."""
    seen: list[tuple[str, dict[str, Any]]] = []
    with _listening(_stand_in(seen)) as url:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-stand-in")
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        live = serve(openai=True, model="gpt-stand-in")
        with live.client() as client, live.client("ann") as ann:
            assert client.get("/health").json()["model"] == "openai"
            assert seen == [], "trying out its parts cost the owner money"
            told = say(client, "What costs AAPL?")
            rest = ann.post("/api/ann/chat", json={"message": "say hello"}).json()
    (widget,) = done(told, "widget")
    (reply,) = done(told, "assistant_message")
    assert "268.40 USD" in str(widget)
    assert words(reply).startswith("From afar: Apple Inc. (AAPL): 268.40 USD")
    assert rest["response"] == "From afar: hello"
    assert {path for path, _ in seen} == {"v1/responses"}
    for _, asked in seen:
        assert (asked["model"], asked["key"]) == ("gpt-stand-in", "Bearer sk-stand-in")
        assert sorted(tool["name"] for tool in asked["tools"]) == [
            "show_economic_calendar",
            "show_market_news",
            "show_stock_quote",
        ]
