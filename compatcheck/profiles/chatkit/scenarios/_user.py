"""A user's side of a chat server: sends requests, reads what comes back as bytes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import cache
from typing import Any

import chatkit.types
from _screen import Screen, Told, hold, same
from chatkit.server import StreamingResult
from chatkit.types import Attachment, Page, Thread, ThreadItem, ThreadStreamEvent
from pydantic import TypeAdapter

Frames = AsyncIterator[bytes]


def _as_it_comes(frames: Frames) -> Frames:
    return frames


tamper: Callable[[Frames], Frames] = _as_it_comes
"""The seam of the mutation tests: every event and answer passes here, as bytes."""

ANSWERS = {
    "threads.get_by_id": Thread,
    "threads.list": Page[Thread],
    "threads.update": Thread,
    "items.list": Page[ThreadItem],
    "attachments.create": Attachment,
}
"""What the requests that are not streamed answer with; the others with nothing."""

TOLD_BY_ALL = (
    *("Thread", "ThreadMetadata", "ThreadCreatedEvent", "UserMessageItem"),
    *("AssistantMessageItem", "AssistantMessageContent", "ThreadItemAddedEvent"),
    *("ThreadItemDoneEvent", "ThreadItemUpdatedEvent"),
    *("AssistantMessageContentPartAdded", "AssistantMessageContentPartDone"),
)
"""Classes, where a release has them, of which every server that answers makes some."""

BEFORE_REPLY = ("thread.created", "thread.updated", "user_message")
"""What a stream may tell before its options."""


async def _events(stream: AsyncIterator[bytes]) -> Frames:
    """The events of a stream: each between empty lines, as server-sent events are.

    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    waiting = b""
    async for chunk in stream:
        *whole, waiting = (waiting + chunk).split(b"\n\n")
        for event in whole:
            hold(event.startswith(b"data: "), "an event without data")
            yield event.removeprefix(b"data: ")
    hold(not waiting, "the stream ends within an event")


async def _once(answer: bytes) -> Frames:
    yield answer


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


# What pydantic puts off until a class is used first takes long, and is the same for
# every scenario. Where it fails, a scenario meets that again, and there it is told.
for _name in TOLD_BY_ALL:
    with suppress(Exception):
        getattr(chatkit.types, _name).model_validate(None)

for _kind in (ThreadStreamEvent, Thread, Page[ThreadItem]):
    _adapter(_kind)  # takes long, and is the same for every scenario


def _checked(raw: bytes, kind: Any) -> Any:
    """The JSON of these bytes, which says what this release's own types can say."""
    adapter = _adapter(kind)
    read = adapter.validate_json(raw)
    told = adapter.dump_python(read, mode="json", by_alias=True, exclude_none=True)
    same(json.loads(raw), told, "what came, and what this release's types make of it")
    return told


class Client:
    """Talks with one thread of a server, and shows it."""

    def __init__(self, server: Any) -> None:
        """Talk with a thread that is new when something is said first."""
        self.screen = Screen()
        self.events: list[Told] = []
        """What the latest stream said."""
        self.thread_id: str | None = None
        self._raw: list[bytes] = []
        self._options = 0
        self._server = server

    async def say(
        self, text: str, *attachments: str, fails: bool = False
    ) -> list[Told]:
        """Send a message; the items that came after it, the message's own first."""
        self.begin()
        await self.listen(*self.message(text, *attachments))
        return self.end(fails=fails)

    async def stream(self, kind: str, **params: Any) -> list[Told]:
        """Send another request that is answered by a stream; the items that came."""
        self.begin()
        await self.listen(kind, params)
        return self.end()

    async def ask(self, kind: str, **params: Any) -> Any:
        """Send a request that is answered at once."""
        result = await self._send(kind, params)
        hold(not isinstance(result, StreamingResult), f"{kind} is answered by a stream")
        (raw,) = [frame async for frame in tamper(_once(result.json))]
        if kind in ANSWERS:
            return _checked(raw, ANSWERS[kind])
        same(json.loads(raw), {}, f"the answer to {kind}")
        return None

    def message(self, text: str, *attachments: str) -> tuple[str, Told]:
        """The request that says this in the thread, or in a new one."""
        content = [{"type": "input_text", "text": text}]
        told = {"content": content, "attachments": attachments, "inference_options": {}}
        if self.thread_id is None:
            return "threads.create", {"input": told}
        return "threads.add_user_message", {"input": told, "thread_id": self.thread_id}

    def begin(self) -> None:
        """Forget the latest stream."""
        self._raw = []
        self._options = len(self._server.options)

    async def listen(self, kind: str, params: Told) -> None:
        """Receive a stream until it ends.

        What comes is looked at afterwards: a server that fails says so with its last
        event, and only then tells its log why.
        """
        result = await self._send(kind, params)
        hold(isinstance(result, StreamingResult), f"{kind} is not answered by a stream")
        async for raw in tamper(_events(result)):
            self._raw.append(raw)

    def end(self, *, fails: bool = False, cut: bool = False) -> list[Told]:
        """Show what the stream said, to its end or as far as it came."""
        before = set(self.screen.items)
        errors = len(self.screen.errors)
        self.events = [json.loads(raw) for raw in self._raw]
        shown = [event for event in self.events if event.get("type") == "error"]
        if shown and not fails:
            said = " ".join(str(shown[0].get(name, "")) for name in ("code", "message"))
            raise AssertionError(f"the client is shown an error: {said.strip()}")
        for raw in self._raw:
            self.screen.apply(_checked(raw, ThreadStreamEvent))
        same(len(self.screen.errors) - errors, int(fails), "errors shown")
        unfinished = [i.shown for i in self.screen.items.values() if not i.done]
        hold(cut or not unfinished, "the stream ends and an item is not done")
        self.thread_id = self.screen.thread["id"]
        self._check_options()
        return [told for told in self.screen.content if told["id"] not in before]

    async def agree(self) -> None:
        """Check that screen, store and a thread that is loaded anew are the same."""
        self.compare()
        await self.reload()

    def compare(self) -> None:
        """Check that what is shown is what is stored."""
        store, thread_id = self._server.store, self.thread_id
        same(self.screen.thread, store.thread(thread_id), "the thread, told and stored")
        same(self.screen.content, store.visible(thread_id), "items, told and stored")

    async def reload(self) -> None:
        """Check that the thread, when it is loaded anew, is as it is stored."""
        told = await self.ask("threads.get_by_id", thread_id=self.thread_id)
        store = self._server.store
        page = told.pop("items")
        same(told, store.thread(self.thread_id), "the thread, loaded and stored")
        same(page["data"], store.visible(self.thread_id), "items, loaded and stored")
        hold(not page["has_more"], "more items than there are")

    def _check_options(self) -> None:
        """If the server was asked for options, they are told before its reply."""
        given = self._server.options[self._options :]
        told = [e["stream_options"] for e in self.events if "stream_options" in e]
        if given:
            same(told, given, "the options of the stream")
        kinds = [e.get("item", {}).get("type") or e["type"] for e in self.events]
        for kind in kinds[: kinds.index("stream_options")] if told else ():
            hold(kind in BEFORE_REPLY, f"the options come after the {kind}")

    async def _send(self, kind: str, params: Told) -> Any:
        request = json.dumps({"type": kind, "params": params}).encode()
        return await self._server.process(request, {"user": "user_1"})
