"""One visit to a cell: the guest asks the probes there, and its notes are read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from compatcheck.ask.keys import guest_folder
from compatcheck.ask.normalise import Normaliser
from compatcheck.ask.notes import NoteReader, read_notes
from compatcheck.ask.sittings import Sitting
from compatcheck.errors import EnvironmentFault
from compatcheck.executors.process import (
    CageRequest,
    CageStatus,
    Limits,
    run_caged,
)
from compatcheck.model import Interpreter, Observation, Scenario
from compatcheck.ports import Environment

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
    sitting: Sitting,
    *,
    scratch: Path,
    limits: Limits,
    sources: Sequence[Path],
) -> Visited:
    """Ask the targets of a sitting in that environment, walled in.

    `limits` are those of targets that have none of their own; `scratch` is empty.
    Raises `EnvironmentFault` where the guest could not be asked at all.
    """
    control, scenarios = scratch / "control", scratch / "scenarios"
    for name in ("control", "home", "tmp", "work"):
        (scratch / name).mkdir()
    _place(sitting.scenarios, scenarios)
    asked = json.dumps(_input(sitting, scenarios))
    (control / "input.json").write_text(asked, encoding="utf-8")
    (control / "output.jsonl").touch()
    limits = replace(limits, seconds=limits.seconds + sitting.seconds)
    request = _request(environment, interpreter, scratch, limits)
    status = run_caged(
        replace(
            request,
            env={**request.env, **sitting.variables},
            allow_network=sitting.network,
        )
    )
    normaliser = Normaliser(
        {
            "<env>": environment.roots,
            "<base>": [interpreter.executable.parent.parent],
            "<work>": [scratch],
            "<scenarios>": [scenarios],
            "<source>": sources,
            "<probes>": [guest_folder().parent],
        },
        secrets=sitting.variables,
    )
    notes = read_notes(control / "output.jsonl")
    if not notes:
        raise EnvironmentFault(_no_start(status, scratch, normaliser))
    reader = NoteReader(
        normaliser=normaliser,
        ended=status.ended,
        limits=limits,
        sites=environment.sites,
    )
    return Visited(
        observations=reader.observations(notes, sitting.asked),
        isolation=status.isolation,
    )


def _place(scenarios: Iterable[Scenario], folder: Path) -> None:
    """Put each scenario's files into a folder of its own."""
    for scenario in scenarios:
        own = folder / scenario.name
        own.mkdir(parents=True)
        for name, text in scenario.files:
            (own / name).write_bytes(text.encode())


def _input(sitting: Sitting, folder: Path) -> dict[str, Any]:
    files = {
        scenario.name: {"file": str(folder / scenario.name / scenario.files[0][0])}
        for scenario in sitting.scenarios
    }
    return {
        "probes": [
            {
                "path": str(probe.path),
                "ends_cell": probe.ends_cell,
                "targets": [
                    {**target, **files.get(target.get("scenario", ""), {})}
                    for target in targets
                ],
            }
            for probe, targets in sitting.asked
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
            "VIRTUAL_ENV": str(environment.python.parent.parent),
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
