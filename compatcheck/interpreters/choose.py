"""Which Python was asked for."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Final

from packaging.version import Version

from compatcheck.errors import Problem, UsageError
from compatcheck.interpreters.candidates import (
    Candidate,
    candidates,
    implementation,
)
from compatcheck.interpreters.inspection import OLDEST, Found, inspect, inspect_all
from compatcheck.model import Interpreter

_REQUEST: Final = re.compile(
    r"(?P<implementation>[a-z]+)?[-@]?(?P<version>\d+(\.\d+){0,2}((a|b|rc)\d+)?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """A Python asked for by version: `3.12`, `3.12.1`, `pypy3.10`."""

    implementation: str
    version: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> _Request | None:
        """The request that a text makes; None when it must be a path or a command."""
        match = _REQUEST.fullmatch(text)
        if match is None:
            return None
        return cls(
            implementation=implementation(match["implementation"]),
            version=tuple(match["version"].split(".")),
        )

    def admits(self, found: Found) -> bool:
        """Whether this is what was asked for."""
        parts = tuple(found.interpreter.version.split("."))
        return (
            found.interpreter.implementation == self.implementation
            and parts[: len(self.version)] == self.version
        )

    def may_admit(self, candidate: Candidate) -> bool:
        """False only where the candidate's name promises something else."""
        if candidate.implementation not in (None, self.implementation):
            return False
        return all(
            asked == promised
            for asked, promised in zip(self.version, candidate.version, strict=False)
        )


def available(environ: Mapping[str, str]) -> tuple[Interpreter, ...]:
    """Every usable Python found, by implementation and version, newest last.

    Looks at the running one's base, on PATH, at those that uv manages and under
    pyenv's folder. Those that do not run, and those older than 3.7, are left out.
    """
    found = inspect_all((one.path for one in candidates(environ)), environ)
    return tuple(sorted((one.interpreter for one in found), key=_order))


def choose(
    requests: Sequence[str],
    environ: Mapping[str, str],
    places: Sequence[str] = (),
) -> tuple[Interpreter, ...]:
    """The Pythons asked for, in order and without repetition.

    A request is a version (`3.12`: the newest of it, final before pre-release;
    `3.12.1`; `pypy3.10`), a path or a command. No request at all asks for the running
    one. Of a venv its base is given. `places` are where the requests stand, for
    messages. Raises `UsageError` with all that are missing.
    """
    wanted = {text: _Request.parse(text) for text in requests or (sys.executable,)}
    versions = [request for request in wanted.values() if request is not None]
    paths = [
        candidate.path
        for candidate in (candidates(environ) if versions else ())
        if any(request.may_admit(candidate) for request in versions)
    ]
    found = inspect_all(paths, environ)
    chosen = {
        text: _inspect_command(text, environ)
        if request is None
        else max(filter(request.admits, found), key=Found.rank, default=None)
        for text, request in wanted.items()
    }
    missing = [text for text, one in chosen.items() if one is None]
    if missing:
        raise _missing(missing, environ, dict(zip(requests, places, strict=False)))
    distinct = {
        one.interpreter.executable: one.interpreter for one in chosen.values() if one
    }
    return tuple(distinct.values())


def _order(interpreter: Interpreter) -> tuple[str, Version, str]:
    """Where an interpreter stands in a list that people read."""
    return (
        interpreter.implementation,
        Version(interpreter.version),
        str(interpreter.executable),
    )


def _inspect_command(text: str, environ: Mapping[str, str]) -> Found | None:
    """What a path or a command is; None when it is no usable Python."""
    path = which(str(Path(text).expanduser()), path=environ.get("PATH"))
    return None if path is None else inspect(Path(path), environ)


def _missing(
    texts: Sequence[str], environ: Mapping[str, str], places: Mapping[str, str]
) -> UsageError:
    """One problem for each Python that is not there, naming those that are."""
    here = ", ".join(dict.fromkeys(_label(one) for one in available(environ)))
    return UsageError(
        *(
            Problem(
                place=places.get(text, "python"),
                message=f"no Python {text!r} is here"
                if _Request.parse(text)
                else f"{text!r} is no Python {OLDEST} or newer that runs here",
                mend=f"choose from {here}, or install it first",
            )
            for text in texts
        )
    )


def _label(interpreter: Interpreter) -> str:
    """How to ask for it: `3.12.1`, `pypy3.10.12`."""
    prefix = interpreter.implementation
    return ("" if prefix == "cpython" else prefix) + interpreter.version
