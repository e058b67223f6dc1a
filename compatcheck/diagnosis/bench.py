"""Where causes are proven: the failure asked again with one thing changed.

Nothing of the user's is touched. Another release is laid before everything else on the
search path; another interpreter is given the same roots.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from compatcheck.diagnosis.tracebacks import read_failure
from compatcheck.environments import Uv
from compatcheck.environments.live import Process
from compatcheck.errors import CouldNotTell, EnvironmentFault, IndexFault
from compatcheck.model import Failure, Interpreter, Release, ReleaseFile
from compatcheck.model.inspected import Python
from compatcheck.ports import Index
from compatcheck.surface.choose import choose_wheel
from compatcheck.surface.names import Told
from compatcheck.surface.presence import Presence

_LACKING: Final = "ModuleNotFoundError"
_READERS: Final = 8
"""Wheels looked into at one time: each is a few short requests."""
_PATIENCE: Final = 120.0
_SUFFICE: Final = 0.6
"""The part of all releases that must have been read before "none" is said."""


@dataclass(frozen=True, slots=True)
class Ran:
    """It ran to its end."""


Outcome = Ran | Failure


@dataclass(kw_only=True)
class Shelf:
    """What indexes and wheels tell; without it, the bench is offline."""

    index: Index
    presence: Presence
    uv: Uv
    scratch: Path


@dataclass(kw_only=True)
class Bench:
    """Asks again, and looks up releases. What cannot be told is a None."""

    process: Process
    python: Python
    shelf: Shelf | None
    others: Callable[[], Sequence[Interpreter]] = tuple
    """Every other interpreter on the machine."""
    seconds: float = _PATIENCE
    unchecked: list[str] = field(default_factory=list)
    """What could not be looked up, and why, a sentence each."""
    installed: Mapping[str, str] = field(default_factory=dict)
    """The version of each distribution of the environment."""
    _overlays: dict[tuple[str, str, bool], Path | None] = field(default_factory=dict)

    def ask(self, process: Process) -> Outcome | None:
        """How a process ends: a failure that it told of, or all well."""
        try:
            told = process.run(self.seconds)
        except EnvironmentFault:
            return None
        if told.late:
            return None
        if told.code == 0:
            return Ran()
        return read_failure(told.output)

    def says(self, statement: str) -> Outcome | None:
        """How a fresh process of the user's ends that runs only this."""
        return self.ask(self.process.says(statement))

    def with_release(self, distribution: str, version: Version) -> Outcome | None:
        """How the original ends with another release of one distribution.

        What that release requires and is not installed comes with it, where without it
        nothing can be told; what is installed stays as it is.
        """
        if {"-I", "-E"}.intersection(self.process.flags):
            return None
        outcome: Outcome | None = None
        for whole in (False, True):
            folder = self._overlay(distribution, version, whole=whole)
            if folder is None:
                return outcome
            outcome = self.ask(self.process.before(folder))
            lacks = isinstance(outcome, Failure) and outcome.type == _LACKING
            if not lacks or not self.installed:
                break
        return outcome

    def releases(self, distribution: str) -> tuple[Release, ...]:
        """Final releases that this interpreter can be given a wheel of, ascending."""
        if self.shelf is None:
            self._note(f"no index was asked about {distribution}")
            return ()
        try:
            project = self.shelf.index.project(distribution)
        except CouldNotTell as fault:
            self._note(f"the releases of {distribution} are unknown: {fault}")
            return ()
        found = project.releases if project else ()
        return tuple(it for it in found if self._is_candidate(it))

    def readable(self, distribution: str) -> tuple[tuple[Release, ...], bool]:
        """Final releases with any wheel, whatever it is for, and whether they suffice.

        Their wheels can be read, though not each of them can be tried. They suffice to
        say that none ever had a name where few others are only source.
        """
        if self.shelf is None:
            return (), False
        try:
            project = self.shelf.index.project(distribution)
        except CouldNotTell:
            return (), False
        releases = project.releases if project else ()
        final = [it for it in releases if not it.version.is_prerelease]
        told = tuple(it for it in final if it.wheels and not it.yanked)
        return told, len(told) > _SUFFICE * len(final)

    def beyond(self, distribution: str) -> tuple[Release, ...]:
        """Final releases that are not for this Python, but for a newer one."""
        if self.shelf is None:
            return ()
        try:
            project = self.shelf.index.project(distribution)
        except CouldNotTell:
            return ()
        return tuple(
            it
            for it in (project.releases if project else ())
            if not it.yanked
            and not it.version.is_prerelease
            and it.wheels
            and not self._is_let_in(it)
        )

    def later(self, distribution: str, own: Version) -> list[Version] | None:
        """Final versions above one, wheel or not, ascending; None: not to be known."""
        try:
            project = self.shelf.index.project(distribution) if self.shelf else None
        except CouldNotTell:
            return None
        if project is None:
            return None
        all_of = {it.version for it in project.releases if not it.yanked}
        return sorted(it for it in all_of if it > own and not it.is_prerelease)

    def wheel(self, release: Release) -> ReleaseFile | None:
        """The wheel that this interpreter would be given."""
        return choose_wheel(release, self.interpreter)

    def have(
        self, releases: Sequence[Release], module: str, name: str | None
    ) -> list[Told]:
        """Whether each release has a module, or a name in it, as its wheel tells."""

        def look(release: Release) -> Told:
            wheel = self.wheel(release) or next(iter(release.wheels), None)
            if wheel is None or self.shelf is None:
                return Told(there=None, why="no wheel")
            try:
                return self.shelf.presence.told(wheel, module, name)
            except IndexFault as fault:
                return Told(there=None, why=str(fault))

        with ThreadPoolExecutor(_READERS) as pool:
            return list(pool.map(look, releases))

    def roots(self, distribution: str) -> frozenset[str]:
        """The import names that the newest release of a distribution has."""
        releases = self.releases(distribution)
        if not releases or self.shelf is None:
            return frozenset()
        wheel = self.wheel(releases[-1])
        try:
            return self.shelf.presence.roots(wheel) if wheel else frozenset()
        except IndexFault:
            return frozenset()

    @property
    def interpreter(self) -> Interpreter:
        """The inspected interpreter as one that wheels are chosen for."""
        return Interpreter(
            executable=Path(self.python.executable),
            version=self.python.version,
            implementation=self.python.implementation,
            build="",
            markers=self.python.markers,
        )

    def _is_candidate(self, release: Release) -> bool:
        version = release.version
        if release.yanked or version.is_prerelease or version.is_devrelease:
            return False
        return self._is_let_in(release) and self.wheel(release) is not None

    def _is_let_in(self, release: Release) -> bool:
        """Whether the release is for this Python, by its Requires-Python."""
        lines = {file.requires_python for file in release.files}
        return any(_admits(line, self.python.version) for line in lines)

    def _overlay(
        self, distribution: str, version: Version, *, whole: bool
    ) -> Path | None:
        key = (distribution, str(version), whole)
        if key not in self._overlays:
            self._overlays[key] = self._laid(distribution, version, whole=whole)
        return self._overlays[key]

    def _laid(self, distribution: str, version: Version, *, whole: bool) -> Path | None:
        if self.shelf is None:
            return None
        kept = [f"{n}=={v}" for n, v in self.installed.items() if n != distribution]
        options = ("--constraints", "-") if whole else ("--no-deps",)
        folder = Path(tempfile.mkdtemp(prefix="overlay-", dir=self.shelf.scratch))
        try:
            ended = self.shelf.uv.run(
                [
                    *("pip", "install", "--target", str(folder), *options),
                    *("--python", str(self.process.python), "--no-build"),
                    f"{distribution}=={version}",
                ],
                text="\n".join(kept),
            )
        except CouldNotTell:
            return None
        return folder if ended.code == 0 else None

    def _note(self, words: str) -> None:
        if words not in self.unchecked:
            self.unchecked.append(words)


def _admits(line: str | None, python: str) -> bool:
    try:
        return not line or SpecifierSet(line).contains(python, prereleases=True)
    except InvalidSpecifier:
        return True


def released_before(
    releases: Iterable[Release], instant: datetime | None
) -> list[Release]:
    """Those that were out at an instant; none where the times are not told."""
    if instant is None:
        return []
    return [it for it in releases if it.upload_time and it.upload_time <= instant]
