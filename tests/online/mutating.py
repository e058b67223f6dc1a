"""Spoils what scenarios receive, event by event, and tells what they did not notice.

Run as `python -I mutating.py FOLDER` in an environment that the scenarios of the folder
pass in. Every event of every stream, and every other answer, is dropped once, corrupted
in each place of its JSON, and exchanged with the event after it. Writes one JSON object
to standard output: what was tried for each scenario, and which changes it passed with.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

_LONGEST = 10.0  # seconds; a scenario that waits for what was dropped fails by time
_LATER = "2999-12-31T23:59:59"

Frames = AsyncIterator[bytes]
Change = Callable[[list[bytes], int], list[bytes]]
Place = tuple[str | int, ...]
Event = dict[str, Any]
Scenario = Callable[[], Coroutine[Any, Any, None]]


class Seam:
    """Stands between server and client, for one run of a scenario."""

    def __init__(self, stream: int = -1, change: Change | None = None) -> None:
        """Change what one of the streams says, or only listen."""
        self.heard: list[list[bytes]] = []
        self._stream = stream
        self._change = change

    async def __call__(self, frames: Frames) -> Frames:
        """Pass on the events, as soon as what is to become of them is known."""
        number = len(self.heard)
        self.heard.append(heard := [])
        change = self._change if number == self._stream else None
        async for frame in frames:
            heard.append(frame)
            for passed in change(heard, len(heard) - 1) if change else [frame]:
                yield passed


def drop(at: int) -> Change:
    """Leave out the event at that place."""
    return lambda heard, index: [] if index == at else heard[index:]


def exchange(at: int) -> Change:
    """Pass on the event at that place after the next one."""

    def change(heard: list[bytes], index: int) -> list[bytes]:
        if index == at:
            return []
        return [heard[index], heard[at]] if index == at + 1 else heard[index:]

    return change


def corrupt(at: int, place: Place) -> Change:
    """Change one value within the event at that place."""

    def change(heard: list[bytes], index: int) -> list[bytes]:
        return [spoilt(heard[at], place)] if index == at else heard[index:]

    return change


def spoilt(frame: bytes, place: Place) -> bytes:
    """The JSON with another value in that place."""
    whole = json.loads(frame)
    if not place:
        return json.dumps(another(whole)).encode()
    inner = whole
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = another(inner[place[-1]])
    return json.dumps(whole).encode()


def another(value: object) -> object:
    """Another value of the same kind: a mistake that parses."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return _LATER if _is_time(value) else value + "~"
        case list():
            return ["~"]
        case _:
            return {"~": "~"}


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def places(value: object) -> Iterator[Place]:
    """Where the values are that have no others in them."""
    if not isinstance(value, dict | list) or not value:
        yield ()
        return
    for step, below in value.items() if isinstance(value, dict) else enumerate(value):
        yield from ((step, *place) for place in places(below))


def equivalent(first: Event, second: Event, known: set[str]) -> bool:
    """Whether a client shows the same, whichever of two events comes first.

    They are about different things, of which at most one is an item that is not among
    the known ones: the end of an item and the beginning of the next, a thread's title
    and its items, an error and the items beside it, the options of a reply and the
    user's own message. Not so the creation of a thread, which all the others need, nor
    the options of a reply and the reply, which the user could not stop otherwise.
    """
    kinds = {first["type"], second["type"]}
    begun = [
        event["item"]["type"]
        for event in (first, second)
        if "item" in event and event["item"]["id"] not in known
    ]
    if "thread.created" in kinds or _subject(first) == _subject(second):
        return False
    if "stream_options" in kinds:
        return begun in ([], ["user_message"])
    return len(begun) < 2


def superfluous(events: list[Event]) -> bool:
    """Whether the first of two events may as well not come.

    The second takes back an item that the first lets grow: what stops a reply may as
    well stop it one event sooner.
    """
    kinds = [event.get("type") for event in events]
    return kinds == ["thread.item.updated", "thread.item.removed"]


def _subject(event: Event) -> str:
    """The item that an event is about, or else what kind of event it is."""
    item = event.get("item_id") or event.get("item", {}).get("id")
    return str(item or event["type"])


class Trial(NamedTuple):
    """One change of one event."""

    kind: str
    name: str
    stream: int
    at: int
    change: Change

    def matters(self, frames: list[bytes]) -> bool:
        """Whether a client would have to notice, when this was the stream.

        Asked of each run anew: what a server does at the same time may be told in
        another order the next time.
        """
        events = [json.loads(frame) for frame in frames]
        pair = events[self.at : self.at + 2]
        match self.kind:
            case "drop":
                return not superfluous(pair)
            case "reorder":
                known = {event.get("item", {}).get("id") for event in events[: self.at]}
                return len(pair) == 2 and not equivalent(pair[0], pair[1], known)
            case _:
                return True


def trials(heard: list[list[bytes]]) -> Iterator[Trial]:
    """Every change that matters: what was heard is what may be changed."""
    shapes: set[tuple[Place, ...]] = set()
    for stream, frames in enumerate(heard):
        for at, frame in enumerate(frames):
            event = json.loads(frame)
            name = f"{stream}.{at} {event.get('type', '')}"
            found = [
                Trial("drop", name, stream, at, drop(at)),
                Trial("reorder", name, stream, at, exchange(at)),
            ]
            for place in chosen(event, at, shapes):
                path = f"{name} {'.'.join(map(str, place))}"
                found.append(Trial("corrupt", path, stream, at, corrupt(at, place)))
            yield from (trial for trial in found if trial.matters(frames))


def chosen(event: Event, at: int, shapes: set[tuple[Place, ...]]) -> list[Place]:
    """Every place of an event that is the first of its shape, else one in turn."""
    found = tuple(places(event))
    if found in shapes:
        return [found[at % len(found)]]
    shapes.add(found)
    return list(found)


def run(scenario: Scenario, seam: Seam, client: ModuleType) -> str | None:
    """What a scenario raises with that seam; nothing if it passes."""
    vars(client)["tamper"] = seam
    signal.setitimer(signal.ITIMER_REAL, _LONGEST)
    try:
        asyncio.run(scenario())
    except Exception as error:  # noqa: BLE001 - a scenario may fail in any way
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def _late(*_: object) -> None:
    raise TimeoutError("the scenario takes too long")


def examine(scenario: Scenario, client: ModuleType) -> dict[str, Any]:
    """What becomes of one scenario, untouched and with each change."""
    listening = Seam()
    told: dict[str, Any] = {"untouched": run(scenario, listening, client)}
    tried: dict[str, int] = {"drop": 0, "corrupt": 0, "reorder": 0}
    passed: dict[str, list[str]] = {kind: [] for kind in tried}
    for trial in trials(listening.heard):
        tried[trial.kind] += 1
        seam = Seam(trial.stream, trial.change)
        survived = run(scenario, seam, client) is None
        if survived and trial.matters(seam.heard[trial.stream]):
            passed[trial.kind].append(trial.name)
    return {**told, "tried": tried, "passed": passed}


def scenarios(folder: Path) -> Iterator[tuple[str, Scenario]]:
    """Every scenario of a folder, with its name."""
    for file in sorted(folder.glob("[!_]*.py")):
        spec = importlib.util.spec_from_file_location(f"_mutated_{file.stem}", file)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        for name, value in vars(module).items():
            if name.startswith("scenario_"):
                yield f"{file.stem}:{name}", value


def main(folder: str) -> None:
    """Examine the scenarios of that folder."""
    sys.dont_write_bytecode = True
    sys.path.append(folder)
    signal.signal(signal.SIGALRM, _late)
    client = importlib.import_module("_user")
    told = {name: examine(run, client) for name, run in scenarios(Path(folder))}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
