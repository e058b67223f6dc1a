"""Tools that run in the client."""

from __future__ import annotations

from typing import Any

from _model import ScriptedModel, calls, says
from _screen import hold, same, words
from _server import Server
from _user import Client
from agents import RunContextWrapper, function_tool
from chatkit.agents import AgentContext, ClientToolCall

ARGUMENTS = {"minutes": "nine"}
RESULT = {"started": True, "timer": "timer-7"}


@function_tool
async def set_timer(ctx: RunContextWrapper[AgentContext[Any]], minutes: str) -> str:
    """Set a timer in the client."""
    call = ClientToolCall(name="set_timer", arguments={"minutes": minutes})
    ctx.context.client_tool_call = call
    return "The client sets the timer."


async def scenario_client_tool_is_called_and_answers() -> None:
    """A client tool is called, its result is stored, told to the model and answered."""
    turns = calls("set_timer", **ARGUMENTS), says("The timer ", "is set.")
    model = ScriptedModel(*turns)
    stop = {"stop_at_tool_names": ["set_timer"]}
    server = Server(model, tools=[set_timer], tool_use_behavior=stop)
    client = Client(server)
    _, call = await client.say("Set a timer.")
    same(call["type"], "client_tool_call", "what comes after the message")
    same(call["status"], "pending", "the call before its result")
    same((call["name"], call["arguments"]), ("set_timer", ARGUMENTS), "the call")
    await client.agree()

    kind = "threads.add_client_tool_output"
    (reply,) = await client.stream(kind, thread_id=client.thread_id, result=RESULT)
    same(words(reply), "The timer is set.", "the reply to the result")
    hold(model.was_told(call["call_id"]), "the model is not told which call it was")
    hold(model.was_told("timer-7"), "the model is not told the result")
    # The client knows the result that it sent: no event tells it again.
    call.update(status="completed", output=RESULT)
    await client.agree()
