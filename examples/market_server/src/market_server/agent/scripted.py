"""A model that answers by rules: no network, no key, the same every time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from agents import Model, ModelResponse, Usage

from market_server.agent.rules import HELP, Call, Words, decide
from market_server.agent.speech import events_of, outputs_of


class ScriptedModel(Model):
    """Looks at the last message or at what its tools told, and follows its rules."""

    def __init__(self, pause: float = 0.0) -> None:
        """Wait so many seconds between two events, as a network would."""
        self._pause = pause

    async def get_response(self, *args: Any, **named: Any) -> ModelResponse:  # noqa: ANN401 - many releases
        """A whole turn at once."""
        outputs = outputs_of(_decided(_input(args, named)))
        return ModelResponse(output=list(outputs), usage=Usage(), response_id=None)

    async def stream_response(self, *args: Any, **named: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - many releases
        """A turn, event by event."""
        for event in events_of(outputs_of(_decided(_input(args, named)))):
            await asyncio.sleep(self._pause)
            yield event


def _input(args: tuple[Any, ...], named: dict[str, Any]) -> list[Any]:
    """What the model is given: the second parameter, in every release."""
    given = named["input"] if "input" in named else args[1]
    return [{"role": "user", "content": given}] if isinstance(given, str) else given


def _decided(given: list[Any]) -> Words | tuple[Call, ...]:
    told = list(_told_by_tools(given))
    if told:
        return Words(text=" ".join(told))
    for item in reversed(given):
        if _get(item, "role") == "user":
            return decide(_text(_get(item, "content")))
    return Words(text=HELP)


def _told_by_tools(given: list[Any]) -> Iterator[str]:
    """The sentence of each tool that was called since the last message."""
    start = max(
        (n for n, item in enumerate(given) if _get(item, "role") == "user"), default=-1
    )
    for item in given[start + 1 :]:
        if _get(item, "type") == "function_call_output":
            yield _sentence(_text(_get(item, "output")))


def _sentence(output: str) -> str:
    """What a tool would have said; its whole output where that is no JSON of ours."""
    try:
        return str(json.loads(output)["sentence"])
    except (ValueError, KeyError, TypeError):
        return output


def _text(content: Any) -> str:  # noqa: ANN401 - text, or parts of it
    if isinstance(content, str):
        return content
    return " ".join(str(_get(part, "text") or "") for part in content or ())


def _get(item: Any, name: str) -> Any:  # noqa: ANN401 - a dictionary or a model
    if isinstance(item, dict):
        return item.get(name)
    return getattr(item, name, None)
