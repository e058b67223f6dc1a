"""The shortest way to a failure, asked in environments that were made anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from compatcheck.environments.live import Process
from compatcheck.investigate.asking import Ask, asks
from compatcheck.investigate.fresh import Nursery, Seen, installed_pins
from compatcheck.investigate.parties import Parties
from compatcheck.report.investigated import Reproduction, World

_OTHERWISE: Final = "fails otherwise"
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
    asked: Ask | None
    """What fails by itself, or the first that would ask the same."""
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
    asked, bare = _shortest(parts, process, nursery)
    worlds = tuple(_worlds(parts, process, nursery, asked))
    statement = str(asked) if asked is not None else None
    minimal = next((n for n, it in enumerate(worlds) if it.outcome == "fails"), None)
    told = Reproduction(
        statement=statement,
        conclusion=_conclusion(worlds, minimal, statement),
        worlds=worlds,
        minimal=minimal,
    )
    return Reproduced(told=told, asked=asked, bare=bare)


def _worlds(
    parts: Parties, process: Process, nursery: Nursery, asked: Ask | None
) -> Iterator[World]:
    if asked is not None and parts.pins:
        yield nursery.says(nursery.make(parts.pins), asked, ALONE)
    pins, _ = installed_pins(nursery)
    whole = nursery.make(pins, alone=True)
    if asked is not None:
        yield nursery.says(whole, asked, AS_INSTALLED)
    yield nursery.replays(whole, process, YOURS)


def _shortest(
    parts: Parties, process: Process, nursery: Nursery
) -> tuple[Ask | None, Seen | None]:
    """What fails so by itself; else the first that runs, and would ask the same."""
    first: tuple[Ask, Seen] | None = None
    for asked in dict.fromkeys(asks(parts, process)):
        seen = nursery.here(asked)
        if seen.outcome == "fails":
            return asked, seen
        if first is None or (seen.outcome, first[1].outcome) == ("works", _OTHERWISE):
            first = (asked, seen)
    return first or (None, None)


def _conclusion(
    worlds: Sequence[World], minimal: int | None, statement: str | None
) -> str:
    """Which commands fail, or that a fresh environment works."""
    if minimal is not None:
        if worlds[minimal].what == YOURS:
            alone = any(it.outcome == "works" for it in worlds)
            runs = f"`{statement}` runs in a fresh environment"
            nothing = runs if alone else "No statement fails by itself"
            return f"{nothing}; your command fails there, in your folder"
        return "These commands were run, and fail as it does here"
    works = [it for it in worlds if it.outcome == "works"]
    if works:
        what = f"`{statement}`" if statement else "your command"
        return f"A fresh environment works: {what} runs there, with {works[0].what}"
    others = [it for it in worlds if it.outcome == _OTHERWISE]
    if others:
        return f"A fresh environment fails, but otherwise: {others[0].said}"
    return "No fresh environment could be asked"


def untold(nursery: Nursery) -> Iterator[str]:
    """What a fresh environment lacks."""
    _, left = installed_pins(nursery)
    if left:
        names = ", ".join(left)
        yield f"not in the fresh environments, since no index has it: {names}"
