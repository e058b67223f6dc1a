"""What is installed on both sides for a Python: as locked, or as it resolves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from compatcheck.gate.changes import World, resolved_world, world_of
from compatcheck.gate.locks import Lock
from compatcheck.model import Cell, Interpreter, Locked, Resolution, Unknown, Unsolvable
from compatcheck.workflow.gate_asking import resolving
from compatcheck.workflow.gate_reading import Read
from compatcheck.workflow.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One side, for one Python."""

    world: World
    """What is installed; where that is not settled, what is declared."""
    why: Unsolvable | Unknown | None = None
    """Why it is not settled."""


def settle(
    read: Read, lock: Lock, interpreter: Interpreter, session: Session
) -> Settled:
    """What a lock has for a Python; a file without versions is resolved first."""
    entries = lock.choose(interpreter.markers)
    if lock.complete:
        return Settled(world=world_of(entries))
    as_of: datetime | None = None
    if lock is read.base and read.since is not None:
        as_of = read.since.committed
    cell = Cell(
        pins=(),
        interpreter=interpreter,
        resolution=Resolution.HIGHEST,
        as_of=as_of,
        constraints=lock.constraints,
        requirements=tuple(entry.requirement for entry in entries),
    )
    with resolving(read, lock, session) as rooms:
        match rooms.asker.lock(cell):
            case Locked() as locked:
                world = resolved_world(locked, entries, lock.path)
                return Settled(world=world)
            case Unsolvable() | Unknown() as why:
                return Settled(world=world_of(entries), why=why)
