"""`compatcheck matrix`: plan the cells, ask each, confirm what failed, tell it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from compatcheck.config.settings import Settings
from compatcheck.contract.screen import PROBE as SCREEN
from compatcheck.errors import CouldNotTell, Problem, UsageError
from compatcheck.executors.process import probe_isolation
from compatcheck.index.client import Simple
from compatcheck.index.locations import IndexSettings
from compatcheck.index.redact import redact
from compatcheck.index.settings import read_index_settings
from compatcheck.interpreters import choose
from compatcheck.model import AxisRequest, Interpreter, Project
from compatcheck.observations import ObservationStore
from compatcheck.plan import Plan, make_plan
from compatcheck.ports import Index
from compatcheck.report.build import build_report, instant
from compatcheck.report.document import PICTURED, Report
from compatcheck.workflow.agreement import compare
from compatcheck.workflow.remembered import RememberedIndex
from compatcheck.workflow.rooms import furnish, furnish_screen
from compatcheck.workflow.session import Listener, Session
from compatcheck.workflow.stopping import at_once
from compatcheck.workflow.sweep import sweep
from compatcheck.workflow.sweep_screen import sweep_screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a run."""

    report: Report
    bug: Exception | None
    """A fault in this program that ended it early: to be raised when all is told."""


def run_matrix(settings: Settings, session: Session, listener: Listener) -> Run:
    """Ask the whole grid and report on it.

    Ctrl-C ends the asking, not the telling: the report then says what was not run.
    Nor does a bug in the search for whom to blame.
    Raises `UsageError` for what cannot be asked so, `CouldNotTell` where not even a
    grid can be drawn.
    """
    started = time.monotonic()
    where = read_index_settings(session.environ, session.folder)
    plan = _plan(settings, session, where)
    planned = time.monotonic()
    isolation: Mapping[str, str] = {}
    if alone := settings.probes == (SCREEN,):
        with furnish_screen(settings, session, plan, where) as screener:
            swept = sweep_screen(screener, plan, settings, listener)
    else:
        isolation = probe_isolation()
        with furnish(settings, session, plan, where, isolation) as rooms:
            swept = sweep(rooms, plan, settings, listener, started=started)
    later = swept.blaming + swept.screening + swept.verifying + swept.shimming
    asked = time.monotonic() - planned - later
    timings = {"screen": asked} if alone else {"ask": asked, "blame": swept.blaming}
    if swept.screened:
        timings["screen"] = swept.screening
    if swept.verified is not None:
        timings["verify"] = swept.verifying
    if swept.shims is not None:
        timings["shims"] = swept.shimming
    if swept.pictured is not None:
        timings[PICTURED] = swept.pictured
    report = build_report(
        swept.results,
        axes=swept.plan.axes,
        request=_request(settings, where),
        isolation={**isolation, **_allowed(settings)},
        generated=session.clock(),
        timings={"plan": planned - started, **timings},
        interrupted=swept.interrupted,
        drift=swept.drift,
        unblamed=swept.unblamed,
        agreement=compare(swept.screened, swept.results) if swept.screened else None,
        verified=swept.verified,
        shims=swept.shims,
    )
    return Run(report=report, bug=swept.bug)


def further_problems(partial: Settings, session: Session) -> tuple[Problem, ...]:
    """What is wrong with the axes and Pythons of settings that are not all there.

    So that people hear of everything at once. An index that cannot be read hides
    nothing: then there is no more to say.
    """
    problems: list[Problem] = []
    try:
        if partial.pythons:
            choose(partial.pythons, session.environ, partial.python_places)
    except UsageError as error:
        problems += error.problems
    try:
        with Simple(read_index_settings(session.environ, session.folder)) as index:
            make_plan(partial, _projects(partial, index), ())
    except UsageError as error:
        problems += error.problems
    except CouldNotTell:
        pass
    return tuple(problems)


def _plan(settings: Settings, session: Session, where: IndexSettings) -> Plan:
    """The plan. Raises `UsageError` with what is wrong of Pythons and axes alike."""
    problems: list[Problem] = []
    interpreters: Sequence[Interpreter] = ()
    try:
        interpreters = choose(settings.pythons, session.environ, settings.python_places)
    except UsageError as error:
        problems += error.problems
    with (
        Simple(where) as index,
        closing(ObservationStore(session.cache, session.clock)) as store,
    ):
        projects = _projects(settings, RememberedIndex(index, store, where))
    try:
        plan = make_plan(settings, projects, interpreters)
    except UsageError as error:
        problems += error.problems
        raise UsageError(*problems) from None
    if problems:
        raise UsageError(*problems)
    return plan


def _projects(settings: Settings, index: Index) -> Mapping[str, Project | None]:
    names = [axis.distribution for axis in settings.axes]
    return dict(zip(names, at_once(index.project, names), strict=True))


def _request(settings: Settings, where: IndexSettings) -> dict[str, JsonValue]:
    """What was asked, without anything of the place where it was asked."""
    as_of = settings.as_of
    return {
        "axes": [_axis_text(axis) for axis in settings.axes],
        "decided_by": settings.place,
        "profile": settings.profile,
        "pythons": list(settings.pythons),
        "select": {
            "default": str(settings.select),
            **{name: str(rule) for name, rule in sorted(settings.select_for.items())},
        },
        "resolution": [resolution.value for resolution in settings.resolutions],
        "as_of": instant(as_of) if isinstance(as_of, datetime) else as_of,
        "constraints": [redact(line) for line in settings.constraints],
        "overrides": [redact(line) for line in settings.overrides],
        "requirements": [redact(line) for line in settings.requirements],
        "probes": list(settings.probes),
        "pre_releases": settings.pre_releases,
        "yanked": settings.yanked,
        "allow_builds": settings.allow_builds,
        "scenarios": [scenario.name for scenario in settings.scenarios],
        "refine": settings.refine,
        "blame": settings.blame,
        "with_shims": settings.with_shims,
        "environment": settings.environment,
        "budget": settings.budget,
        "shard": None if settings.shard is None else str(settings.shard),
        "verify": settings.verify,
        "executor": settings.executor,
        "timeout": settings.timeout,
        "memory": settings.memory,
        "index": f"{where.origin}, as remembered" if where.offline else where.origin,
    }


def _allowed(settings: Settings) -> dict[str, str]:
    """What scenarios have beside what every cell has: `network and API_KEY`."""
    told = {}
    for scenario in settings.scenarios:
        given = [*(("network",) if scenario.network else ()), *scenario.variables]
        if given:
            told[f"scenario {scenario.name}"] = f"has {' and '.join(given)}"
    return told


def _axis_text(axis: AxisRequest) -> str:
    extras = f"[{','.join(axis.extras)}]" if axis.extras else ""
    return f"{axis.distribution}{extras}{axis.specifier}"
