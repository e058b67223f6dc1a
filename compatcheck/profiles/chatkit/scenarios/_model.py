"""A model that says what its script says, in the events that the API sends."""

from __future__ import annotations

import asyncio
import copy
import itertools
import json
import typing
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from agents import Model, set_trace_processors
from openai.types.responses import ResponseStreamEvent, ResponseUsage
from pydantic import BaseModel

# Traces are made, as on any server, and sent nowhere.
set_trace_processors([])

Hold = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Says:
    """A turn in which the model says these pieces; what can be called is awaited."""

    pieces: tuple[str | Hold, ...]


@dataclass(frozen=True)
class Calls:
    """A turn in which the model calls a tool."""

    tool: str
    arguments: Mapping[str, Any]


Turn = Says | Calls


def says(*pieces: str | Hold) -> Says:
    """A turn of these pieces."""
    return Says(pieces)


def calls(tool: str, **arguments: Any) -> Calls:
    """A turn that calls this tool."""
    return Calls(tool, arguments)


def _kinds() -> dict[str, type[BaseModel]]:
    """The classes that this release of the client library has for streamed events."""
    union = typing.get_args(ResponseStreamEvent)[0]
    return {
        kind: event
        for event in typing.get_args(union)
        for kind in typing.get_args(event.model_fields["type"].annotation)
    }


def _counts(model: type[BaseModel]) -> dict[str, Any]:
    """One for every count that this release asks for, however many there are."""
    return {
        name: _counts(kind)
        if isinstance(kind := field.annotation, type) and issubclass(kind, BaseModel)
        else 1
        for name, field in model.model_fields.items()
        if field.is_required()
    }


class ScriptedModel(Model):
    """Streams one turn of its script a call, and remembers what it was given."""

    def __init__(self, *turns: Turn) -> None:
        """Take the turns in the order in which they will be asked for."""
        self.heard: list[Any] = []
        self._kinds = _kinds()
        self._left = list(turns)
        self._sequence = itertools.count()

    def was_told(self, words: str) -> bool:
        """Whether these words were anywhere in what the last call was given."""
        return words in json.dumps(self.heard[-1], default=str)

    async def get_response(self, *_: Any, **__: Any) -> Any:
        """Refuse: a server that streams does not ask for whole answers."""
        raise NotImplementedError("this model only streams")

    async def stream_response(
        self,
        system_instructions: str | None,
        input: Any,  # noqa: A002 - the interface's own name
        *_: Any,
        **__: Any,
    ) -> AsyncIterator[Any]:
        """Stream the next turn."""
        self.heard.append(copy.deepcopy(input))
        turn, number = self._left.pop(0), len(self.heard)
        yield self._response("response.created", number)
        made: dict[str, Any] = {}
        events = self._say if isinstance(turn, Says) else self._call
        async for event in events(turn, number, made):
            # What comes over a network lets others run in between.
            await asyncio.sleep(0)
            yield event
        yield self._response("response.completed", number, made)

    async def _say(
        self, turn: Says, number: int, made: dict[str, Any]
    ) -> AsyncIterator[Any]:
        """The events of a message; `made` becomes the message."""
        made.update(id=f"msg_{number}", type="message", role="assistant")
        made.update(status="in_progress", content=[])
        place = {"item_id": made["id"], "output_index": 0, "content_index": 0}
        yield self._event("response.output_item.added", output_index=0, item=made)
        part = _text("")
        yield self._event("response.content_part.added", part=part, **place)
        for piece in turn.pieces:
            if not isinstance(piece, str):
                await piece()
                continue
            part["text"] += piece
            kind = "response.output_text.delta"
            yield self._event(kind, delta=piece, logprobs=[], **place)
        text = part["text"]
        yield self._event("response.output_text.done", text=text, logprobs=[], **place)
        yield self._event("response.content_part.done", part=part, **place)
        made.update(status="completed", content=[part])
        yield self._event("response.output_item.done", output_index=0, item=made)

    async def _call(
        self, turn: Calls, number: int, made: dict[str, Any]
    ) -> AsyncIterator[Any]:
        """The events of a call; `made` becomes the call."""
        made.update(id=f"fc_{number}", type="function_call", call_id=f"call_{number}")
        made.update(name=turn.tool, arguments="", status="in_progress")
        place = {"item_id": made["id"], "output_index": 0}
        yield self._event("response.output_item.added", output_index=0, item=made)
        words = json.dumps(turn.arguments)
        stem = "response.function_call_arguments"
        yield self._event(f"{stem}.delta", delta=words, **place)
        yield self._event(f"{stem}.done", arguments=words, name=turn.tool, **place)
        made.update(status="completed", arguments=words)
        yield self._event("response.output_item.done", output_index=0, item=made)

    def _response(
        self, kind: str, number: int, made: dict[str, Any] | None = None
    ) -> Any:
        """The beginning of a response, or its end with the item that was made."""
        response = {
            "id": f"resp_{number}",
            "object": "response",
            "created_at": 0,
            "model": "scripted",
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "status": "completed" if made else "in_progress",
            "output": [made] if made else [],
            "usage": _counts(ResponseUsage) if made else None,
        }
        return self._event(kind, response=response)

    def _event(self, kind: str, **fields: Any) -> Any:
        """An event made as the client library makes one from what it receives."""
        number = next(self._sequence)
        fields = copy.deepcopy(fields)
        made = self._kinds[kind].model_construct
        return made(type=kind, sequence_number=number, **fields)


def _text(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


async def _rehearse() -> None:
    """Speak to nobody: what the libraries build on first use is built then, once."""
    model = ScriptedModel(says("a"), calls("tool"))
    for _ in range(2):
        async for _ in model.stream_response(None, []):
            pass


def _run(speaking: Coroutine[Any, Any, None]) -> None:
    """Run to the end what waits for nothing, without a loop that would stay behind."""
    with suppress(StopIteration):
        while True:
            speaking.send(None)


with suppress(Exception):  # which a scenario meets again, where it is told
    _run(_rehearse())
