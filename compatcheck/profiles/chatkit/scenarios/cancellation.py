"""A client that leaves while the reply streams."""

from __future__ import annotations

import asyncio

from _model import ScriptedModel, says
from _screen import hold, same, words
from _server import Server
from _user import Client

SAID = ("Boil ", "the eggs ")


async def _settle() -> None:
    """Let everything happen that can happen while the model waits."""
    for _ in range(200):
        await asyncio.sleep(0)


async def _leave(client: Client, waiting: asyncio.Event) -> None:
    """Send a message, and go when the model waits and what it said has come."""
    client.begin()
    request = client.message("How do I boil eggs?")
    listening = asyncio.create_task(client.listen(*request))
    await asyncio.wait(
        [listening, asyncio.create_task(waiting.wait())],
        return_when=asyncio.FIRST_COMPLETED,
    )
    await _settle()
    listening.cancel()
    (outcome,) = await asyncio.gather(listening, return_exceptions=True)
    if isinstance(outcome, Exception):
        raise outcome
    client.end(cut=True)


async def scenario_cancelled_stream_leaves_the_store_consistent() -> None:
    """What a cancelled stream told is stored as it was told, and the thread goes on."""
    waiting = asyncio.Event()

    async def wait() -> None:
        waiting.set()
        await asyncio.Event().wait()

    model = ScriptedModel(says(*SAID, wait), says("As ", "you wish."))
    server = Server(model)
    client = Client(server)
    await _leave(client, waiting)
    message, reply = client.screen.content
    same(words(reply), "".join(SAID), "what came before the end")
    stored = server.store.visible(client.thread_id)
    # A release may keep the part of the reply that came, as it came, or nothing of it.
    kept = [message, reply][: len(stored)]
    same(stored, kept, "the message and the part that came, stored and told")
    hold(message in stored, "the message is not stored")

    client.screen.items = {item["id"]: client.screen.items[item["id"]] for item in kept}
    for item in client.screen.items.values():
        item.done = True
    *_, answer = await client.say("Stop.")
    same(words(answer), "As you wish.", "the next reply")
    await client.agree()
