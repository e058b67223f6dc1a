"""One visit to a cell: the guest asks the probes there, and its notes are read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from compatcheck.ask.keys import guest_folder
from compatcheck.ask.normalise import Normaliser
from compatcheck.ask.notes import NoteReader, read_notes
from compatcheck.errors import EnvironmentFault
from compatcheck.executors.process import (
    CageRequest,
    CageStatus,
    Limits,
    run_caged,
)
from compatcheck.model import Interpreter, Observation
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
    notes = read_notes(control / "output.jsonl")
    if not notes:
        raise EnvironmentFault(_no_start(status, scratch, normaliser))
    reader = NoteReader(
        normaliser=normaliser,
        ended=status.ended,
        limits=limits,
        site=environment.site,
    )
    return Visited(
        observations=reader.observations(notes, asked), isolation=status.isolation
    )


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


def _no_start(status: CageStatus, scratch: Path, normaliser: Normaliser) -> str:
    path = scratch / "stderr"
    words = path.read_text("utf-8", "replace") if path.exists() else ""
    tail = normaliser.text(" ".join(words.split()))[-_LONGEST_TAIL:]
    return f"the interpreter did not start ({status.ended}): {tail or 'no word'}"
