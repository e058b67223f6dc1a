"""What goes with a message: hidden context and attachments."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator
from typing import Any

from _model import ScriptedModel, says
from _screen import hold, same, words
from _server import Server, now
from _user import Client
from chatkit.agents import ThreadItemConverter
from chatkit.types import HiddenContextItem, ThreadItemDoneEvent

SECRET = "The user is allergic to nuts."  # noqa: S105 - no password, a secret all the same
FILE = {"name": "eggs.txt", "size": 12, "mime_type": "text/plain"}


class Converter(ThreadItemConverter):
    """Tells the model what only the application can tell."""

    async def attachment_to_message_content(self, attachment: Any) -> Any:
        """Tell the model the name of the file."""
        return {"type": "input_text", "text": f"A file: {attachment.name}"}

    if inspect.iscoroutinefunction(ThreadItemConverter.hidden_context_to_input):

        async def hidden_context_to_input(self, item: Any) -> Any:
            """Tell the model the words."""
            return _message(item.content)

    else:

        def hidden_context_to_input(self, item: Any) -> Any:
            """Tell the model the words."""
            return _message(item.content)


def _message(text: str) -> Any:
    part = {"type": "input_text", "text": text}
    return {"type": "message", "role": "user", "content": [part]}


class KnowingServer(Server):
    """Hides something in the thread before each reply."""

    hides = True

    async def to_input(self, items: list[Any]) -> Any:
        """What the agent is given of a thread's items."""
        return await Converter().to_agent_input(items)

    async def respond(
        self, thread: Any, input_user_message: Any, context: Any
    ) -> AsyncIterator[Any]:
        """Stream hidden context, then the agent's reply."""
        if self.hides:
            yield ThreadItemDoneEvent(
                item=HiddenContextItem(
                    id=self.store.generate_item_id("message", thread, context),
                    thread_id=thread.id,
                    created_at=now(),
                    content=SECRET,
                )
            )
        async for event in super().respond(thread, input_user_message, context):
            yield event


async def scenario_hidden_context_is_told_to_the_model_only() -> None:
    """Hidden context is stored and told to the model, and no client sees it."""
    model = ScriptedModel(says("Eat ", "almonds."), says("No, ", "don't."))
    server = KnowingServer(model)
    client = Client(server)
    await client.say("What shall I eat?")
    hold(model.was_told(SECRET), "the model is not told the hidden context")
    server.hides = False
    await client.say("Are you sure?")
    hold(model.was_told(SECRET), "the model is not told it again")
    await client.agree()
    told = await client.ask("items.list", thread_id=client.thread_id, order="asc")
    same(told["data"], server.store.visible(client.thread_id), "items, listed")
    hold(not told["has_more"], "more items than there are")
    kept = server.store.items[client.thread_id]
    same(len(kept) - len(told["data"]), 1, "hidden items that are stored")
    hold(SECRET not in json.dumps([client.events, told]), "the client is told")


async def scenario_attachment_travels_with_a_message() -> None:
    """A file is created, sent with a message, told to the model and deleted."""
    model = ScriptedModel(says("A file ", "about eggs."))
    server = KnowingServer(model)
    server.hides = False
    client = Client(server)
    made = await client.ask("attachments.create", **FILE)
    same((made["name"], made["mime_type"]), (FILE["name"], FILE["mime_type"]), "a file")
    message, reply = await client.say("What is this?", made["id"])
    (sent,) = message["attachments"]
    same({name: sent[name] for name in made}, made, "the file with the message")
    same(words(reply), "A file about eggs.", "the reply")
    hold(model.was_told("A file: eggs.txt"), "the model is not told of the file")
    await client.agree()
    await client.ask("attachments.delete", attachment_id=made["id"])
    same(server.attachment_store.deleted, [made["id"]], "the deleted files")
    same(list(server.store.attachments), [], "the files that are still stored")
