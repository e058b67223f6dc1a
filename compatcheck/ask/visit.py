"""One visit to a cell: the guest asks the probes there, and its notes are read."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, assert_never

from compatcheck.ask.keys import guest_folder
from compatcheck.ask.normalise import Normaliser
from compatcheck.ask.ours import our_doing
from compatcheck.errors import EnvironmentFault
from compatcheck.executors.process import (
    CageRequest,
    CageStatus,
    Ended,
    Exited,
    Killed,
    Limits,
    TimedOut,
    run_caged,
)
from compatcheck.model import Failure, Interpreter, Observation, Outcome
from compatcheck.ports import Environment
from compatcheck.probes import Probe

_LAZY_IMPORTS_SINCE: Final = (3, 15)
"""PEP 810: an import that is put off would pass unasked."""
_LONGEST_TAIL: Final = 400
"""Characters of standard error kept from an interpreter that could not start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """What a visit brought."""

    observations: tuple[Observation, ...]
    isolation: Mapping[str, str]


def visit(
    environment: Environment,
    interpreter: Interpreter,
    asked: Sequence[tuple[Probe, list[dict[str, Any]]]],
    *,
    scratch: Path,
    limits: Limits,
    sources: Sequence[Path],
) -> Visited:
    """Ask each probe's targets in that environment, walled in.

    Raises `EnvironmentFault` where the guest could not be asked at all.
    """
    control = scratch / "control"
    for name in ("control", "home", "tmp", "work"):
        (scratch / name).mkdir()
    (control / "input.json").write_text(json.dumps(_input(asked)), encoding="utf-8")
    (control / "output.jsonl").touch()
    status = run_caged(_request(environment, interpreter, scratch, limits))
    normaliser = Normaliser(
        {
            "<env>": [environment.root],
            "<base>": [interpreter.executable.parent.parent],
            "<work>": [scratch],
            "<source>": sources,
            "<probes>": [guest_folder().parent],
        }
    )
    notes = list(_notes(control / "output.jsonl"))
    if not notes:
        raise EnvironmentFault(_no_start(status, scratch, normaliser))
    seen = _observations(notes, asked, status, limits, normaliser)
    return Visited(observations=tuple(seen), isolation=status.isolation)


def _input(asked: Sequence[tuple[Probe, list[dict[str, Any]]]]) -> dict[str, Any]:
    return {
        "probes": [
            {
                "path": str(probe.path),
                "ends_cell": probe.ends_cell,
                "targets": targets,
            }
            for probe, targets in asked
        ]
    }


def _request(
    environment: Environment, interpreter: Interpreter, scratch: Path, limits: Limits
) -> CageRequest:
    flags = ["-I", "-B"]
    if tuple(map(int, interpreter.minor.split("."))) >= _LAZY_IMPORTS_SINCE:
        flags += ["-X", "lazy_imports=none"]
    control = str(scratch / "control")
    return CageRequest(
        argv=(str(environment.python), *flags, str(guest_folder()), control),
        cwd=scratch / "work",
        env={
            "HOME": str(scratch / "home"),
            "LANG": "C.UTF-8",
            "PATH": f"{environment.python.parent}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "TMPDIR": str(scratch / "tmp"),
            "VIRTUAL_ENV": str(environment.root),
        },
        stdout=scratch / "stdout",
        stderr=scratch / "stderr",
        scratch=scratch,
        limits=limits,
    )


def _notes(path: Path) -> Iterator[dict[str, Any]]:
    """The guest's whole lines; a last one that was cut short is not one."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


def _observations(
    notes: Sequence[dict[str, Any]],
    asked: Sequence[tuple[Probe, list[dict[str, Any]]]],
    status: CageStatus,
    limits: Limits,
    normaliser: Normaliser,
) -> Iterator[Observation]:
    begun: tuple[Probe, str] | None = None
    for note in notes:
        match note:
            case {"begin": [probe_number, target_number]}:
                probe, targets = asked[probe_number]
                begun = probe, targets[target_number]["label"]
            case {"end": _, "failure": failure} if begun:
                yield _observed(*begun, failure, normaliser)
                begun = None
    if begun:
        probe, target = begun
        yield Observation(
            probe=probe.name,
            stage=probe.stage,
            target=target,
            outcome=Outcome.CRASHED,
            failure=_crash(status.ended, limits),
        )


def _observed(
    probe: Probe,
    target: str,
    told: Mapping[str, Any] | None,
    normaliser: Normaliser,
) -> Observation:
    failure = None if told is None else normaliser.failure(told)
    if failure is None:
        outcome = Outcome.PASSED
    elif our_doing(failure):
        outcome = Outcome.UNKNOWN
    elif failure.type == "MemoryError":
        outcome = Outcome.CRASHED
    else:
        outcome = Outcome.FAILED
    return Observation(
        probe=probe.name,
        stage=probe.stage,
        target=target,
        outcome=outcome,
        failure=failure,
    )


def _crash(ended: Ended, limits: Limits) -> Failure:
    match ended:
        case TimedOut():
            kind, message = "Timeout", f"no answer within {limits.seconds:g} s"
        case Killed(signal=number):
            kind, message = "Crash", f"the interpreter died of {_signal(number)}"
        case Exited(code=code):
            kind, message = "Crash", f"the interpreter left with exit code {code}"
        case _:
            assert_never(ended)
    return Failure(type=kind, message=message, module=None, frames=())


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _no_start(status: CageStatus, scratch: Path, normaliser: Normaliser) -> str:
    path = scratch / "stderr"
    words = path.read_text("utf-8", "replace") if path.exists() else ""
    tail = normaliser.text(" ".join(words.split()))[-_LONGEST_TAIL:]
    return f"the interpreter did not start ({status.ended}): {tail or 'no word'}"
