"""`compatcheck investigate`: what fails is replayed, and every way out is measured."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path

from compatcheck.config.options import Options
from compatcheck.config.read import read_settings
from compatcheck.diagnosis.tracebacks import read_failure
from compatcheck.environments.live import Process, Told, inspect
from compatcheck.executors.choose import executor_names
from compatcheck.formats import names
from compatcheck.investigate import Question, Tools, investigate
from compatcheck.model import Failure
from compatcheck.probes import known_probes
from compatcheck.profiles import all_profiles
from compatcheck.report.diagnosed import Looked
from compatcheck.report.document import Report
from compatcheck.report.investigated import Investigated
from compatcheck.workflow.diagnosed import diagnosis_of, looked_of
from compatcheck.workflow.doctor import (
    Asked,
    Opened,
    asked_process,
    open_bench,
    unadapted,
)
from compatcheck.workflow.matrix import run_matrix
from compatcheck.workflow.project import stated
from compatcheck.workflow.session import Listener, Session
from compatcheck.workflow.shim_ways import Shims


def run_investigate(
    asked: Asked,
    session: Session,
    listener: Listener,
    hears: Callable[[str], None],
    *,
    budget: str,
) -> Investigated:
    """The whole report; each grid has `budget` seconds, the rest of it is not run.

    Raises `UsageError` and `CouldNotTell`.
    """
    session = unadapted(session)
    with open_bench(asked, session) as opened:
        hears("replaying")
        process, told, failure = _failing(asked, session, opened)
        looked = _looked(opened, process)
        shown = shlex.join(process.command)
        if failure is None:
            return _without(looked, shown, told)
        shelf = opened.bench.shelf
        assert shelf is not None  # noqa: S101 - for the types: an open bench has one
        tools = Tools(
            bench=opened.bench,
            trials=opened.trials,
            uv=shelf.uv,
            scratch=shelf.scratch,
            grids=_grids(opened, session, listener, budget),
            shims=Shims(
                session=session, scratch=shelf.scratch, bench=opened.bench
            ).ways,
            tells=diagnosis_of,
            hears=hears,
        )
        return investigate(process, failure, looked, shown, tools)


def _failing(
    asked: Asked, session: Session, opened: Opened
) -> tuple[Process, Told, Failure | None]:
    """What the user names; else the first import of the project that fails."""
    if asked.statement is None and not asked.command:
        for statement in stated(session.folder):
            one = opened.bench.process.says(statement)
            told = one.run(asked.seconds)
            failure = read_failure(told.output) if told.code else None
            if failure is not None:
                return one, told, failure
    process = asked_process(asked, session, opened)
    told = process.run(asked.seconds)
    failed = told.code != 0 and not told.late
    return process, told, read_failure(told.output) if failed else None


def _looked(opened: Opened, process: Process) -> Looked:
    inspection = inspect(process)
    return looked_of(opened.target, inspection, process)


def _without(looked: Looked, shown: str, told: Told) -> Investigated:
    """Nothing failed, or not in a way that could be read."""
    summary = "Nothing fails: what was replayed runs."
    if told.late:
        summary = "It did not end in time, so there is no failure to look into."
    elif told.code != 0:
        summary = f"It ended with exit code {told.code}, without a traceback of Python."
    return Investigated(
        summary=summary,
        healthy=told.code == 0 and not told.late,
        compatible=None,
        environment=looked,
        replayed=shown,
        failure=None,
        location=None,
        diagnosis=None,
        reproduction=None,
    )


def _grids(
    opened: Opened, session: Session, listener: Listener, budget: str
) -> Callable[[Question], Report]:
    """Ask a grid in the interpreter that is looked at; no table of the user's bends it.

    The user's variables and files say where the indexes are, as in `matrix`.
    """
    python = os.path.realpath(opened.bench.python.executable)
    empty = Path(tempfile.mkdtemp(prefix="no-project-", dir=opened.trials.scratch))

    def ask(question: Question) -> Report:
        settings = read_settings(
            _options(question, python, budget),
            empty,
            known_probes=known_probes(),
            known_formats=names(),
            known_executors=executor_names(),
            known_profiles=all_profiles() if question.profiled else (),
            now=session.clock(),
        )
        run = run_matrix(settings, session, listener)
        if run.bug is not None:
            raise run.bug
        if run.report.interrupted:
            raise KeyboardInterrupt
        return run.report

    return ask


def _options(question: Question, python: str, budget: str) -> Options:
    scenario = (str(question.scenario),) if question.scenario else ()
    return Options(
        requirements=question.requirements,
        python=(python,),
        probe=question.probes,
        select=(question.select,),
        as_of="release" if question.as_of_release else None,
        blame=question.blame,
        module=question.modules,
        symbol=question.symbols,
        scenario=scenario,
        budget=budget,
    )
