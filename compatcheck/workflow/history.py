"""`compatcheck history`: a name across the releases of its distribution."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from compatcheck.diagnosis.bench import Bench, Shelf
from compatcheck.environments import Uv
from compatcheck.environments.live import Process, inspect
from compatcheck.environments.runs import run_folder
from compatcheck.errors import CouldNotTell, IndexFault, Problem, UsageError
from compatcheck.index.archives import RemoteArchives
from compatcheck.index.client import Simple
from compatcheck.index.settings import read_index_settings, uv_environment
from compatcheck.interpreters.target import target
from compatcheck.model.inspected import Inspection
from compatcheck.observations import ObservationStore
from compatcheck.surface.presence import Presence
from compatcheck.surface.timeline import Point, Span, spans
from compatcheck.workflow.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What releases tell of a name."""

    distribution: str
    module: str
    name: str | None
    spans: tuple[Span, ...]
    moved_to: tuple[str, ...]
    """Where the newest release defines it, if no longer in that module."""

    @property
    def asked(self) -> str:
        """`agents.items:Item`."""
        return f"{self.module}:{self.name}" if self.name else self.module


def read_history(
    asked: str, distribution: str | None, python: str | None, session: Session
) -> History:
    """Read every final release that this interpreter can be given a wheel of.

    Raises `UsageError` where it is not told whose the module is, `CouldNotTell` where
    the index cannot be read.
    """
    module, _, name = asked.partition(":")
    _check(asked, module, name)
    place = _inspected(module, python, session)
    whose = distribution or _owner(place, module)
    where = read_index_settings(session.environ, session.folder)
    with ExitStack() as stack:
        store = ObservationStore(session.cache, session.clock)
        stack.callback(store.close)
        scratch = stack.enter_context(run_folder(session.cache / "runs"))
        shelf = Shelf(
            index=stack.enter_context(Simple(where)),
            presence=Presence(stack.enter_context(RemoteArchives(where)), store),
            uv=Uv(
                cache=session.cache / "uv",
                index=uv_environment(where),
                environ=session.environ,
                folder=scratch,
            ),
            scratch=scratch,
        )
        bench = Bench(process=place[0], python=place[1].python, shelf=shelf)
        return _read(bench, canonicalize_name(whose), module, name or None)


def _read(bench: Bench, distribution: str, module: str, name: str | None) -> History:
    releases = bench.releases(distribution)
    if not releases:
        words = bench.unchecked or [f"no release of {distribution} fits this Python"]
        raise IndexFault(words[0])
    told = bench.have(releases, module, name)
    points = [
        Point(version=release.version, told=one, came_out=release.upload_time)
        for release, one in zip(releases, told, strict=True)
    ]
    moved: Sequence[str] = ()
    newest = bench.wheel(releases[-1])
    if name and told[-1].there is False and newest and bench.shelf:
        with suppress(CouldNotTell):
            moved = bench.shelf.presence.elsewhere(newest, name)
    return History(
        distribution=distribution,
        module=module,
        name=name,
        spans=spans(points),
        moved_to=tuple(moved),
    )


def _inspected(
    module: str, python: str | None, session: Session
) -> tuple[Process, Inspection]:
    chosen = target(python, session.environ, session.folder)
    process = Process(
        python=chosen.python,
        command=(str(chosen.python), "-c", "pass"),
        folder=Path(session.folder),
        environ=session.environ,
    )
    return process, inspect(process, [module.partition(".")[0]])


def _owner(place: tuple[Process, Inspection], module: str) -> str:
    """Who has the module where it is installed; else its namesake."""
    top = module.partition(".")[0]
    found = next(iter(place[1].owning(top)), None)
    return found.name if found else top


def _check(asked: str, module: str, name: str) -> None:
    parts = [*module.split("."), *(name.split(".") if name else [])]
    if not all(part.isidentifier() for part in parts):
        raise UsageError(
            Problem(
                place="MODULE[:NAME]",
                message=f"{asked!r} is no module or name",
                mend="write it as agents.items:Item",
            )
        )
