"""Which interpreter a doctor looks at: the user's, never compatcheck's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from compatcheck.errors import Problem, UsageError

_PYTHONS: Final = ("python", "pypy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An interpreter, and why it is the one."""

    python: Path
    why: str


def target(
    named: str | None,
    environ: Mapping[str, str],
    folder: Path,
    command: Sequence[str] = (),
) -> Target:
    """The interpreter that is named, else the one that the user works with.

    That is the one that a command names by its path, the active environment's, the
    project's `.venv`, the one on PATH. Raises `UsageError` where there is none.
    """
    if named is not None:
        python = _named(named, environ, folder)
        # Links are not followed: it is by its path that an environment is known.
        return Target(python=Path(os.path.abspath(python)), why="--python names it")  # noqa: PTH100 - `resolve` would follow them
    spoken = _spoken(command, folder)
    if spoken is not None:
        return spoken
    for found in _near(environ, folder):
        if not _is_ours(found.python):
            return found
    raise UsageError(
        Problem(
            place="--python",
            message="there is no interpreter to look at but compatcheck's own",
            mend="name one: --python .venv/bin/python",
        )
    )


def _named(named: str, environ: Mapping[str, str], folder: Path) -> Path:
    path = folder / named
    if path.is_dir() and (path / "bin" / "python").exists():
        return path / "bin" / "python"
    if path.is_file() and os.access(path, os.X_OK):
        return path
    found = which(named, path=environ.get("PATH", os.defpath))
    if found is not None:
        return Path(found)
    raise UsageError(
        Problem(
            place="--python",
            message=f"{named} is no interpreter that can be run",
            mend="name an executable, or the folder of an environment",
        )
    )


def _spoken(command: Sequence[str], folder: Path) -> Target | None:
    """The interpreter whose path a command begins with, or beside whose it lies."""
    if not command or os.sep not in command[0]:
        return None
    first = Path(os.path.abspath(folder / command[0]))  # noqa: PTH100 - `resolve` would follow links
    if not first.is_file() or not os.access(first, os.X_OK):
        return None
    if first.name.startswith(_PYTHONS):
        return Target(python=first, why="the command names it")
    beside = first.with_name("python")
    if beside.exists() and (first.parent.parent / "pyvenv.cfg").is_file():
        return Target(python=beside, why=f"{first.name} is of that environment")
    return None


def _near(environ: Mapping[str, str], folder: Path) -> Iterator[Target]:
    active = environ.get("VIRTUAL_ENV")
    if active:
        python = folder / active / "bin" / "python"
        if python.exists():
            yield Target(python=python, why="it is the active virtual environment")
    for parent in (folder, *folder.parents):
        python = parent / ".venv" / "bin" / "python"
        if python.exists():
            yield Target(python=python, why="it is the project's .venv")
            break
    for entry in environ.get("PATH", os.defpath).split(os.pathsep):
        for name in ("python", "python3"):
            python = Path(entry) / name
            if entry and python.is_file() and os.access(python, os.X_OK):
                yield Target(python=python, why="it is the one on PATH")


def _is_ours(python: Path) -> bool:
    return python.absolute().parent == Path(sys.executable).absolute().parent
