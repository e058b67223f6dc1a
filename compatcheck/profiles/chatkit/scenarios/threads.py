"""Threads: listed, loaded, renamed and deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from _model import ScriptedModel, says
from _screen import hold, same, words
from _server import Server
from _user import Client
from chatkit.store import NotFoundError

TITLE = "Eggs, boiled"


def _server(replies: int) -> Server:
    turns = [says("Reply ", f"number {n}.") for n in range(1, replies + 1)]
    return Server(ScriptedModel(*turns))


async def _threads(server: Server, count: int) -> list[Client]:
    """The clients of that many threads with one message each, oldest first."""
    clients = [Client(server) for _ in range(count)]
    for number, client in enumerate(clients, 1):
        await client.say(f"Message number {number}.")
        client.compare()
    return clients


async def _all_pages(client: Client, kind: str, **params: Any) -> list[Any]:
    """All that is listed, two a page, each page after the other."""
    told: list[Any] = []
    after: dict[str, str] = {}
    while True:
        page = await client.ask(kind, limit=2, **params, **after)
        hold(page["data"], "an empty page")
        told += page["data"]
        if not page["has_more"]:
            return told
        same(len(page["data"]), 2, "the length of a page with others after it")
        after = {"after": page["after"]}


async def _are_listed(clients: list[Client], order: str) -> None:
    """Check that these threads are listed, and as they are shown and stored."""
    told = await _all_pages(clients[0], "threads.list", order=order)
    for thread in told:
        page = thread.pop("items")
        hold(not page["data"] and not page["has_more"], "a list with items")
    shown = [client.screen.thread for client in clients]
    wanted = shown if order == "asc" else shown[::-1]
    same(told, wanted, f"threads, listed and shown, {order}")


async def scenario_threads_are_listed_in_both_orders() -> None:
    """Threads come page by page in either order, each once and as it is stored."""
    clients = await _threads(_server(3), 3)
    await _are_listed(clients, "asc")
    await _are_listed(clients, "desc")


async def scenario_items_are_listed_in_both_orders() -> None:
    """Items come page by page in either order, each once and as they are stored."""
    client = Client(_server(2))
    await client.say("A message.")
    await client.say("Another message.")
    client.compare()
    for order, step in (("asc", 1), ("desc", -1)):
        params = {"thread_id": client.thread_id, "order": order}
        told = await _all_pages(client, "items.list", **params)
        shown = client.screen.content[::step]
        same(told, shown, f"items, listed and shown, {order}")


async def scenario_thread_is_loaded_and_renamed() -> None:
    """A new title is told, stored and there when the thread is loaded again."""
    server = _server(1)
    client = Client(server)
    await client.say("How do I boil eggs?")
    client.compare()
    told = await client.ask("threads.update", thread_id=client.thread_id, title=TITLE)
    client.screen.show_thread(told)
    same(told["title"], TITLE, "the title")
    await client.agree()


async def scenario_thread_is_deleted() -> None:
    """A deleted thread is listed no more and cannot be loaded, the others can."""
    first, second, third = await _threads(_server(3), 3)
    await first.ask("threads.delete", thread_id=second.thread_id)
    await _are_listed([first, third], "asc")
    await third.reload()
    try:
        await first.ask("threads.get_by_id", thread_id=second.thread_id)
    except NotFoundError:
        return
    raise AssertionError("a deleted thread is loaded")


class TitlingServer(Server):
    """Gives a thread its title when the reply has begun."""

    async def respond(
        self, thread: Any, input_user_message: Any, context: Any
    ) -> AsyncIterator[Any]:
        """Stream the agent's reply."""
        async for event in super().respond(thread, input_user_message, context):
            thread.title = TITLE
            yield event


async def scenario_title_is_set_while_the_reply_streams() -> None:
    """A title that the server sets while it replies is told and stored."""
    client = Client(TitlingServer(ScriptedModel(says("Nine ", "minutes."))))
    _, reply = await client.say("How do I boil eggs?")
    same(words(reply), "Nine minutes.", "the reply")
    same(client.screen.thread.get("title"), TITLE, "the title")
    await client.agree()
