"""A chat server as its documentation shows it: an agent answers each message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from _store import MemoryStore, Uploads
from agents import Agent, Runner
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer


def now() -> datetime:
    """The time, as the library itself tells it."""
    return datetime.now()  # noqa: DTZ005 - without a zone, as the library does


class Server(ChatKitServer):
    """Answers with what an agent says to the whole thread."""

    def __init__(self, model: Any, **agent: Any) -> None:
        """Let an agent with this model, and with these properties, answer."""
        store = MemoryStore()
        super().__init__(store, Uploads(store))
        self.agent: Agent[Any] = Agent(name="Cook", model=model, **agent)
        self.options: list[Any] = []

    def get_stream_options(self, thread: Any, context: Any) -> Any:
        """Say what this release says by default, and remember that it was said."""
        options = super().get_stream_options(thread, context)
        self.options.append(options.model_dump(mode="json", exclude_none=True))
        return options

    async def to_input(self, items: list[Any]) -> Any:
        """What the agent is given of a thread's items."""
        return await simple_to_agent_input(items)

    async def respond(
        self, thread: Any, input_user_message: Any, context: Any
    ) -> AsyncIterator[Any]:
        """Stream the agent's reply."""
        page = await self.store.load_thread_items(thread.id, None, 50, "asc", context)
        ours = AgentContext(thread=thread, store=self.store, request_context=context)
        given = await self.to_input(page.data)
        result = Runner.run_streamed(self.agent, given, context=ours)
        async for event in stream_agent_response(ours, result):
            yield event
