"""The native ChatKit server: the same agent, with widgets."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any, Final

from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.errors import CustomStreamError
from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from chatkit.widgets import WidgetRoot
from typing_extensions import override

from market_server import correlation
from market_server.agent.assistant import Assistant
from market_server.market.nouns import Found
from market_server.market.service import MarketService
from market_server.native.store import ShelfStore, Visit
from market_server.native.widgets import widget_of
from market_server.stores.shelf import Shelf

logger = logging.getLogger("market_server")

_REMEMBERED: Final = 50
"""Items of a thread that the model is given."""
_TITLE: Final = 60
"""Letters of a thread's title."""


class ChatDesk(AgentContext[Visit]):
    """Where a tool works when there is a screen."""

    market: MarketService

    def widget(self, found: Found) -> WidgetRoot:
        """How this is shown."""
        return widget_of(found)

    def failed(self, error: Exception) -> None:
        """Keep what a tool raised."""
        self.request_context.failures.append(error)


class NoUploads(AttachmentStore[Visit]):
    """Refuses files: nothing here would read them."""

    @override
    async def create_attachment(
        self,
        input: AttachmentCreateParams,
        context: Visit,
    ) -> Attachment:
        raise NotImplementedError("files are not taken here")

    @override
    async def delete_attachment(self, attachment_id: str, context: Visit) -> None:
        raise NotImplementedError("files are not taken here")


class MarketChat(ChatKitServer[Visit]):
    """Answers each message with what the agent says and shows."""

    def __init__(
        self, shelf: Shelf, assistant: Assistant, market: MarketService
    ) -> None:
        """Keep threads on this shelf."""
        super().__init__(ShelfStore(shelf), NoUploads())
        self._assistant = assistant
        self._market = market

    @override
    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: Visit,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Stream the agent's reply; a failure is told with the id it has in the log."""
        try:
            async for event in self._reply(thread, input_user_message, context):
                yield event
        except Exception as error:
            known = correlation.current()
            logger.exception("a reply failed [%s]", known)
            context.failures.append(error)
            told = f"The reply could not be finished ({known})."
            raise CustomStreamError(told, allow_retry=True) from error

    async def _reply(
        self,
        thread: ThreadMetadata,
        message: UserMessageItem | None,
        context: Visit,
    ) -> AsyncIterator[ThreadStreamEvent]:
        if message is not None and not thread.title:
            thread.title = _title_of(message)
        desk = ChatDesk(
            thread=thread,
            store=self.store,
            request_context=context,
            market=self._market,
        )
        result = self._assistant.stream(await self._given(thread, context), desk)
        try:
            async for event in stream_agent_response(desk, result):
                yield event
        finally:
            result.cancel()  # a client that went away leaves no model speaking

    async def _given(self, thread: ThreadMetadata, context: Visit) -> Any:  # noqa: ANN401 - the agents library's own
        """What the agent is given of a thread: the newest items, oldest first."""
        page = await self.store.load_thread_items(
            thread.id, None, _REMEMBERED, "desc", context
        )
        return await simple_to_agent_input(page.data[::-1])


def _title_of(message: UserMessageItem) -> str:
    said = " ".join(str(getattr(part, "text", "")) for part in message.content)
    return " ".join(said.split())[:_TITLE] or "Without words"
