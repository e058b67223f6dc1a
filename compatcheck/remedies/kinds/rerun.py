"""Run it in another way."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Final

from compatcheck.model.mending import Rerun
from compatcheck.remedies.at import At

KIND: Final = Rerun


def words(step: Rerun, at: At) -> str:
    """The command for people."""
    del at
    return shlex.join(step.command)


def do(step: Rerun, at: At) -> At:
    """Change nothing but the command."""
    command = tuple(at.here(word) for word in step.command)
    process = replace(at.process, command=command, python=Path(command[0]))
    return at.with_process(process)
