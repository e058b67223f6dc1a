"""One program in a cage of its own: asked, watched, and gone afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from compatcheck.errors import EnvironmentFault
from compatcheck.executors.cages import Cage, running_cage, staying_cage


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a caged program may take."""

    seconds: float
    """Wall time."""
    memory: int
    """Bytes of data per process."""
    processes: int
    """Processes and threads at one time, about."""
    file_size: int
    """Bytes of any one file, the captured output included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CageRequest:
    """A program to run and what it may touch."""

    argv: tuple[str, ...]
    """The first is a path; nothing is searched for."""
    cwd: Path
    env: Mapping[str, str]
    """All of its variables: nothing is inherited."""
    stdout: Path
    stderr: Path
    """Written from the start, anywhere; may be the same file."""
    scratch: Path
    """An existing folder, the only one that it can write to."""
    limits: Limits
    allow_network: bool = False
    namespaces: bool = True
    """False takes the way of a system that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exited:
    """The program ended by itself."""

    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """The program died of a signal."""

    signal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """The program was killed at its time limit."""


Ended: TypeAlias = Exited | Killed | TimedOut


@dataclass(frozen=True, slots=True, kw_only=True)
class CageStatus:
    """What came of a caged program."""

    ended: Ended
    isolation: Mapping[str, str]
    """What was had, by wall, sorted; `missing: …` where the system gave none."""
    seconds: float
    """Wall time inside the cage."""


def run_caged(request: CageRequest) -> CageStatus:
    """Run a program in a cage to its end, after which nothing of it is left.

    Raises `EnvironmentFault` when the cage or the program could not be started, and
    `CageStopped` when somebody stopped it. Any exception, KeyboardInterrupt too,
    kills what runs.
    """
    with running_cage() as cage:
        answer = cage.ask(_spec(request), request.limits.seconds)
    return _status(answer)


@contextlib.contextmanager
def staying(request: CageRequest) -> Generator[Cage]:
    """A cage in which a program runs until the context ends, or its time is over.

    Raises `EnvironmentFault` when it cannot be started, `CageStopped` when somebody
    stopped all.
    """
    with staying_cage() as cage:
        cage.tell(_spec(request))
        yield cage


def probe_isolation() -> Mapping[str, str]:
    """What isolation a cage has on this machine, found by running one.

    Raises `EnvironmentFault` when none can be started.
    """
    with tempfile.TemporaryDirectory(prefix="compatcheck-") as name:
        scratch = Path(name)
        request = CageRequest(
            argv=(sys.executable, "-I", "-S", "-c", "pass"),
            cwd=scratch,
            env={},
            stdout=scratch / "output",
            stderr=scratch / "output",
            scratch=scratch,
            limits=Limits(seconds=30, memory=1 << 28, processes=32, file_size=1 << 20),
        )
        return run_caged(request).isolation


def _spec(request: CageRequest) -> bytes:
    limits = request.limits
    spec = {
        "argv": request.argv,
        "cwd": os.fspath(request.cwd.absolute()),
        "env": dict(request.env),
        "stdout": os.fspath(request.stdout.absolute()),
        "stderr": os.fspath(request.stderr.absolute()),
        # Mounted upon itself, which must be the place itself and no link to it.
        "scratch": os.fspath(request.scratch.resolve()),
        "seconds": limits.seconds,
        "memory": limits.memory,
        "processes": limits.processes,
        "file_size": limits.file_size,
        "allow_network": request.allow_network,
        "namespaces": request.namespaces,
    }
    return json.dumps(spec).encode() + b"\n"


def _status(answer: bytes) -> CageStatus:
    said = answer.decode(errors="replace").strip().rpartition("\n")[2]
    try:
        told: object = json.loads(said)
    except ValueError:
        # Not an answer but the last line of an interpreter that fell over.
        raise EnvironmentFault(f"the cage broke: {said or 'no word'}") from None
    match told:
        case {"failed": str(words)}:
            raise EnvironmentFault(f"the program could not be run: {words}")
        case {"isolation": dict(isolation), "seconds": float(seconds)}:
            walls = dict(sorted(isolation.items()))
            return CageStatus(ended=_ended(told), isolation=walls, seconds=seconds)
        case _:
            raise EnvironmentFault("the cage did not say what was had")


def _ended(told: object) -> Ended:
    match told:
        case {"ended": "exited", "code": int(code)}:
            return Exited(code=code)
        case {"ended": "killed", "signal": int(number)}:
            return Killed(signal=number)
        case {"ended": "timed_out"}:
            return TimedOut()
        case _:
            raise EnvironmentFault("the cage did not say how it ended")
