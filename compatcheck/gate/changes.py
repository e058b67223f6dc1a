"""What differs between two locks, and what has to be asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from compatcheck.gate.locks import Entry, Lock
from compatcheck.model import Cell, Interpreter, Locked, Pin, Resolution

Kind: TypeAlias = Literal[
    "added", "removed", "raised", "lowered", "other extras", "another range"
]
World: TypeAlias = Mapping[str, Entry]
"""What is installed, by name; each with a version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A distribution that is another one in head, or there alone, or gone."""

    distribution: str
    before: Entry | None
    after: Entry | None

    @property
    def entry(self) -> Entry:
        """Where it stands: in head, else in base."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of them is there
        return found

    @property
    def kind(self) -> Kind:
        """What happened to it."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        if self.before.version is None or self.after.version is None:
            return "another range"
        if self.before.version == self.after.version:
            return "other extras"
        raised = self.after.version > self.before.version
        return "raised" if raised else "lowered"


def changes(base: World, head: World) -> tuple[Change, ...]:
    """What differs between two worlds, by name."""
    return tuple(
        Change(distribution=name, before=base.get(name), after=head.get(name))
        for name in sorted({*base, *head})
        if _what(base.get(name)) != _what(head.get(name))
    )


def _what(entry: Entry | None) -> object:
    return None if entry is None else entry.requirement


def declared_apart(base: Lock, head: Lock) -> bool:
    """Whether two locks say anything different, for whatever Python."""
    return _said(base) != _said(head)


def _said(lock: Lock) -> object:
    entries = {it.requirement for it in lock.everything}
    return entries, sorted(lock.constraints), sorted(lock.overrides)


def world_of(entries: Iterable[Entry]) -> World:
    """Entries by name."""
    return {entry.distribution: entry for entry in entries}


def resolved_world(locked: Locked, declared: Sequence[Entry], path: str) -> World:
    """What a resolver made of a file, each at the line that declares it if one does."""
    lines = {entry.distribution: entry for entry in declared}
    found = {}
    for package in locked.packages:
        own = lines.get(package.distribution)
        found[package.distribution] = Entry(
            distribution=package.distribution,
            version=package.version,
            extras=own.extras if own else (),
            file=own.file if own else path,
            line=own.line if own else 1,
        )
    return found


def asked(
    changed: Sequence[Change], base: World, head: World, direct: frozenset[str]
) -> frozenset[str]:
    """Which distributions to ask about: what changed, and whoever needs it.

    Where a lock tells what needs what, that is all who need it, however far off;
    else all that the project itself requires.
    """
    names = {it.distribution for it in changed}
    entries = [*base.values(), *head.values()]
    if all(entry.needs is None for entry in entries):
        return frozenset(names | direct)
    while True:
        more = {it.distribution for it in entries if it.needs and it.needs & names}
        if more <= names:
            return frozenset(names)
        names |= more


def cell_of(world: World, asked_of: frozenset[str], interpreter: Interpreter) -> Cell:
    """The cell that asks about some distributions of a world that has them all."""
    pins = [entry for name, entry in sorted(world.items()) if name in asked_of]
    rest = [entry for name, entry in sorted(world.items()) if name not in asked_of]
    return Cell(
        pins=tuple(
            Pin(distribution=it.distribution, version=it.version, extras=it.extras)
            for it in sorted(pins, key=lambda it: _consumers_first(it, asked_of))
            if it.version is not None
        ),
        interpreter=interpreter,
        resolution=Resolution.HIGHEST,
        as_of=None,
        requirements=tuple(entry.requirement for entry in rest),
    )


def _consumers_first(entry: Entry, names: frozenset[str]) -> tuple[int, str]:
    return -len((entry.needs or frozenset()) & names), entry.distribution
