"""What a client shows: every event applied to what was shown before, strictly.

Updates are told apart by what they carry, not by their names, and events of kinds that
change nothing here are passed over: releases may add and rename those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from time import time
from typing import Any

from pydantic import TypeAdapter

Told = dict[str, Any]

_TIME = TypeAdapter(datetime)
_CLOCK_TURNED_BACK = 60.0  # seconds by which a clock may be put right meanwhile


def same(told: Any, wanted: Any, what: str) -> None:
    """Raise `AssertionError` that names the first place where the two differ."""
    for difference in _differences(told, wanted, what):
        raise AssertionError(difference)


def _differences(told: Any, wanted: Any, place: str) -> Iterator[str]:
    match told, wanted:
        case dict(), dict():
            for name in sorted(told.keys() | wanted.keys()):
                if name in told and name in wanted:
                    yield from _differences(told[name], wanted[name], f"{place}.{name}")
                else:
                    yield f"{place}: {'no' if name in wanted else 'an extra'} {name!r}"
        case list(), list() if len(told) == len(wanted):
            for number, pair in enumerate(zip(told, wanted, strict=True)):
                yield from _differences(*pair, f"{place}[{number}]")
        case list(), list():
            yield f"{place}: {len(told)} of them, not {len(wanted)}"
        case _ if told != wanted:
            # A time differs from run to run, and equal failures should read equally.
            is_time = place.endswith("_at")
            yield place if is_time else f"{place}: {told!r}, not {wanted!r}"


def words(item: Told) -> str:
    """All that an item of text says."""
    return "".join(part["text"] for part in item["content"])


def hold(truth: object, what: str) -> None:
    """Raise `AssertionError` with these words if it is not so."""
    if not truth:
        raise AssertionError(what)


@dataclass
class Item:
    """One item on the screen."""

    shown: Told
    done: bool = False
    growing: set[int] = field(default_factory=set)
    """The parts of its text that have begun to come and have not ended."""
    states: list[Told] = field(default_factory=list)
    """What its widget looked like, from its first state on."""
    opaque: bool = False
    """Whether it changed in a way that only a newer client can show."""


class Screen:
    """One thread as a client shows it."""

    def __init__(self) -> None:
        """Show nothing."""
        self.thread: Told = {}
        self.items: dict[str, Item] = {}
        self.errors: list[Told] = []
        self.removed: list[Item] = []

    @property
    def content(self) -> list[Told]:
        """The items from top to bottom."""
        return [item.shown for item in self.items.values()]

    def apply(self, event: Told) -> None:
        """Show what an event says; `AssertionError` if it cannot be so."""
        match event["type"]:
            case "thread.created":
                hold(not self.thread, "a second thread is created in a stream")
                self.show_thread(event["thread"])
            case "thread.updated":
                for name in ("id", "created_at"):
                    what = f"the {name} of the updated thread"
                    same(event["thread"][name], self.thread.get(name), what)
                self.show_thread(event["thread"])
            case "thread.item.added":
                self._add(event["item"])
            case "thread.item.updated":
                item = self._open(event["item_id"], "updated")
                self._update(item, event["update"])
            case "thread.item.done":
                self._finish(event["item"])
            case "thread.item.removed":
                shown = self.items.pop(event["item_id"], None)
                hold(shown, "an item is removed that is not there")
                self.removed.append(shown)
            case "thread.item.replaced":
                hold(event["item"]["id"] in self.items, "an unknown item is replaced")
                self.items[event["item"]["id"]].shown = event["item"]
            case "error":
                self.errors.append(event)

    def show_thread(self, told: Told) -> None:
        """Show a thread's own data; its items come one by one."""
        page = told["items"]
        hold(not told.get("metadata"), "metadata, which are the server's own")
        hold(not page["data"] and not page["has_more"], "items that were not told of")
        self.thread = {name: told[name] for name in told if name != "items"}

    def _add(self, told: Told) -> None:
        hold(told["id"] not in self.items, f"a {told['type']} is added twice")
        same(told["thread_id"], self.thread.get("id"), "the thread of what is added")
        hold(_time(told) < time() + _CLOCK_TURNED_BACK, "an item from the future")
        if told["type"] == "user_message":
            quiet = all(item.done for item in self.items.values())
            hold(quiet, "a message comes when the reply to it is under way")
        self.items[told["id"]] = item = Item(told)
        if "widget" in told:
            item.states.append(told["widget"])

    def _open(self, item_id: str, word: str) -> Item:
        hold(item_id in self.items, f"an item is {word} before it is added")
        item = self.items[item_id]
        hold(not item.done, f"a {item.shown['type']} is {word} after its end")
        return item

    def _finish(self, told: Told) -> None:
        if told["id"] not in self.items:
            self._add(told)
            self.items[told["id"]].done = True
            return
        item = self._open(told["id"], "done")
        kind = told["type"]
        began, ended = _time(item.shown), _time(told)
        hold(began <= ended, f"the {kind} is done before it began")
        hold(ended < time() + _CLOCK_TURNED_BACK, f"a {kind} from the future")
        hold(not item.growing, f"the {kind} is done, a part of it is not")
        if not item.opaque:
            # Some releases say when it began, some when it ended.
            grown = item.shown | {"created_at": told["created_at"]}
            same(grown, told, f"the {kind} as it grew and as it is done")
        item.shown, item.done = told, True

    def _update(self, item: Item, update: Told) -> None:
        """Change what is shown of an item."""
        match update:
            case {"content_index": index, **rest}:
                _update_part(item, index, rest)
            case {"component_id": name, **rest}:
                _update_component(item, name, rest)
            case {"widget": widget}:
                item.shown["widget"] = widget
            case {"task_index": index, "task": task}:
                item.shown["workflow"]["tasks"][index : index + 1] = [task]
            case {"image": image}:
                item.shown["image"] = image
            case _:
                item.opaque = True
        if "widget" in item.shown:
            item.states.append(_copy(item.shown["widget"]))


def _update_part(item: Item, index: int, rest: Told) -> None:
    """A part of a text begins, grows, is annotated or ends."""
    parts = item.shown["content"]
    if "content" in rest and index == len(parts):
        parts.append(rest["content"])
        item.growing.add(index)
        return
    hold(
        index in item.growing,
        "a part of a text grows, but not in its time",
    )
    if "delta" in rest:
        parts[index]["text"] += rest["delta"]
    elif "annotation" in rest:
        parts[index]["annotations"].insert(rest["annotation_index"], rest["annotation"])
    else:
        ended = rest["content"]["text"]
        same(parts[index]["text"], ended, "the deltas joined, and the whole part")
        item.growing.remove(index)


def _update_component(item: Item, name: str, rest: Told) -> None:
    """The text of a component grows, or the component is another."""
    item.shown["widget"] = widget = _copy(item.shown["widget"])
    (component,) = [node for node in _nodes(widget) if node.get("id") == name]
    if "delta" in rest:
        component["value"] += rest["delta"]
        streaming = component.get("streaming", False)
        same(rest["done"], not streaming, "whether the component's text is done")
    else:
        component.clear()
        component.update(rest["component"])


def _nodes(widget: Told) -> list[Told]:
    """A widget and all that is in it."""
    below = [node for child in widget.get("children", ()) for node in _nodes(child)]
    return [widget, *below]


def _copy(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _copy(value) for name, value in told.items()}
    return [_copy(value) for value in told] if isinstance(told, list) else told


def _time(told: Told) -> float:
    return _TIME.validate_python(told["created_at"]).timestamp()
