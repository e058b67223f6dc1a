# /// script
# dependencies = ["httpx", "uvicorn"]
# [tool.compatcheck]
# timeout = 60
# ///
"""The app as a client meets it: widgets, REST, and what it says when it is damaged."""

from __future__ import annotations

import sys

from _app import BEARER, done, is_well, say, serving

WIDGETS = {
    "What is the quote of AAPL?": ("Card", "268.40 USD"),
    "news about MSFT": ("ListView", "wind power"),
    "what is due this week?": ("Card", "Job openings"),
}


async def scenario_widgets_are_streamed() -> None:
    """Each tool shows its widget over ChatKit, and the text follows it."""
    async with serving() as client:
        await is_well(client)
        for question, (kind, shown) in WIDGETS.items():
            told = await say(client, question)
            assert not [event for event in told if event["type"] == "error"], told
            (widget,) = done(told, "widget")
            (reply,) = done(told, "assistant_message")
            assert widget["widget"]["type"] == kind, widget
            assert shown in str(widget["widget"]), widget
            assert reply["content"][0]["text"] == widget["copy_text"], reply


async def scenario_rest_answers() -> None:
    """A message over REST is answered with the tool's data, and is kept."""
    async with serving() as client:
        body = {"message": "What costs AAPL?"}
        answer = await client.post("/api/ann/chat", headers=BEARER, json=body)
        assert answer.is_success, answer.text
        told = answer.json()
        assert "268.40 USD" in told["response"], told
        assert [it["name"] for it in told["tool_calls"]] == ["show_stock_quote"], told
        path = f"/api/ann/conversations/{told['conversation_id']}/messages"
        kept = (await client.get(path, headers=BEARER)).json()["messages"]
        assert [it["role"] for it in kept] == ["user", "assistant"], kept


async def scenario_app_goes_on_without_chatkit() -> None:
    """Where chatkit cannot be imported, it is 503 with the cause, and REST goes on."""
    _hide("chatkit")
    async with serving() as client:
        native = await client.post("/chatkit/sdk", json={})
        _is_unusable(native.status_code, native.json(), "chatkit")
        why = (await client.get("/health")).json()["why"]
        assert native.json()["message"] in why, why
        body = {"message": "What costs AAPL?"}
        answer = await client.post("/api/ann/chat", headers=BEARER, json=body)
        assert answer.is_success, answer.text


async def scenario_app_starts_without_agents() -> None:
    """Where agents cannot be imported, chat is 503 both ways, and the rest goes on."""
    _hide("agents")
    async with serving() as client:
        native = await client.post("/chatkit/sdk", json={})
        _is_unusable(native.status_code, native.json(), "chatkit")
        body = {"message": "What costs AAPL?"}
        chat = await client.post("/api/ann/chat", headers=BEARER, json=body)
        _is_unusable(chat.status_code, chat.json(), "agents")
        kept = await client.get("/api/ann/conversations", headers=BEARER)
        assert kept.is_success, kept.text


def _hide(name: str) -> None:
    """Let no module of that name be imported: a cell's own files cannot be damaged.

    https://docs.python.org/3/reference/import.html#the-module-cache
    """
    for module in [it for it in sys.modules if it.partition(".")[0] == name]:
        del sys.modules[module]
    sys.modules[name] = None  # type: ignore[assignment] # which is how it is said


def _is_unusable(status: int, told: dict[str, str], part: str) -> None:
    assert (status, told["code"]) == (503, f"{part}_unusable"), told
    assert told["message"], told
