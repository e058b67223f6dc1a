"""Guardrails that stop a reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from _model import ScriptedModel, says
from _screen import hold, same, words
from _server import Server, now
from _user import Client
from agents import (
    GuardrailFunctionOutput,
    InputGuardrailTripwireTriggered,
    OutputGuardrailTripwireTriggered,
    input_guardrail,
    output_guardrail,
)
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ThreadItemDoneEvent,
)

QUESTION = "What is the capital of France?"
ANSWER = "The capital is Paris."
REFUSAL = "I only talk about food."
TRIPPED = GuardrailFunctionOutput(output_info="off topic", tripwire_triggered=True)


@input_guardrail
async def question_is_off_topic(*_: Any) -> GuardrailFunctionOutput:
    """Trip on what is asked."""
    return TRIPPED


@output_guardrail
async def answer_is_off_topic(*_: Any) -> GuardrailFunctionOutput:
    """Trip on what is answered, when it has reached the client."""
    await _rounds(30)
    return TRIPPED


class GuardedServer(Server):
    """Notes which guardrail tripped, and lets the exception pass."""

    tripped: Exception | None = None

    async def respond(
        self, thread: Any, input_user_message: Any, context: Any
    ) -> AsyncIterator[Any]:
        """Stream the agent's reply."""
        try:
            async for event in super().respond(thread, input_user_message, context):
                yield event
        except (
            InputGuardrailTripwireTriggered,
            OutputGuardrailTripwireTriggered,
        ) as tripped:
            self.tripped = tripped
            raise


class PoliteServer(GuardedServer):
    """Says why it does not answer."""

    async def respond(
        self, thread: Any, input_user_message: Any, context: Any
    ) -> AsyncIterator[Any]:
        """Stream the agent's reply, or a refusal if a guardrail trips."""
        try:
            async for event in super().respond(thread, input_user_message, context):
                yield event
        except (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered):
            item = AssistantMessageItem(
                id=self.store.generate_item_id("message", thread, context),
                thread_id=thread.id,
                created_at=now(),
                content=[AssistantMessageContent(text=REFUSAL)],
            )
            yield ThreadItemDoneEvent(item=item)


async def _is_refused(server: GuardedServer, by: type[Exception]) -> Client:
    """Ask what a guardrail of a polite server stops."""
    client = Client(server)
    _, reply = await client.say(QUESTION)
    hold(isinstance(server.tripped, by), f"the server is not told: {by.__name__}")
    same(words(reply), REFUSAL, "the refusal")
    await client.agree()
    return client


def _model(*pieces: Any) -> ScriptedModel:
    return ScriptedModel(says("The capital ", *pieces, "is Paris."))


def _is_whole(client: Client) -> None:
    """Check that the whole reply was shown before it was taken back."""
    (taken_back,) = client.screen.removed
    hold(taken_back.done, "the reply is taken back before it is done")
    same(words(taken_back.shown), ANSWER, "what is taken back")


async def _rounds(number: int) -> None:
    """Let others run that many times."""
    for _ in range(number):
        await asyncio.sleep(0)


async def scenario_input_tripwire_is_caught() -> None:
    """A tripped input guardrail reaches the server, and only its refusal stays."""
    server = PoliteServer(_model(), input_guardrails=[question_is_off_topic])
    await _is_refused(server, InputGuardrailTripwireTriggered)


async def scenario_late_input_tripwire_takes_the_reply_back() -> None:
    """An input guardrail that trips in mid-stream takes back what was shown."""
    begun = asyncio.Event()

    async def waits() -> None:
        begun.set()
        await _rounds(60)

    @input_guardrail
    async def slow(*_: Any) -> GuardrailFunctionOutput:
        await begun.wait()
        await _rounds(30)  # the beginning reaches the client
        return TRIPPED

    server = PoliteServer(_model(waits), input_guardrails=[slow])
    client = await _is_refused(server, InputGuardrailTripwireTriggered)
    (taken_back,) = client.screen.removed
    text = words(taken_back.shown)
    # How much of the rest comes before the tripwire is the libraries' business.
    as_said = text.startswith("The capital ") and ANSWER.startswith(text)
    hold(as_said, f"what is taken back: {text!r}")


async def scenario_output_tripwire_takes_the_reply_back() -> None:
    """A tripped output guardrail takes the reply back, and only the refusal stays."""
    server = PoliteServer(_model(), output_guardrails=[answer_is_off_topic])
    client = await _is_refused(server, OutputGuardrailTripwireTriggered)
    _is_whole(client)


async def scenario_uncaught_tripwire_is_reported() -> None:
    """A tripped guardrail that nobody catches is one error, and leaves no reply."""
    server = GuardedServer(_model(), output_guardrails=[answer_is_off_topic])
    client = Client(server)
    items = await client.say(QUESTION, fails=True)
    tripped = isinstance(server.tripped, OutputGuardrailTripwireTriggered)
    hold(tripped, "the error that is shown is not the guardrail's")
    same([item["type"] for item in items], ["user_message"], "what stays")
    _is_whole(client)
    (error,) = client.screen.errors
    same(error["code"], "stream.error", "the error's code")
    hold(error["allow_retry"], "the client may not try again")
    await client.agree()
