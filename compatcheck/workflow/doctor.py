"""`compatcheck doctor`: replay, look, name the cause, try what mends it."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from compatcheck.diagnosis.bench import Bench, Shelf
from compatcheck.diagnosis.catalogue import catalogue
from compatcheck.diagnosis.examine import examine, scene_of
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.tracebacks import read_failure
from compatcheck.environments import Uv
from compatcheck.environments.live import Process, Told, inspect
from compatcheck.environments.runs import run_folder
from compatcheck.interpreters import available
from compatcheck.interpreters.target import Target, target
from compatcheck.model import Failure
from compatcheck.model.inspected import Inspection, within
from compatcheck.observations import ObservationStore
from compatcheck.remedies import Trials
from compatcheck.remedies.at import At
from compatcheck.surface.presence import Presence
from compatcheck.workflow.late import LateArchives, LateIndex, LateVariables, LateWhere
from compatcheck.workflow.project import stated
from compatcheck.workflow.session import Session

_STARTUP: Final = ("zz_compat_shims.pth", "zz_compat_shims.start")
"""What `compatcheck shim enable` writes."""
_SHIMS_OFF: Final = {"COMPAT_SHIMS": "0"}
"""How compat_shims is told to keep out."""
_PATIENCE: Final = 300.0
"""Seconds that a replay may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asks of the doctor."""

    python: str | None = None
    statement: str | None = None
    command: tuple[str, ...] = ()
    tried: bool = False
    """Whether remedies are to be tried."""
    seconds: float = _PATIENCE


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the doctor saw, before it is put into words."""

    target: Target
    process: Process | None
    """What was replayed, if anything was."""
    inspection: Inspection
    failure: Failure | None
    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]
    unchecked: tuple[str, ...]
    at: At
    """Where the remedies are told for."""
    silent: Told | None = None
    """A replay that failed without a word that could be read, or did not end."""

    @property
    def shims(self) -> tuple[str, ...]:
        """The start-up files of an import-time shim, which was off."""
        folders = dict.fromkeys((*self.inspection.path, *self.inspection.roots))
        files = (Path(folder, name) for folder in folders for name in _STARTUP)
        return tuple(str(it) for it in files if it.is_file())


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a visit works with."""

    target: Target
    bench: Bench
    trials: Trials
    inspection: Inspection
    """What a statement of the user's sees."""


def unadapted(session: Session) -> Session:
    """The same with any import-time shim off: what is wrong is seen, not adapted."""
    return replace(session, environ={**session.environ, **_SHIMS_OFF})


def run_doctor(asked: Asked, session: Session) -> Seen:
    """Look at an environment. Raises `UsageError` and `CouldNotTell`."""
    session = unadapted(session)
    with open_bench(asked, session) as opened:
        trials = opened.trials if asked.tried else None
        process = _replayed(asked, opened.target, session)
        if process is None:
            return _whole(opened, session, trials)
        told = process.run(asked.seconds)
        failure = None if told.code == 0 else read_failure(told.output)
        if failure is None:
            seen = _checked(opened.target, process, opened.bench, None)
            failed = told.late or told.code != 0
            return replace(seen, silent=told) if failed else seen
        return _examined(opened.target, process, failure, opened.bench, trials)


def replayed(
    asked: Asked, session: Session, opened: Opened
) -> tuple[Process, Failure | None]:
    """What is to be replayed, and how it fails. Raises `EnvironmentFault`."""
    process = asked_process(asked, session, opened)
    told = process.run(asked.seconds)
    return process, None if told.code == 0 else read_failure(told.output)


def asked_process(asked: Asked, session: Session, opened: Opened) -> Process:
    """What is to be replayed; a process that does nothing where nothing is named."""
    process = _replayed(asked, opened.target, session)
    return process or _python(opened.target, session, "pass")


def _examined(
    chosen: Target,
    process: Process,
    failure: Failure,
    bench: Bench,
    trials: Trials | None,
) -> Seen:
    bench = replace(bench, process=process)
    examined = examine(process, failure, bench)
    findings = examined.findings
    if trials is not None and findings:
        original = scene_of(process, failure, bench)
        mends = trials.verified(examined, original)
        findings = (replace(findings[0], mends=mends), *findings[1:])
    inspection = examined.scene.inspection
    return Seen(
        target=chosen,
        process=process,
        inspection=inspection,
        failure=failure,
        findings=findings,
        looked_at=examined.looked_at,
        unchecked=(*bench.unchecked, *_unread(inspection)),
        at=_at(process, inspection),
    )


def _checked(
    chosen: Target, process: Process, bench: Bench, known: Inspection | None
) -> Seen:
    """Nothing failed: what the environment by itself shows."""
    inspection = known or inspect(process)
    findings = tuple(_checks(inspection))
    return Seen(
        target=chosen,
        process=process,
        inspection=inspection,
        failure=None,
        findings=findings,
        looked_at=(),
        unchecked=(*bench.unchecked, *_unread(inspection)),
        at=_at(process, inspection),
    )


def _unread(inspection: Inspection) -> Iterator[str]:
    for it in inspection.distributions:
        if not it.whole:
            yield f"the RECORD of {it} was not read to its end: it is too long"


def _checks(inspection: Inspection) -> Iterator[Finding]:
    for rule in catalogue().values():
        for found in rule.checks(inspection) if rule.checks else ():
            yield replace(found, rule=rule.id)


def _whole(opened: Opened, session: Session, trials: Trials | None) -> Seen:
    """No failure is named: replay what the project imports, then check all."""
    chosen, bench = opened.target, opened.bench
    process = _python(chosen, session, "pass")
    statements = stated(session.folder)
    for statement in statements:
        asked = process.says(statement)
        outcome = bench.ask(asked)
        if isinstance(outcome, Failure):
            return _examined(chosen, asked, outcome, bench, trials)
    whole = process.says("; ".join(statements)) if statements else process
    # A statement was inspected already, and all of them see the same.
    seen = _checked(chosen, whole, bench, opened.inspection)
    return seen if statements else replace(seen, process=None)


def _replayed(asked: Asked, chosen: Target, session: Session) -> Process | None:
    if asked.statement is not None:
        return _python(chosen, session, asked.statement)
    if not asked.command:
        return None
    process = _python(chosen, session, "pass")
    return replace(process, command=_aimed(asked.command, chosen, session.folder))


def _aimed(command: Sequence[str], chosen: Target, folder: Path) -> tuple[str, ...]:
    """The command, run by the interpreter that is looked at where it names none.

    A program that is named by its place is found from any folder, a copy too; so is
    what else is named of the environment, which may be copied to another place.
    """
    prefix = str(chosen.python.parent.parent)
    first, *rest = (_spelt(word, prefix, folder) for word in command)
    if "/" in first:
        return (os.path.normpath(folder / first), *rest)
    beside = chosen.python.parent / first
    if first in ("python", "python3"):
        return (str(chosen.python), *rest)
    return (str(beside), *rest) if beside.exists() else (first, *rest)


def _spelt(word: str, prefix: str, folder: Path) -> str:
    """A word, from the root where it is a file of the environment."""
    path = os.path.abspath(folder / word) if os.sep in word else word  # noqa: PTH100 - `resolve` would follow links
    return path if within(path, prefix) and os.path.exists(path) else word  # noqa: PTH110 - as it is spelt


def _python(chosen: Target, session: Session, statement: str) -> Process:
    return Process(
        python=chosen.python,
        command=(str(chosen.python), "-c", statement),
        folder=session.folder,
        environ=session.environ,
    )


def _at(process: Process, inspection: Inspection) -> At:
    return At(process=process, uv=None, has_pip="pip" in inspection.by_name)


@contextmanager
def open_bench(asked: Asked, session: Session) -> Generator[Opened]:
    """What is needed to look things up and to try them.

    Raises `UsageError` where there is no interpreter, `CouldNotTell` where ours fails.
    """
    chosen = target(asked.python, session.environ, session.folder, asked.command)
    where = LateWhere(session)
    process = _python(chosen, session, "pass")
    with ExitStack() as stack:
        scratch = stack.enter_context(run_folder(session.cache / "runs"))
        store = ObservationStore(session.cache, session.clock)
        stack.callback(store.close)
        uv = Uv(
            cache=session.cache / "uv",
            index=LateVariables(where),
            environ=session.environ,
            folder=scratch,
        )
        shelf = Shelf(
            index=LateIndex(where=where, stack=stack),
            presence=Presence(LateArchives(where=where, stack=stack), store),
            uv=uv,
            scratch=scratch,
        )
        with ThreadPoolExecutor(1) as beside:
            # The rules are loaded while the inspector, another process, looks.
            beside.submit(catalogue)
            inspection = inspect(process)
        bench = Bench(
            process=process,
            python=inspection.python,
            installed={n: it.version for n, it in inspection.by_name.items()},
            shelf=shelf,
            others=partial(available, session.environ),
            seconds=asked.seconds,
        )
        trials = Trials(uv=uv, scratch=scratch)
        yield Opened(target=chosen, bench=bench, trials=trials, inspection=inspection)
