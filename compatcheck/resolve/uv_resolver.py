"""Resolve with uv: `uv pip compile` to a PEP 751 lock."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from compatcheck.environments.uv import Uv
from compatcheck.errors import ResolverFault
from compatcheck.model import (
    Interpreter,
    Locked,
    Resolution,
    Unknown,
    Unsolvable,
)
from compatcheck.resolve import course, derivation
from compatcheck.resolve.course import Course
from compatcheck.resolve.pylock import read_lock
from compatcheck.resolve.reasons import read_reason

_UNTIMED: Final = re.compile(
    r"^warning: `(.+?)` is missing an upload date", re.MULTILINE
)
"""How uv says that it left a file out though it may have been out by then."""
_MOST_NAMED: Final = 3
"""Files or distributions that a reason names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveRequest:
    """All that the answer depends on, but for the index."""

    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    overrides: tuple[str, ...]
    interpreter: Interpreter
    resolution: Resolution
    as_of: datetime | None
    pre_releases: bool
    allow_builds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A lock, and the way to it."""

    lock: Locked
    course: Course | None
    """None where what uv tells of the way is not understood."""


class UvResolver:
    """Asks uv, and reads its words before calling anything unsolvable."""

    def __init__(self, uv: Uv, past: Mapping[str, str] | None = None) -> None:
        """Resolve with that uv; `past` are the variables for an instant of the past.

        They name the indexes that tell when files came out.
        """
        self._uv = uv
        self._today = {**derivation.VARIABLES, **course.VARIABLES}
        self._past = {**self._today, **(past or {})}

    @property
    def version(self) -> str:
        """Which resolver it is. Raises `ResolverFault` where it does not run at all."""
        return self._uv.version

    def resolve(self, request: ResolveRequest) -> Locked | Unsolvable | Unknown:
        """The lock; or why there is none, or why it cannot be told."""
        solved = self.solve(request)
        return solved.lock if isinstance(solved, Solved) else solved

    def solve(
        self, request: ResolveRequest, *, anew: bool = False
    ) -> Solved | Unsolvable | Unknown:
        """The lock and the way to it; or why there is none, or it cannot be told.

        `anew` uses no page that uv keeps without asking whether it has changed.
        """
        fetched = ["--refresh"] if anew else []
        try:
            with _files(request, self._uv.folder) as arguments:
                ended = self._uv.run(
                    ["pip", "compile", "-", *fetched, *arguments, *_options(request)],
                    text="\n".join(request.requirements) + "\n",
                    variables=self._today if request.as_of is None else self._past,
                    # Its warnings say which files have no upload time.
                    quiet=request.as_of is None,
                )
        except ResolverFault as fault:
            return Unknown(reason=str(fault))
        words, log = course.parted(ended.error)
        untimed = sorted(set(_UNTIMED.findall(words)))
        if request.as_of is not None and untimed:
            return Unknown(reason=f"no upload time is known for {_few(untimed)}")
        if ended.code == 0:
            return _timed(_solved(read_lock(ended.output), log), request)
        said = {"constraint": request.constraints, "override": request.overrides}
        return read_reason(words, said=said)


def _solved(lock: Locked, log: str) -> Solved:
    """The lock with its course, which must show where each of its packages is from."""
    read = course.read_course(log)
    seen = read and {*read.asked, *read.demands}
    whole = seen and all(it.distribution in seen for it in lock.packages)
    return Solved(lock=lock, course=read if whole else None)


def _timed(solved: Solved, request: ResolveRequest) -> Solved | Unknown:
    """Refuse a lock as of an instant that holds a file without a known time.

    uv leaves files without an upload time out when an index serves them and lets them
    pass when they lie in a folder: neither is an answer about that instant.
    """
    untimed = [p.distribution for p in solved.lock.packages if not p.timed]
    if request.as_of is None or not untimed:
        return solved
    return Unknown(reason=f"no upload time is known for {_few(untimed)}")


def _few(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    told = ", ".join(names[:_MOST_NAMED])
    return f"{told} and {more} more" if more > 0 else told


def _options(request: ResolveRequest) -> Iterator[str]:
    yield from ("--format", "pylock.toml", "--no-header", "--no-sources")
    yield from ("--python", str(request.interpreter.executable))
    yield from ("--resolution", request.resolution.value)
    if request.pre_releases:
        yield from ("--prerelease", "allow")
    if not request.allow_builds:
        yield "--no-build"
    if request.as_of is not None:
        instant = request.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")
        yield from ("--exclude-newer", instant)


@contextmanager
def _files(request: ResolveRequest, parent: Path | None) -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory(prefix="resolve-", dir=parent) as folder:
        arguments = []
        for option, lines in (
            ("--constraints", request.constraints),
            ("--overrides", request.overrides),
        ):
            if lines:
                path = Path(folder, option.strip("-")).with_suffix(".txt")
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")
                arguments += [option, str(path)]
        yield arguments
