"""The shortest way to a failure, asked in environments that were made anew."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from compatcheck.diagnosis.scene import Scene
from compatcheck.environments.live import Process
from compatcheck.investigate.fresh import Nursery, Seen, installed_pins
from compatcheck.investigate.parties import Parties
from compatcheck.model.inspected import Installed, within
from compatcheck.report.investigated import Reproduction, World

_IMPORTS: Final = ("ImportError", "ModuleNotFoundError")
ALONE: Final = (
    "these alone, and what they bring as it resolves today, in an empty folder"
)
AS_INSTALLED: Final = "every release that is installed, laid anew, in an empty folder"
YOURS: Final = (
    "every release that is installed, laid anew, in your folder, with your variables"
)


@dataclass(frozen=True, kw_only=True)
class Reproduced:
    """What fresh environments told."""

    told: Reproduction
    bare: Seen | None
    """The statement in the user's environment, but in an empty folder."""

    def came(self, *whats: str) -> tuple[World, ...]:
        """The worlds of that kind that could be asked."""
        return tuple(
            it
            for it in self.told.worlds
            if it.what in whats and it.outcome not in ("not made", "unknown")
        )

    @property
    def works(self) -> bool | None:
        """Whether the statement runs with these releases; None where untold."""
        found = self.came(ALONE, AS_INSTALLED)
        if not found:
            return None
        return any(it.outcome == "works" for it in found)

    @property
    def yours(self) -> World | None:
        """The user's own command with the environment laid anew."""
        return next(iter(self.came(YOURS)), None)


def reproduce(parts: Parties, process: Process, nursery: Nursery) -> Reproduced:
    """Look for the shortest statement, and ask it where nothing can be damaged.

    Raises `CouldNotTell` where no environment can be made at all.
    """
    statement, bare = _shortest(parts, process, nursery)
    worlds = tuple(_worlds(parts, process, nursery, statement))
    minimal = next((n for n, it in enumerate(worlds) if it.outcome == "fails"), None)
    told = Reproduction(
        statement=statement,
        conclusion=_conclusion(worlds, minimal, statement),
        worlds=worlds,
        minimal=minimal,
    )
    return Reproduced(told=told, bare=bare)


def _worlds(
    parts: Parties, process: Process, nursery: Nursery, statement: str | None
) -> Iterator[World]:
    if statement is not None and parts.pins:
        yield nursery.says(nursery.make(parts.pins), statement, ALONE)
    pins, _ = installed_pins(nursery)
    whole = nursery.make(pins, alone=True)
    if statement is not None:
        yield nursery.says(whole, statement, AS_INSTALLED)
    yield nursery.replays(whole, process, YOURS)


def _shortest(
    parts: Parties, process: Process, nursery: Nursery
) -> tuple[str | None, Seen | None]:
    """A statement that fails so by itself; else the first that would ask the same."""
    first: tuple[str, Seen] | None = None
    for statement in dict.fromkeys(statements(parts, process)):
        seen = nursery.here(statement)
        if seen.outcome == "fails":
            return statement, seen
        first = first or (statement, seen)
    return first or (None, None)


def statements(parts: Parties, process: Process) -> Iterator[str]:
    """What would ask the same, the consumer's own module first."""
    scene = parts.scene
    if scene.step.type.rpartition(".")[2] not in _IMPORTS:
        yield from _given(process)
        return
    module = _module(scene, parts.consumer)
    if module is not None:
        yield f"import {module}"
    yield from _given(process)
    asked = scene.wanted
    if asked is not None and asked.kind != "attribute":
        alone = f"import {asked.module}"
        named = f"from {asked.module} import {asked.name}"
        yield named if asked.name is not None else alone


def _given(process: Process) -> Iterator[str]:
    if "-c" in process.command[:-1]:
        yield process.command[process.command.index("-c") + 1]


def _module(scene: Scene, owner: Installed | None) -> str | None:
    """The module of the distribution in which it came up, as it is imported."""
    frame = scene.importer
    if frame is None or owner is None or not within(frame.file, owner.root):
        return None
    relative = Path(os.path.relpath(frame.file, owner.root)).with_suffix("")
    parts = [it for it in relative.parts if it != "__init__"]
    usual = bool(parts) and all(it.isidentifier() for it in parts)
    return ".".join(parts) if usual else None


def _conclusion(
    worlds: Sequence[World], minimal: int | None, statement: str | None
) -> str:
    """Which commands fail, or that a fresh environment works."""
    if minimal is not None:
        if worlds[minimal].what == YOURS:
            return f"No statement fails by itself; your command does, with {YOURS}"
        return "These commands were run, and fail as it does here"
    works = [it for it in worlds if it.outcome == "works"]
    if works:
        what = f"`{statement}`" if statement else "your command"
        return f"A fresh environment works: {what} runs there, with {works[0].what}"
    others = [it for it in worlds if it.outcome == "fails otherwise"]
    if others:
        return f"A fresh environment fails, but otherwise: {others[0].said}"
    return "No fresh environment could be asked"


def untold(nursery: Nursery) -> Iterator[str]:
    """What a fresh environment lacks."""
    _, left = installed_pins(nursery)
    if left:
        names = ", ".join(left)
        yield f"not in the fresh environments, since no index has it: {names}"
