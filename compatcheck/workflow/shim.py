"""`compatcheck shim`: what is shipped, and an environment's start-up file.

All that is written or judged is the business of compat_shims, a distribution of its
own; here it is found, and the environment that is meant.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from compatcheck.errors import CouldNotTell, EnvironmentFault, Problem, UsageError
from compatcheck.interpreters.target import target
from compatcheck.report.legible import shown
from compatcheck.workflow.session import Session

if TYPE_CHECKING:
    from compat_shims.reading import Written

_LIMIT: Final = 300.0
"""Seconds that an environment has to import every target."""
_SITE: Final = (
    "import importlib.util, json, os, sysconfig; "
    "found = importlib.util.find_spec('compat_shims'); "
    "package = os.path.dirname(found.origin) if found and found.origin else None; "
    "print(json.dumps([sysconfig.get_path('purelib'), package]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An environment, told by its interpreter."""

    python: Path
    site: Path
    package: Path | None
    """The folder of compat_shims, where it can be imported there."""

    @property
    def has_shims(self) -> bool:
        """Whether compat_shims can be imported there."""
        return self.package is not None


def place(python: str | None, session: Session) -> Place:
    """The environment of the interpreter that is named, or the user's own.

    Raises `UsageError` where there is none, `EnvironmentFault` where it does not run.
    """
    found = target(python, session.environ, session.folder).python
    # The shim is off: what is asked is how things are without it.
    said = _ask(found, ("-I", "-c", _SITE), session, {"COMPAT_SHIMS": "0"})
    site, package = json.loads(said.splitlines()[-1])
    return Place(python=found, site=Path(site), package=package and Path(package))


def _ask(
    python: Path, words: Sequence[str], session: Session, extra: Mapping[str, str]
) -> str:
    try:
        ended = subprocess.run(
            [python, *words],
            cwd=session.folder,
            env={**session.environ, **extra},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFault(f"{python} does not answer: {error}") from error
    if ended.returncode:
        raise EnvironmentFault(f"{python} fails: {shown(ended.stderr[-500:])}")
    return ended.stdout


def wanted(at: Place) -> None:
    """Raise `UsageError` where compat_shims is not installed."""
    if not at.has_shims:
        raise UsageError(
            Problem(
                place=str(at.python),
                message="compat_shims is not installed there",
                mend="install the distribution compatcheck-shims into it first",
            )
        )


def enable(at: Place) -> tuple[Path, ...]:
    """Write the start-up file. Raises `UsageError` where there is nothing to start."""
    wanted(at)
    try:
        wrote: tuple[Path, ...] = _startup().enable(at.site)
    except OSError as error:
        raise EnvironmentFault(f"{at.site} cannot be written: {error}") from error
    return wrote


def disable(at: Place) -> tuple[Path, ...]:
    """Take the start-up file away, and say what was there."""
    try:
        removed: tuple[Path, ...] = _startup().disable(at.site)
    except OSError as error:
        raise EnvironmentFault(f"{at.site} cannot be changed: {error}") from error
    return removed


def enabled(at: Place) -> tuple[Path, ...]:
    """The start-up file's parts that are there."""
    there: tuple[Path, ...] = _startup().enabled(at.site)
    return there


def status(at: Place, folders: Sequence[str], session: Session) -> list[dict[str, Any]]:
    """What becomes of each adaptation there: every target is imported, to see.

    Raises `CouldNotTell` where it does not answer as it should.
    """
    words = ("-m", "compat_shims", "status", "--json", *folders)
    said = _ask(at.python, words, session, {})
    try:
        told: list[dict[str, Any]] = json.loads(said)
    except ValueError as error:
        raise CouldNotTell(f"{at.python} answers something else: {error}") from error
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Whether an adaptation is still needed where it was asked."""

    id: str
    word: str
    """`needed`, `idle`, `dead`, `expired`, `failed` or `unknown`."""
    reason: str

    @property
    def is_finding(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.word in {"dead", "expired", "failed"}


def check(told: Sequence[Mapping[str, Any]]) -> tuple[Checked, ...]:
    """Say which adaptations an environment still needs, by what `status` tells.

    One of the user's own that is not applied is dead: it can be deleted. One that is
    shipped is merely idle then; expired counts only where it is still needed.
    """
    return tuple(
        Checked(id=it["id"], word=_word(it), reason=it["reason"]) for it in told
    )


def _word(it: Mapping[str, Any]) -> str:
    match it["state"]:
        case "failed" | "out of reach":
            return "failed"
        case "applied" | "refused":
            return "expired" if it["expired"] else "needed"
        case "waiting":  # the target itself cannot be imported
            return "unknown"
        case _:
            return "idle" if it["shipped"] else "dead"


def shipped(folders: Sequence[str]) -> list[Written]:
    """All adaptations that are shipped, and those in these folders."""
    _startup()
    from compat_shims.reading import catalogue

    return catalogue(*folders)


def _startup() -> ModuleType:
    try:
        from compat_shims import startup
    except ImportError as error:
        raise UsageError(
            Problem(
                place="compatcheck shim",
                message="compat_shims is not installed beside compatcheck",
                mend="install the distribution compatcheck-shims (shims/) there",
            )
        ) from error
    return startup
