"""What `shim generate --from` asks cells with, and reads wheels with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from compatcheck.config.options import Options
from compatcheck.config.read import read_settings
from compatcheck.environments.runs import run_folder
from compatcheck.errors import IndexFault
from compatcheck.executors.choose import executor_names
from compatcheck.formats import names
from compatcheck.index.archives import RemoteArchives
from compatcheck.index.client import Simple
from compatcheck.index.settings import read_index_settings
from compatcheck.interpreters import choose
from compatcheck.model import Interpreter, Release, ReleaseFile
from compatcheck.probes import known_probes
from compatcheck.profiles import all_profiles
from compatcheck.report.document import Cell, Report
from compatcheck.surface.choose import choose_wheel
from compatcheck.surface.presence import Presence
from compatcheck.workflow.matrix import run_matrix
from compatcheck.workflow.session import Listener, Session
from compatcheck.workflow.shim_propose import propose
from compatcheck.workflow.shim_provider import Provider, has_of, past_of
from compatcheck.workflow.shim_rows import Row, Rows
from compatcheck.workflow.shim_wish import Field, Names, Refused, Wish
from compatcheck.workflow.shim_written import Draft


def for_report(
    report: Report, scenarios: Sequence[str], session: Session, listener: Listener
) -> Iterator[Row]:
    """A row for each distinct failure of a report. Raises `CouldNotTell`, `UsageError`.

    `scenarios` are the files of the user's that the report was made with.
    """
    where = read_index_settings(session.environ, session.folder)
    with ExitStack() as stack:
        cells = _Cells(
            report=report,
            scenarios=tuple(scenarios),
            session=session,
            listener=listener,
            scratch=stack.enter_context(run_folder(session.cache / "runs")),
        )
        wheels = _Wheels(
            report=report,
            session=session,
            stack=stack,
            index=stack.enter_context(Simple(where)),
            archives=stack.enter_context(RemoteArchives(where)),
        )
        yield from Rows(report=report, ask=cells.ask, draft=wheels.draft).each()


@dataclass(frozen=True, kw_only=True)
class _Cells:
    report: Report
    scenarios: tuple[str, ...]
    session: Session
    listener: Listener
    scratch: Path

    def ask(self, cell: Cell, drafts: Sequence[Draft]) -> tuple[Report, Cell]:
        """Ask a cell again; the report of that, and the cell in it."""
        folder = Path(tempfile.mkdtemp(prefix="adaptations-", dir=self.scratch))
        for draft in drafts:
            path = folder / draft.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(draft.text, encoding="utf-8")
        settings = read_settings(
            self._options(cell, folder),
            self.session.folder,
            known_probes=known_probes(),
            known_formats=names(),
            known_executors=executor_names(),
            known_profiles=all_profiles(),
            now=self.session.clock(),
        )
        run = run_matrix(settings, self.session, self.listener)
        if run.bug is not None:
            raise run.bug
        if run.report.interrupted:
            raise KeyboardInterrupt
        return run.report, run.report.cells[0]

    def _options(self, cell: Cell, folder: Path) -> Options:
        asked = self.report.request
        probes = [it for it in _texts(asked.get("probes")) if it != "screen"]
        python = self.report.pythons[cell.python]
        family = "" if python.implementation == "cpython" else python.implementation
        return Options(
            requirements=tuple(
                f"{axis.name}=={cell.pins[axis.distribution]}"
                for axis in self.report.axes
            ),
            python=(f"{family}{python.version}",),
            probe=tuple(probes),
            select=("all",),
            resolution=(cell.resolution.value,),
            as_of=cell.as_of,
            constraint=_texts(asked.get("constraints")),
            override=_texts(asked.get("overrides")),
            further=_texts(asked.get("requirements")),
            scenario=self.scenarios,
            pre_releases=bool(asked.get("pre_releases")),
            yanked=bool(asked.get("yanked")),
            allow_builds=bool(asked.get("allow_builds")),
            blame=False,
            refine=False,
            with_shims=True,
            adaptations=(str(folder),),
        )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


@dataclass(frozen=True, kw_only=True)
class _Wheels:
    report: Report
    session: Session
    stack: ExitStack
    index: Simple
    archives: RemoteArchives

    def draft(self, wish: Wish, cell: Cell, cells: Sequence[Cell]) -> Draft | Refused:
        """Draft what a cell wants, for the releases that all these cells have."""
        lock = self._lock(cell, cells)
        whose = self._whose(wish, cell, lock)
        if whose is None:
            what = wish.module if isinstance(wish, Names) else wish.model
            return Refused(
                reason=f"whose {what} is cannot be told",
                better="`compatcheck matrix` tells what is to blame",
            )
        provider = self._provider(whose, lock[whose], cell)
        versions = _range({self._lock(it, cells).get(whose, "") for it in cells})
        return propose(wish, [provider], versions, self.session.clock().date())

    def _lock(self, cell: Cell, cells: Sequence[Cell]) -> dict[str, str]:
        """What is installed there, as the report has it that is read from."""
        same = next((it for it in cells if it.pins == cell.pins), cell)
        return dict(self.report.lock_of(same) or same.pins)

    def _whose(self, wish: Wish, cell: Cell, lock: dict[str, str]) -> str | None:
        """The distribution of a module, or that of a model: it turned out to blame."""
        if isinstance(wish, Field):
            blamed = self._blamed(cell)
            return next((it for it in blamed if it in lock), None)
        top = wish.module.partition(".")[0]
        likely = [*cell.pins, *(it for it in lock if it.replace("-", "_") == top)]
        for name in dict.fromkeys((*likely, *lock)):
            wheel = self._wheel(name, lock[name], cell)
            try:
                if wheel and top in Presence(self.archives, None).roots(wheel[0]):
                    return name
            except IndexFault:
                continue
        return None

    def _blamed(self, cell: Cell) -> Iterator[str]:
        for other in self.report.cells:
            if other.pins == cell.pins and other.result:
                for it in self.report.results[other.result].diagnoses:
                    if it.culprit is not None:
                        yield it.culprit.distribution

    def _provider(self, name: str, version: str, cell: Cell) -> Provider:
        found = self._wheel(name, version, cell)
        if found is None:
            raise IndexFault(f"there is no wheel of {name} {version} to read")
        wheel, interpreter = found
        presence = Presence(self.archives, None)
        known = (presence, lambda: self._releases(name), interpreter, Version(version))
        return Provider(
            distribution=name,
            version=version,
            files=self.stack.enter_context(self.archives.open(wheel, whole=True)),
            past=past_of(*known),
            has=has_of(*known),
        )

    def _wheel(
        self, name: str, version: str, cell: Cell
    ) -> tuple[ReleaseFile, Interpreter] | None:
        """The wheel that the cell's interpreter is given of a release."""
        python = self.report.pythons[cell.python].version
        (interpreter,) = choose([python], self.session.environ)
        wanted = Version(version)
        for release in self._releases(name):
            if release.version == wanted:
                wheel = choose_wheel(release, interpreter)
                return None if wheel is None else (wheel, interpreter)
        return None

    def _releases(self, name: str) -> Sequence[Release]:
        project = self.index.project(name)
        return project.releases if project else ()


def _range(versions: Iterable[str]) -> str:
    """The specifier of all releases between the oldest and the newest of these."""
    known = sorted({Version(it) for it in versions if it})
    if not known:
        return ""
    if len(known) == 1:
        return f"=={known[0]}"
    return f">={known[0]},<={known[-1]}"
