"""Widgets that a tool of the server streams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from _model import ScriptedModel, calls, says
from _screen import hold, same, words
from _server import Server
from _user import Client
from agents import RunContextWrapper, function_tool
from chatkit.agents import AgentContext
from chatkit.widgets import Card, Divider, Row, Text, Title

RECIPE = "Mix flour, eggs and milk."


def recipe() -> Card:
    """A widget with others in it."""
    row = Row(children=[Text(value="Flour"), Text(value="250 g")])
    return Card(children=[Title(value="Pancakes"), Divider(), row])


def step(text: str, *below: Any, streaming: bool) -> Card:
    """A widget whose text is still coming, or is not."""
    return Card(children=[Text(id="step", value=text, streaming=streaming), *below])


STATES = (
    step("", streaming=True),
    step("Mix flour, ", streaming=True),
    step("Mix flour, eggs ", streaming=True),
    step(RECIPE, streaming=True),
    step(RECIPE, streaming=False),
    step(RECIPE, Divider(), Text(id="end", value="Enjoy."), streaming=False),
)


@function_tool
async def show_recipe(ctx: RunContextWrapper[AgentContext[Any]]) -> str:
    """Show the recipe."""
    await ctx.context.stream_widget(recipe(), copy_text="Pancakes: flour, 250 g")
    return "The recipe is shown."


@function_tool
async def write_recipe(ctx: RunContextWrapper[AgentContext[Any]]) -> str:
    """Write the recipe bit by bit."""

    async def written() -> AsyncIterator[Card]:
        for state in STATES:
            yield state

    await ctx.context.stream_widget(written())
    return "The recipe is written."


def _json(widget: Any) -> Any:
    return widget.model_dump(mode="json", exclude_none=True, by_alias=True)


async def _use(tool: Any) -> tuple[Client, Any]:
    """The client that sees a tool's widget and a text after it, and that widget."""
    model = ScriptedModel(calls(tool.name), says("Here ", "you ", "are."))
    client = Client(Server(model, tools=[tool]))
    _, widget, reply = await client.say("Show me a recipe.")
    same(widget["type"], "widget", "what comes before the text")
    same(words(reply), "Here you are.", "the text after the widget")
    hold(model.was_told("The recipe is"), "the model is not told what its tool said")
    await client.agree()
    return client, widget


async def scenario_tool_shows_a_widget() -> None:
    """A tool's widget is shown as it was made, and the text follows it."""
    _, shown = await _use(show_recipe)
    same(shown["widget"], _json(recipe()), "the widget")
    same(shown["copy_text"], "Pancakes: flour, 250 g", "the text to copy")


async def scenario_widget_changes_while_it_streams() -> None:
    """Each state of a widget that changes is shown, in its order, up to the last."""
    client, shown = await _use(write_recipe)
    wanted = [_json(state) for state in STATES]
    same(client.screen.items[shown["id"]].states, wanted, "the states of the widget")
    same(shown["widget"], wanted[-1], "the widget at its end")


async def scenario_model_is_told_of_the_widget() -> None:
    """In the next turn the model is told which widget the user saw."""
    turns = calls("show_recipe"), says("Here ", "you are."), says("250 ", "grams.")
    model = ScriptedModel(*turns)
    client = Client(Server(model, tools=[show_recipe]))
    await client.say("Show me a recipe.")
    _, reply = await client.say("How much flour?")
    same(words(reply), "250 grams.", "the reply")
    hold(model.was_told("Pancakes"), "the model is not told of the widget")
    await client.agree()
