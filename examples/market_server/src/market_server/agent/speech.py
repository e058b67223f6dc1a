"""Words and calls as the events that OpenAI's Responses API streams.

Built without validation, from whatever event classes the installed release of
`openai` has: a field that a later release adds must not keep a model of ours silent.
https://platform.openai.com/docs/api-reference/responses-streaming
"""

from __future__ import annotations

import itertools
import json
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import uuid4

from openai.types.responses import (
    Response,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseStreamEvent,
)

from market_server.agent.rules import Call, Words

Output = ResponseOutputMessage | ResponseFunctionToolCall


@cache
def _kinds() -> dict[str, Any]:
    """The class of each kind of event."""
    union = typing.get_args(ResponseStreamEvent)[0]
    return {
        kind: event
        for event in typing.get_args(union)
        for kind in typing.get_args(event.model_fields["type"].annotation)
    }


def outputs_of(decided: Words | tuple[Call, ...]) -> list[Output]:
    """What a turn consists of, when it is done; ids are never given twice."""
    if isinstance(decided, Words):
        return [_message(decided.text, status="completed")]
    return [_called(call) for call in decided]


def events_of(outputs: list[Output]) -> Iterator[Any]:
    """A whole turn, event by event."""
    numbers = itertools.count()

    def event(kind: str, **fields: Any) -> Any:  # noqa: ANN401 - the event's own
        made = _kinds()[kind].model_construct
        return made(type=kind, sequence_number=next(numbers), **fields)

    answer = f"resp_{uuid4().hex}"
    yield event("response.created", response=_response(answer, [], "in_progress"))
    for index, output in enumerate(outputs):
        told = _spoken if isinstance(output, ResponseOutputMessage) else _asked
        for kind, fields in told(output):
            yield event(kind, output_index=index, **fields)
    done = _response(answer, list(outputs), "completed")
    yield event("response.completed", response=done)


def _spoken(message: Any) -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - see `told`
    (part,) = message.content
    place = {"item_id": message.id, "content_index": 0}
    begun = message.model_copy(update={"content": [], "status": "in_progress"})
    empty = part.model_copy(update={"text": ""})
    yield "response.output_item.added", {"item": begun}
    yield "response.content_part.added", {"part": empty, **place}
    for word in part.text.splitlines(keepends=True):
        for piece in _pieces(word):
            delta = {"delta": piece, "logprobs": [], **place}
            yield "response.output_text.delta", delta
    whole = {"text": part.text, "logprobs": [], **place}
    yield "response.output_text.done", whole
    yield "response.content_part.done", {"part": part, **place}
    yield "response.output_item.done", {"item": message}


def _asked(call: Any) -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - see `told`
    stem = "response.function_call_arguments"
    begun = call.model_copy(update={"arguments": "", "status": "in_progress"})
    yield "response.output_item.added", {"item": begun}
    yield f"{stem}.delta", {"item_id": call.id, "delta": call.arguments}
    whole = {"item_id": call.id, "name": call.name, "arguments": call.arguments}
    yield f"{stem}.done", whole
    yield "response.output_item.done", {"item": call}


def _pieces(line: str) -> Iterator[str]:
    """The words of a line, each with the space that follows it."""
    head, space, tail = line.partition(" ")
    while head or space:
        yield head + space
        head, space, tail = tail.partition(" ")


def _message(text: str, status: str) -> ResponseOutputMessage:
    part = ResponseOutputText.model_construct(
        type="output_text", text=text, annotations=[], logprobs=[]
    )
    return ResponseOutputMessage.model_construct(
        id=f"msg_{uuid4().hex}",
        type="message",
        role="assistant",
        status=status,
        content=[part],
    )


def _called(call: Call) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall.model_construct(
        id=f"fc_{uuid4().hex}",
        type="function_call",
        call_id=f"call_{uuid4().hex}",
        name=call.tool,
        arguments=json.dumps(call.arguments),
        status="completed",
    )


def _response(key: str, output: list[Any], status: str) -> Response:
    return Response.model_construct(
        id=key,
        object="response",
        created_at=0.0,
        model="scripted",
        output=output,
        status=status,
        tools=[],
        tool_choice="auto",
        parallel_tool_calls=True,
        usage=None,
    )
