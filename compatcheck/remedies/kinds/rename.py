"""Give a file or folder of the user's another name."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Final

from compatcheck.errors import EnvironmentFault
from compatcheck.model.mending import Rename
from compatcheck.remedies.at import At

KIND: Final = Rename


def words(step: Rename, at: At) -> str:
    """The command for people, relative to where they are."""
    return shlex.join(["mv", *(_near(path, at) for path in (step.path, step.to))])


def do(step: Rename, at: At) -> At:
    """Rename it; where it is what is run, that runs by its new name.

    Raises `EnvironmentFault` where it cannot be, or something has that name.
    """
    source = Path(at.here(step.path))
    target = source.with_name(Path(step.to).name)
    if os.path.lexists(target):
        raise EnvironmentFault(f"{target} is there already")
    command = tuple(_renamed(word, source, target, at) for word in at.process.command)
    try:
        source.rename(target)
    except OSError as error:
        raise EnvironmentFault(f"{source}: {error.strerror}") from error
    return at.with_process(replace(at.process, command=command))


def _renamed(word: str, source: Path, target: Path, at: At) -> str:
    path = at.folder / word
    return str(target) if path == source and source.is_file() else word


def _near(path: str, at: At) -> str:
    folder = f"{at.folder}{os.sep}"
    return path.removeprefix(folder)
