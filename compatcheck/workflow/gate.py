"""`compatcheck gate`: read two locks, ask both sides of what changed, decide."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import TypeAlias

from packaging.version import Version

from compatcheck.ask.verdict import unknown
from compatcheck.errors import CouldNotTell, UsageError
from compatcheck.gate.blaming import AskWorlds, Inquiry
from compatcheck.gate.changes import (
    Change,
    World,
    asked,
    cell_of,
    changes,
    declared_apart,
    world_of,
)
from compatcheck.gate.findings import Desk, Sides, findings
from compatcheck.gate.waivers import waive
from compatcheck.gate.where import Sources
from compatcheck.model import (
    Cell,
    CellResult,
    Interpreter,
    Outcome,
    Source,
    Stage,
    Unknown,
    Unsolvable,
)
from compatcheck.report.account import unread
from compatcheck.report.gated import Finding, Gated
from compatcheck.workflow.gate_asking import Door, Doors, opened
from compatcheck.workflow.gate_document import document, unchanged
from compatcheck.workflow.gate_reading import Asked, Read, read_both
from compatcheck.workflow.gate_settling import Settled, settle
from compatcheck.workflow.gate_shims import ways
from compatcheck.workflow.session import Session

Hears: TypeAlias = Callable[[str], None]
Names: TypeAlias = Mapping[str, frozenset[str]]
"""By the build of a Python, what is asked about there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A Python, and what is installed there on both sides."""

    interpreter: Interpreter
    base: Settled
    head: Settled

    @property
    def changed(self) -> tuple[Change, ...]:
        """What differs."""
        return changes(self.base.world, self.head.world)

    def names(self, direct: frozenset[str]) -> frozenset[str]:
        """What to ask about."""
        if self.base.why is not None or self.head.why is not None:
            return frozenset()  # nothing is settled but whether it resolves
        return asked(self.changed, self.base.world, self.head.world, direct)


def run_gate(wanted: Asked, session: Session, hears: Hears) -> Gated:
    """Decide. Raises `UsageError` for what cannot be asked so, `CouldNotTell`."""
    read = read_both(wanted, session)
    if not declared_apart(read.base, read.head):
        return unchanged(read, (), read.notes, session)
    told = [_told(one, read, session) for one in read.pythons(session)]
    if not any(it.changed for it in told):
        pythons = [it.interpreter for it in told]
        return unchanged(read, pythons, read.notes, session)
    sides, found = _asked(read, told, session, hears)
    today = session.clock().date()
    marked, notes = waive(found, read.waivers, today)
    return document(
        read, sides, marked, (*read.notes, *notes, *_unread(sides)), session
    )


def _unread(sides: Sequence[Sides]) -> Iterator[str]:
    """Whose needs nobody knows, so that nobody asked whether head meets them."""
    contracts = [side.head.contract for side in sides if side.head.contract]
    modules = {name for contract in contracts for name in contract.unread}
    if words := unread(modules, platform.python_version()):
        yield words


def _told(interpreter: Interpreter, read: Read, session: Session) -> _Told:
    base = settle(read, read.base, interpreter, session)
    head = settle(read, read.head, interpreter, session)
    if base.why is not None or head.why is not None:
        # What is resolved cannot be compared with what is only declared.
        base = replace(base, world=world_of(read.base.choose(interpreter.markers)))
        head = replace(head, world=world_of(read.head.choose(interpreter.markers)))
    if isinstance(base.why, Unknown) and head.why is None:
        # Then nobody knows what changed, and so not what to ask of head.
        words = f"base could not be resolved as of its commit: {base.why.reason}"
        head = replace(head, why=Unknown(reason=words))
    return _Told(interpreter=interpreter, base=base, head=head)


def _asked(
    read: Read, told: Sequence[_Told], session: Session, hears: Hears
) -> tuple[list[Sides], list[Finding]]:
    """What both sides show, and what is found in it."""
    direct = (read.base.direct or frozenset()) | (read.head.direct or frozenset())
    if read.base.direct is None and read.head.direct is None:
        direct = frozenset(
            it.distribution for it in (*read.base.everything, *read.head.everything)
        )
    names = {it.interpreter.build: it.names(direct) for it in told}
    versions = _versions(told, frozenset[str]().union(*names.values()))
    try:
        with opened(read, versions, session) as doors:
            sides = _both(doors, told, names, hears)
            return sides, findings(sides, _desk(read, doors, names, hears))
    except CouldNotTell as fault:
        sides = [_dark(it, names[it.interpreter.build], str(fault)) for it in told]
        return sides, findings(sides, _desk(read, None, names, hears))


def _versions(told: Sequence[_Told], names: frozenset[str]) -> dict[str, list[Version]]:
    worlds = [world for it in told for world in (it.base.world, it.head.world)]
    return {
        name: [
            version
            for world in worlds
            if name in world and (version := world[name].version) is not None
        ]
        for name in sorted(names)
    }


def _both(
    doors: Doors, told: Sequence[_Told], names: Names, hears: Hears
) -> list[Sides]:
    """Both sides of each Python that has something new."""
    at = [it for it in told if it.changed]
    hears(f"asking {sum(len(it.changed) for it in at)} changes, with and without")
    sides = []
    head = doors.head.sure([_cell(it.head, it, names) for it in at])
    base = doors.base.sure([_cell(it.base, it, names) for it in at])
    for it, one, two in zip(at, base, head, strict=True):
        before, after = _settled(it.base, one), _settled(it.head, two)
        sides.append(_sides(it, before, after, names[it.interpreter.build], doors))
    return sides


def _cell(settled: Settled, told: _Told, names: Names) -> Cell:
    return cell_of(settled.world, names[told.interpreter.build], told.interpreter)


def _settled(settled: Settled, result: CellResult) -> CellResult:
    """What a side shows; where it did not even resolve, that."""
    match settled.why:
        case Unsolvable(reason=reason):
            return CellResult(
                cell=result.cell,
                outcome=Outcome.UNSOLVABLE,
                stage=Stage.RESOLVE,
                reason=reason,
                source=Source.PROBED,
            )
        case Unknown(reason=reason):
            return unknown(result.cell, Stage.RESOLVE, reason)
        case None:
            return result


def _sides(
    told: _Told,
    base: CellResult,
    head: CellResult,
    names: frozenset[str],
    doors: Doors,
) -> Sides:
    def ask(door: Door, *, fresh: bool) -> AskWorlds:
        def asking(worlds: Sequence[World]) -> Sequence[CellResult]:
            cells = [cell_of(it, names, told.interpreter) for it in worlds]
            return door.ask(cells, fresh=fresh)

        return asking

    inquiry = Inquiry(
        base=told.base.world,
        head=told.head.world,
        changed=told.changed,
        today=head,
        ask=ask(doors.head, fresh=False),
        afresh=ask(doors.head, fresh=True),
    )
    return Sides(
        interpreter=told.interpreter,
        changed=told.changed,
        base=base,
        head=head,
        inquiry=inquiry,
    )


def _dark(told: _Told, names: frozenset[str], words: str) -> Sides:
    """Both sides, where nothing can be asked at all."""

    def nothing(worlds: Sequence[World]) -> Sequence[CellResult]:
        cells = [cell_of(it, names, told.interpreter) for it in worlds]
        return [unknown(it, Stage.RESOLVE, words) for it in cells]

    base, head = nothing([told.base.world, told.head.world])
    return Sides(
        interpreter=told.interpreter,
        changed=told.changed,
        base=base,
        head=head,
        inquiry=Inquiry(
            base=told.base.world,
            head=told.head.world,
            changed=told.changed,
            today=head,
            ask=nothing,
            afresh=nothing,
        ),
    )


def _desk(read: Read, doors: Doors | None, names: Names, hears: Hears) -> Desk:
    scenarios = {
        PurePosixPath(path).name: f"{read.prefix}{path}"
        for path in read.project.table.scenarios
    }
    door = doors.head if doors else None
    return Desk(
        own=read.own,
        lock=read.head.path,
        sources=Sources(
            root=read.top,
            folders=door.settings.sources if door else (),
            scenarios=scenarios,
        ),
        releases=door.releases if door else lambda _: (),
        shims=partial(ways, ask=partial(_shimmed, doors, names, {})),
        hears=hears,
    )


def _shimmed(
    doors: Doors | None,
    names: Names,
    known: dict[str, Sequence[CellResult]],
    side: Sides,
) -> Sequence[CellResult]:
    """What head shows with the shim in it, found out once for each Python.

    Each time that it was asked, but for what was seen twice in an earlier run. Raises
    `CouldNotTell` where there is no shim, or nothing can be asked.
    """
    build = side.interpreter.build
    if doors is None:
        raise CouldNotTell("nothing can be asked")
    if build not in known:
        try:
            door = doors.shimmed()
        except UsageError as fault:
            raise CouldNotTell(str(fault)) from fault
        cell = cell_of(side.inquiry.head, names[build], side.interpreter)
        cells = [replace(cell, shims=True)]
        (first,) = door.ask(cells)
        again = () if first.confirmed else door.ask(cells, fresh=True)
        known[build] = (first, *again)
    return known[build]


__all__ = ["Asked", "run_gate"]
