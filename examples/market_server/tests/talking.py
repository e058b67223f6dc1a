"""What a ChatKit client sends, and how it reads what comes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import httpx

Event = dict[str, Any]


def message(text: str, thread: str | None = None) -> dict[str, Any]:
    """The request that says something, in a new thread if none is named."""
    told = {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "inference_options": {},
    }
    if thread is None:
        return {"type": "threads.create", "params": {"input": told}}
    params = {"input": told, "thread_id": thread}
    return {"type": "threads.add_user_message", "params": params}


def events(body: str) -> list[Event]:
    """The events of a whole stream."""
    assert body.endswith("\n\n"), "the stream ends within an event"
    frames = body.removesuffix("\n\n").split("\n\n")
    assert all(frame.startswith("data: ") for frame in frames), "no event stream"
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


def say(client: httpx.Client, text: str, thread: str | None = None) -> list[Event]:
    """Say something, and wait for the end of the stream."""
    answer = client.post("/chatkit/sdk", json=message(text, thread))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events(answer.text)


def ask(client: httpx.Client, kind: str, **params: Any) -> httpx.Response:
    """Send a request that is answered at once."""
    return client.post("/chatkit/sdk", json={"type": kind, "params": params})


def thread_of(told: Iterable[Event]) -> str:
    """The id of the thread that was made."""
    return next(
        str(event["thread"]["id"])
        for event in told
        if event["type"] == "thread.created"
    )


def done(told: Iterable[Event], kind: str) -> list[Event]:
    """The finished items of a kind, in order."""
    return [
        event["item"]
        for event in told
        if event["type"] == "thread.item.done" and event["item"]["type"] == kind
    ]


def words(item: Event) -> str:
    """The text of a message."""
    return "".join(part["text"] for part in item["content"])


def deltas(told: Iterable[Event]) -> list[str]:
    """The pieces in which a reply came."""
    return [
        event["update"]["delta"]
        for event in told
        if event.get("update", {}).get("type", "").endswith("text_delta")
    ]


def kinds(widget: Any) -> set[str]:
    """The types of all components of a widget."""
    if isinstance(widget, list):
        return set().union(*map(kinds, widget)) if widget else set()
    found = {widget["type"]}
    return found | kinds(widget.get("children", []))
