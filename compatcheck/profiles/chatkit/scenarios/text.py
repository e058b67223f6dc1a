"""A reply of text."""

from __future__ import annotations

from _model import ScriptedModel, says
from _screen import hold, same, words
from _server import Server
from _user import Client

PIECES = ("Boil ", "the eggs ", "for nine minutes.")


async def scenario_text_reply_is_streamed() -> None:
    """A text reply comes in deltas that join to the reply that is stored."""
    client = Client(Server(ScriptedModel(says(*PIECES))))
    message, reply = await client.say("How do I boil eggs?")
    same(words(message), "How do I boil eggs?", "the message")
    same(words(reply), "".join(PIECES), "the reply")
    deltas = [e for e in client.events if "delta" in e.get("update", ())]
    hold(len(deltas) > 1, "the reply comes in one piece")
    await client.agree()


async def scenario_thread_goes_on() -> None:
    """A second message is answered by a model that knows what was said before."""
    model = ScriptedModel(says(*PIECES), says("Ten, ", "then."))
    client = Client(Server(model))
    await client.say("How do I boil eggs?")
    _, reply = await client.say("They are large.")
    same(words(reply), "Ten, then.", "the second reply")
    for said in ("How do I boil eggs?", "".join(PIECES), "They are large."):
        hold(model.was_told(said), f"the model is not told: {said}")
    await client.agree()
