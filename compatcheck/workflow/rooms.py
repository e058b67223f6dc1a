"""The one place where the rooms are joined."""

from __future__ import annotations

import platform
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from compatcheck.ask import Asker
from compatcheck.ask.keys import digest, tree_digest
from compatcheck.ask.locks import Locks, ResolveTerms
from compatcheck.ask.pages import Pages
from compatcheck.ask.reading import Reading
from compatcheck.ask.renewals import Renewals
from compatcheck.ask.screener import Screener
from compatcheck.ask.terms import Terms
from compatcheck.config.settings import Settings
from compatcheck.contract.screen import PROBE as SCREEN
from compatcheck.environments import Uv
from compatcheck.environments.runs import run_folder
from compatcheck.errors import Problem, UsageError
from compatcheck.executors.choose import choose_executor
from compatcheck.executors.process import Limits
from compatcheck.index.archives import RemoteArchives
from compatcheck.index.client import Simple
from compatcheck.index.folders import lying_near
from compatcheck.index.locations import IndexSettings
from compatcheck.index.settings import places_with_times, uv_environment
from compatcheck.model import Axis, Release, Scenario
from compatcheck.observations import ObservationStore
from compatcheck.plan import Plan
from compatcheck.ports import Archives, Executor, Index
from compatcheck.probes import choose_probes
from compatcheck.resolve import UvResolver
from compatcheck.workflow.places import open_places
from compatcheck.workflow.session import Session
from compatcheck.workflow.shim_laid import Found, find_shims, lay_out
from compatcheck.workflow.stopping import stopping

_PROCESSES: Final = 4096
"""Processes and threads of one cell: enough for a numerical library on a big machine,
too few to bring one down."""
_LASTING: Final = timedelta(minutes=2)
"""How long a run goes on after a lock was made for it to be made again, so that the
next run knows it by its pages: who asks for a few cells need not pay for that."""
_FILE_SIZE: Final = 1 << 30
"""Bytes of any one file that a cell writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What a sweep needs: the door, what exists, and the brake."""

    asker: Asker
    executor: Executor
    """Asks many at a time."""
    releases: Callable[[str], Sequence[Release]]
    """What the index has of a distribution; raises `IndexFault` where it cannot be
    read."""
    uv: Uv
    screener: Screener | None
    """Where the wheels alone are asked, too."""
    shims: Found | None
    """The shim that cells are asked with, if any are."""


@contextmanager
def furnish_screen(
    settings: Settings, session: Session, plan: Plan, where: IndexSettings
) -> Generator[Screener]:
    """Open what a screen needs: wheels, and what is remembered of them.

    Ctrl-C within stops what is waited for, for good.
    Raises `StoreFault` where the cache folder cannot be used.
    """
    with ExitStack() as stack:
        store = ObservationStore(session.cache, session.clock)
        stack.callback(store.close)
        archives = stack.enter_context(RemoteArchives(where))
        stack.enter_context(stopping(archives.stop))
        yield Screener(
            release=plan.release,
            reading=_reading(archives, store, settings, plan),
            terms=_resolve_terms(settings, session, plan, where),
        )


@contextmanager
def furnish(
    settings: Settings,
    session: Session,
    plan: Plan,
    where: IndexSettings,
    isolation: Mapping[str, str],
) -> Generator[Rooms]:
    """Open every room that a sweep of this plan needs, and close them afterwards.

    Ctrl-C within stops what runs there and what is waited for, for good.
    Raises `StoreFault` where the cache folder cannot be used, `UsageError` where what
    is wanted is not there.
    """
    variables = uv_environment(where)
    found = find_shims() if settings.with_shims else None
    with ExitStack() as stack:
        store = ObservationStore(session.cache, session.clock)
        stack.callback(store.close)
        scratch = stack.enter_context(run_folder(session.cache / "runs"))
        uv = Uv(
            cache=session.cache / "uv",
            index=variables,
            environ=session.environ,
            folder=scratch,
        )
        archives = stack.enter_context(RemoteArchives(where))
        index = stack.enter_context(Simple(where))
        pages = stack.enter_context(Pages(index.page_state, session.clock))
        asked = _terms(settings, session, isolation, scratch, uv.version)
        if found is not None:
            laid = lay_out(found, settings.adaptations, scratch / "shim")
            asked = replace(asked, shims=laid)
        wheels = session.cache / "wheels"
        places = open_places(uv, settings, isolation, asked, store, wheels)
        reading = _reading(archives, store, settings, plan)
        terms = _resolve_terms(settings, session, plan, where)
        if found is not None:
            terms = replace(terms, shims=found.requires)
        asker = Asker(
            release=plan.release,
            reading=reading,
            locks=Locks(
                UvResolver(uv, past=uv_environment(places_with_times(where))),
                store,
                terms,
                pages,
                stack.enter_context(Renewals(_LASTING)),
            ),
            places=stack.enter_context(places),
            store=store,
            terms=asked,
        )
        screener = Screener(release=plan.release, reading=reading, terms=terms)
        for stop in (uv.stop, archives.stop, index.stop):
            stack.enter_context(stopping(stop))
        yield Rooms(
            asker=asker,
            executor=choose_executor(settings.executor)(settings.jobs),
            releases=partial(_releases, index),
            uv=uv,
            screener=screener if SCREEN in settings.probes else None,
            shims=found,
        )


def _reading(
    archives: Archives, store: ObservationStore, settings: Settings, plan: Plan
) -> Reading:
    return Reading(
        archives=archives,
        store=store,
        modules=settings.modules,
        symbols=settings.symbols,
        sources=settings.sources,
        axes=plan.axes,
    )


def _releases(index: Index, distribution: str) -> Sequence[Release]:
    project = index.project(distribution)
    return () if project is None else project.releases


def _resolve_terms(
    settings: Settings, session: Session, plan: Plan, where: IndexSettings
) -> ResolveTerms:
    return ResolveTerms(
        requirements=_further(settings),
        constraints=settings.constraints,
        overrides=settings.overrides,
        pre_releases=settings.pre_releases,
        allow_builds=settings.allow_builds,
        index=_index(session, where),
        local=frozenset(filter(None, map(_local, plan.axes))),
    )


def _index(session: Session, where: IndexSettings) -> str:
    """A digest of where is looked, and of what lies there if that is near.

    Without the network uv tells what it saw last, which may be older than today's.
    """
    near = lying_near(where)
    return digest(
        {
            "places": uv_environment(where),
            "offline": where.offline,
            "near": session.clock().isoformat() if near is None else near,
        }
    )


def _local(axis: Axis) -> str | None:
    """The axis's distribution if any release that was asked for is a local version."""
    known = [it.version for it in axis.candidates]
    known += [it.version for it in axis.left_out]
    return axis.distribution if any(version.local for version in known) else None


def _further(settings: Settings) -> tuple[str, ...]:
    """What each cell has besides its pins; its scenarios need some of it."""
    needed = (line for it in settings.scenarios for line in it.requirements)
    return tuple(dict.fromkeys((*settings.requirements, *needed)))


def _variables(
    scenarios: Sequence[Scenario], environ: Mapping[str, str]
) -> dict[str, str]:
    """What scenarios ask for by name. Raises `UsageError` where it is not set."""
    missing = [
        Problem(
            place=scenario.files[0][0],
            message=f"it asks for the variable {name}, which is not set",
            mend=f"set {name}, or take it out of env",
        )
        for scenario in scenarios
        for name in scenario.variables
        if name not in environ
    ]
    if missing:
        raise UsageError(*missing)
    names = {name for scenario in scenarios for name in scenario.variables}
    return {name: environ[name] for name in sorted(names)}


def _terms(
    settings: Settings,
    session: Session,
    isolation: Mapping[str, str],
    scratch: Path,
    installer: str,
) -> Terms:
    limits = Limits(
        seconds=settings.timeout,
        memory=settings.memory,
        processes=_PROCESSES,
        file_size=_FILE_SIZE,
    )
    variables = _variables(settings.scenarios, session.environ)
    return Terms(
        probes=tuple(it for it in choose_probes(settings.probes) if it.runs),
        limits=limits,
        sources=settings.sources,
        place={
            "environment": settings.environment,
            "isolation": dict(isolation),
            "installer": installer,
            "limits": asdict(limits),
            "platform": [platform.system(), platform.machine(), platform.libc_ver()],
            "sources": tree_digest(settings.sources),
            "variables": digest(variables),
        },
        scenarios=settings.scenarios,
        variables=variables,
        scratch=scratch,
        cache=session.cache,
    )
