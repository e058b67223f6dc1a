"""Both sides of a gate, asked through the door, each with its own source."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from compatcheck.ask.confirm import confirm
from compatcheck.ask.keys import tree_digest
from compatcheck.ask.verdict import unknown
from compatcheck.config.options import Options
from compatcheck.config.pyproject import Project, read_project
from compatcheck.config.read import read_settings
from compatcheck.config.said import Problems
from compatcheck.config.settings import Settings
from compatcheck.config.table import Table
from compatcheck.environments.runs import run_folder
from compatcheck.errors import UsageError
from compatcheck.executors.choose import executor_names
from compatcheck.executors.process import probe_isolation
from compatcheck.formats import names as format_names
from compatcheck.gate.locks import Lock
from compatcheck.gate.trees import checked_out
from compatcheck.index.client import Simple
from compatcheck.index.locations import IndexSettings
from compatcheck.index.settings import read_index_settings
from compatcheck.model import (
    Axis,
    Cell,
    CellResult,
    Release,
    Stage,
)
from compatcheck.observations import ObservationStore
from compatcheck.plan import Plan, sharing
from compatcheck.probes import known_probes
from compatcheck.profiles import all_profiles
from compatcheck.workflow.gate_reading import Read
from compatcheck.workflow.remembered import RememberedIndex
from compatcheck.workflow.rooms import Rooms, furnish
from compatcheck.workflow.session import Session
from compatcheck.workflow.stopping import at_once

Versions = Mapping[str, Sequence[Version]]
"""Of each distribution that is asked about, those of base and head."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """One side's door."""

    rooms: Rooms
    known: Mapping[str, Mapping[Version, Release]]
    """What the index has of each distribution that is asked about."""
    settings: Settings

    def ask(self, cells: Sequence[Cell], *, fresh: bool = False) -> list[CellResult]:
        """What is known of each, in the same order."""
        executor = self.rooms.executor

        def one(numbered: tuple[int, Cell]) -> tuple[int, CellResult]:
            number, cell = numbered
            return number, self._ask(cell, fresh=fresh)

        def alike(numbered: tuple[int, Cell]) -> object:
            return sharing(numbered[1])

        with closing(executor.map(one, enumerate(cells), alike)) as answers:
            found = dict(answers)
        return [found[number] for number in range(len(cells))]

    def sure(self, cells: Sequence[Cell]) -> list[CellResult]:
        """What is known of each, with every failure seen a second time."""
        rooms = self.rooms
        return confirm(
            self.ask(cells), rooms.asker.again, lambda _: None, executor=rooms.executor
        )

    def releases(self, distribution: str) -> Sequence[Release]:
        """What the index has of a distribution that is asked about."""
        return list(self.known.get(distribution, {}).values())

    def _ask(self, cell: Cell, *, fresh: bool) -> CellResult:
        for pin in cell.pins:
            if pin.version not in self.known.get(pin.distribution, {}):
                words = f"no index has {pin.distribution} {pin.version}"
                return unknown(cell, Stage.RESOLVE, words)
        return self.rooms.asker.ask(cell, fresh=fresh)


@dataclass(frozen=True, kw_only=True)
class Doors:
    """Both sides, each with its own source."""

    base: Door
    head: Door
    shimmed: Callable[[], Door]
    """Head's, for cells that have the shim. Raises `UsageError` without one."""


@contextmanager
def opened(read: Read, versions: Versions, session: Session) -> Generator[Doors]:
    """The doors to ask about these distributions. Raises `CouldNotTell`."""
    where = read_index_settings(session.environ, session.folder)
    known = _known(list(versions), where, session)
    plan = _plan(versions, known)
    with ExitStack() as stack:
        scratch = stack.enter_context(run_folder(session.cache / "runs"))
        head = settings_of(read, read.head, session.folder, session)
        base = _base_settings(read, head, stack, scratch, session)
        isolation = probe_isolation()

        def door(settings: Settings) -> Door:
            rooms = stack.enter_context(
                furnish(settings, session, plan, where, isolation)
            )
            return Door(rooms=rooms, known=known, settings=settings)

        @cache
        def shimmed() -> Door:
            return door(replace(head, with_shims=True))

        of_head = door(head)
        same = _asks_alike(base, head)
        yield Doors(head=of_head, base=of_head if same else door(base), shimmed=shimmed)


@contextmanager
def resolving(read: Read, lock: Lock, session: Session) -> Generator[Rooms]:
    """What resolves a file that locks nothing."""
    where = read_index_settings(session.environ, session.folder)
    settings = replace(
        settings_of(read, lock, session.folder, session),
        requirements=(),
        scenarios=(),
        sources=(),
    )
    plan = Plan(axes=(), cells=())
    with furnish(settings, session, plan, where, probe_isolation()) as rooms:
        yield rooms


def settings_of(read: Read, lock: Lock, folder: Path, session: Session) -> Settings:
    """At what depth the project in a folder is asked, with what a lock has.

    Raises `UsageError`.
    """
    locked = {it.distribution for it in (*read.base.everything, *read.head.everything)}
    settings = read_settings(
        Options(requirements=tuple(sorted(locked)), python=read.named),
        folder,
        known_probes=known_probes(),
        known_formats=format_names(),
        known_executors=executor_names(),
        known_profiles=all_profiles(),
        now=session.clock(),
        ours=True,
    )
    declared = {_name(said.text) for said in read.project.dependencies}
    own = {*locked, *declared, read.project.name or ""}
    return replace(
        settings,
        # The lock says what gets installed, and what the project declares is in it.
        requirements=tuple(it for it in settings.requirements if _name(it) not in own),
        constraints=(),
        overrides=lock.overrides,
        as_of=None,
    )


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except ValueError:
        return ""


def _base_settings(
    read: Read, head: Settings, stack: ExitStack, scratch: Path, session: Session
) -> Settings:
    """Base's own depth and source; head's questions where base has none of its own."""
    if read.since is None or not (head.sources or head.scenarios):
        return replace(head, overrides=read.base.overrides)
    there = stack.enter_context(checked_out(read.since.tree, scratch))
    home = there / read.prefix
    if _has_table(home):
        try:
            return settings_of(read, read.base, home, session)
        except UsageError:
            pass  # what was wrong then is mended now: head's questions are the ones
    moved = (_moved(folder, read.top, there) for folder in head.sources)
    return replace(
        head,
        sources=tuple(folder for folder in moved if folder.is_dir()),
        overrides=read.base.overrides,
    )


def _has_table(home: Path) -> bool:
    project = read_project(home, Problems()) if home.is_dir() else Project(root=home)
    return project.table != Table()


def _moved(folder: Path, top: Path, there: Path) -> Path:
    try:
        return there / folder.resolve().relative_to(top)
    except ValueError:
        return folder


def _asks_alike(base: Settings, head: Settings) -> bool:
    """Whether both sides have the same source and are asked the same."""
    if tree_digest(base.sources) != tree_digest(head.sources):
        return False
    return replace(base, sources=(), folder=head.folder) == replace(head, sources=())


def _known(
    names: Sequence[str], where: IndexSettings, session: Session
) -> Mapping[str, Mapping[Version, Release]]:
    """All releases of these. Raises `IndexFault`."""
    with (
        Simple(where) as index,
        closing(ObservationStore(session.cache, session.clock)) as store,
    ):
        projects = at_once(RememberedIndex(index, store, where).project, names)
    return {
        name: {it.version: it for it in project.releases if it.files} if project else {}
        for name, project in zip(names, projects, strict=True)
    }


def _plan(versions: Versions, known: Mapping[str, Mapping[Version, Release]]) -> Plan:
    axes = tuple(
        Axis(
            distribution=name,
            extras=(),
            candidates=tuple(_taken(versions[name], known[name])),
            left_out=(),
        )
        for name in sorted(versions)
    )
    spare = {name: tuple(releases.values()) for name, releases in known.items()}
    return Plan(axes=axes, cells=(), spare=spare)


def _taken(
    versions: Sequence[Version], known: Mapping[Version, Release]
) -> Iterator[Release]:
    for version in sorted(set(versions)):
        if version in known:
            yield known[version]
