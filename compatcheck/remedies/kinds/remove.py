"""Uninstall distributions."""

from __future__ import annotations

import shlex
from typing import Final

from compatcheck.errors import EnvironmentFault
from compatcheck.model.mending import Remove
from compatcheck.remedies.at import At

KIND: Final = Remove


def words(step: Remove, at: At) -> str:
    """The command for people: pip's where they have it, else uv's."""
    python = str(at.process.python)
    if at.has_pip:
        head = [python, "-m", "pip", "uninstall", "-y"]
    else:
        head = ["uv", "pip", "uninstall", "--python", python]
    return shlex.join([*head, *step.distributions])


def do(step: Remove, at: At) -> At:
    """Uninstall with uv. Raises `EnvironmentFault` where that is not possible."""
    if at.uv is None:
        raise EnvironmentFault("nothing is here to uninstall with")
    arguments = ["pip", "uninstall", "--python", str(at.process.python)]
    ended = at.uv.run([*arguments, *step.distributions])
    if ended.code != 0:
        raise EnvironmentFault(f"it cannot be removed: {ended.error.strip()[:300]}")
    return at
