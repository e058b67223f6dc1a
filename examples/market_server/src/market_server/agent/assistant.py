"""The agent, and how it answers where nothing is streamed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from agents import Agent, Model, RunConfig, Runner, RunResultStreaming

from market_server.agent.desk import Desk
from market_server.agent.scripted import ScriptedModel
from market_server.agent.tools import TOOLS
from market_server.market.nouns import Found
from market_server.market.service import MarketService
from market_server.settings import Settings

_INSTRUCTIONS: Final = (
    "You tell about shares, company news and the economic calendar. Use a tool for "
    "every figure and never make one up. Say where figures come from and of when they "
    "are, as the tool tells it. If a tool finds nothing, say so politely. Be brief."
)
_MOST_TURNS: Final = 8
_PATIENCE: Final = 120.0
"""Seconds for a whole reply."""

# Nothing that users say goes to a tracing service unasked.
_CONFIG: Final = RunConfig(tracing_disabled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool that was called, as a client is told."""

    name: str
    arguments: str
    """JSON, as the model wrote it."""
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the agent answers, and which tools it called on the way."""

    text: str
    calls: tuple[ToolCall, ...]
    failures: tuple[Exception, ...] = ()
    """What tools raised meanwhile: not for the client."""


class QuietDesk:
    """Where a tool works when nothing can be shown."""

    def __init__(self, market: MarketService) -> None:
        """Let tools ask this market."""
        self.market = market
        self.failures: list[Exception] = []

    def widget(self, found: Found) -> None:
        """Nothing: there is no screen."""

    async def stream_widget(
        self,
        widget: Any,  # noqa: ANN401 - there is none
        copy_text: str | None = None,
    ) -> None:
        """Never asked for."""
        raise NotImplementedError

    def failed(self, error: Exception) -> None:
        """Keep what a tool raised."""
        self.failures.append(error)


class Assistant:
    """Answers with a model and the three tools."""

    def __init__(self, settings: Settings, market: MarketService) -> None:
        """Take OpenAI's model where there is a key, else the scripted one."""
        self._market = market
        model: Model | str | None = settings.model
        if not settings.openai:
            model = ScriptedModel(settings.pause)
        self._agent: Agent[Desk] = Agent(
            name="Market assistant",
            instructions=_INSTRUCTIONS,
            model=model,
            tools=TOOLS,
        )

    async def reply(self, messages: Sequence[tuple[str, str]]) -> Reply:
        """The answer to a conversation of roles and texts, oldest first.

        Raises whatever the model or the library raises, and `TimeoutError`.
        """
        given: Any = [{"role": role, "content": text} for role, text in messages]
        desk = QuietDesk(self._market)
        async with asyncio.timeout(_PATIENCE):
            result = await Runner.run(
                self._agent,
                given,
                context=desk,
                max_turns=_MOST_TURNS,
                run_config=_CONFIG,
            )
        return Reply(
            text=str(result.final_output),
            calls=_calls(result.new_items),
            failures=tuple(desk.failures),
        )

    def stream(self, given: Any, desk: Desk) -> RunResultStreaming:  # noqa: ANN401 - a list of many kinds
        """The same, event by event, at a desk that may show things."""
        return Runner.run_streamed(
            self._agent,
            given,
            context=desk,
            max_turns=_MOST_TURNS,
            run_config=_CONFIG,
        )


def _calls(items: Sequence[Any]) -> tuple[ToolCall, ...]:
    """Each call with its output, in the order of the calls."""
    outputs = {
        item.raw_item["call_id"]: str(item.output)
        for item in items
        if item.type == "tool_call_output_item"
    }
    return tuple(
        ToolCall(
            name=item.raw_item.name,
            arguments=item.raw_item.arguments,
            output=outputs.get(item.raw_item.call_id, ""),
        )
        for item in items
        if item.type == "tool_call_item"
    )
