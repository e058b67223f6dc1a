"""`compatcheck pin`: the range that works, told, checked or written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from compatcheck.config.bounds import Declared, declared, rewrite
from compatcheck.config.options import Options
from compatcheck.config.pyproject import find
from compatcheck.config.read import read_settings
from compatcheck.errors import Problem, UsageError
from compatcheck.executors.choose import executor_names
from compatcheck.formats import names
from compatcheck.probes import known_probes
from compatcheck.profiles import all_profiles
from compatcheck.report.document import Report
from compatcheck.report.ranges import Known, known
from compatcheck.report.stored import load
from compatcheck.workflow.matrix import run_matrix
from compatcheck.workflow.pin_range import admitted, narrowed, ordered
from compatcheck.workflow.session import Listener, Session

NOTHING: Final = "no release that is admitted was seen to work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What follows for one distribution, at one place that declares it."""

    distribution: str
    at: Declared | None
    """None where the project does not declare it."""
    before: SpecifierSet
    after: SpecifierSet | None
    """None where nothing that is admitted works."""
    failing: Mapping[Version, str]
    """What is admitted and known to fail, and how."""
    untold: tuple[Version, ...]
    """What is admitted and not known."""

    @property
    def range(self) -> str:
        """The range that works, as people write it; the declared one if all does."""
        if self.after is None:
            return ""
        if self.after == self.before:
            return str(self.before) if self.at is None else _as_written(self.at)
        return ordered(self.after)


def _as_written(at: Declared) -> str:
    return str(at.requirement.specifier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asks."""

    requirements: tuple[str, ...]
    report: Path | None
    python: tuple[str, ...] = ()


def run_pin(asked: Asked, session: Session, listener: Listener) -> tuple[Pinned, ...]:
    """The ranges, of a stored report or a fresh sweep.

    Raises `UsageError` and `CouldNotTell`.
    """
    file = find(session.folder)
    report = _report(asked, file, session, listener)
    wanted = {_name(text) for text in asked.requirements}
    found = [it for it in known(report) if not wanted or it.distribution in wanted]
    return tuple(pinned for it in found for pinned in _pinned(it, file, asked))


def write(pins: Sequence[Pinned], session: Session) -> tuple[str, ...]:
    """Put the ranges where they are declared; the places that were changed.

    Raises `UsageError` where a range cannot be told or is declared nowhere.
    """
    file = find(session.folder)
    problems = list(_unfit(pins))
    if problems or file is None:
        raise UsageError(*problems or [_nowhere("pyproject.toml")])
    changes = {
        it.at: it.range for it in pins if it.at is not None and it.after != it.before
    }
    if changes:
        rewrite(file, changes)
    return tuple(at.place for at in changes)


def _unfit(pins: Sequence[Pinned]) -> Iterator[Problem]:
    for it in pins:
        if it.at is None:
            yield _nowhere(it.distribution)
        elif it.after is None:
            yield Problem(
                place=it.at.place, message=NOTHING, mend="widen it, or look at why"
            )


def _nowhere(name: str) -> Problem:
    return Problem(
        place="--write",
        message=f"{name} is declared nowhere",
        mend="add it to [project] dependencies first",
    )


def _pinned(told: Known, file: Path | None, asked: Asked) -> Iterator[Pinned]:
    places = declared(file, told.distribution) if file else ()
    for at in places:
        yield _one(told, at, at.requirement.specifier)
    if not places:
        own = [Requirement(it) for it in asked.requirements if _is(it, told)]
        yield _one(told, None, own[0].specifier if own else SpecifierSet())


def _one(told: Known, at: Declared | None, before: SpecifierSet) -> Pinned:
    return Pinned(
        distribution=told.distribution,
        at=at,
        before=before,
        after=narrowed(before, told),
        failing={it: told.bad[it] for it in admitted(before, told.bad)},
        untold=tuple(admitted(before, told.untold)),
    )


def _is(text: str, told: Known) -> bool:
    return _name(text) == told.distribution


def _name(text: str) -> str:
    try:
        return canonicalize_name(Requirement(text).name)
    except InvalidRequirement:
        raise UsageError(
            Problem(
                place=f"requirement {text!r}",
                message="this is no requirement",
                mend="name a distribution, as in flask or 'flask>=2'",
            )
        ) from None


def _report(
    asked: Asked, file: Path | None, session: Session, listener: Listener
) -> Report:
    if asked.report is not None:
        return load(_bytes(asked.report), place=str(asked.report))
    options = Options(
        requirements=tuple(_with_range(it, file) for it in asked.requirements),
        select=("all",),
        python=asked.python,
        blame=False,
    )
    settings = read_settings(
        options,
        session.folder,
        known_probes=known_probes(),
        known_formats=names(),
        known_executors=executor_names(),
        known_profiles=all_profiles(),
        now=session.clock(),
        ours=True,
    )
    run = run_matrix(settings, session, listener)
    if run.bug is not None:
        raise run.bug
    if run.report.interrupted:
        raise KeyboardInterrupt
    return run.report


def _with_range(text: str, file: Path | None) -> str:
    """A bare name, with the range that the project declares of it."""
    requirement = Requirement(text) if _name(text) else None
    if file is None or requirement is None or requirement.specifier:
        return text
    found = declared(file, canonicalize_name(requirement.name))
    return f"{text}{found[0].requirement.specifier}" if found else text


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            Problem(
                place="--report",
                message=f"{path} cannot be read ({error.strerror})",
                mend="name a report that `compatcheck matrix -f json` wrote",
            )
        ) from error
