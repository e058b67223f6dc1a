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
from compatcheck.executors.process import CageRequest, Ended, Limits, run_caged
from compatcheck.model import Interpreter, Observation, Scenario
from compatcheck.ports import Environment

_LAZY_IMPORTS_SINCE: Final = (3, 15)
"""PEP 810: an import that is put off would pass unasked."""
_LONGEST_TAIL: Final = 400
"""Characters of standard error kept from an interpreter that could not start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A sitting that only has to be begun."""

    sitting: Sitting
    environment: Environment
    control: Path
    """The folder of what is asked and what is answered."""
    request: CageRequest
    """How a fresh interpreter is started for it."""
    normaliser: Normaliser
    limits: Limits
    families: tuple[str, ...]
    """The folders of what lies beside scenarios."""
    shims: bool = False
    """Whether compat_shims is to be at work there."""

    def read(self, ended: Ended) -> tuple[Observation, ...]:
        """What was seen, after it ended so.

        Raises `EnvironmentFault` where the guest could not be asked at all, and
        `Doubtful` where it was no fresh interpreter and might have been another one.
        """
        notes = read_notes(self.control / "output.jsonl")
        if not notes:
            raise EnvironmentFault(self._told_of_no_start(ended))
        if doubts := [it for note in notes for it in note.get("doubts", ())]:
            raise Doubtful(", ".join(map(str, doubts)))
        reader = NoteReader(
            normaliser=self.normaliser,
            ended=ended,
            limits=self.limits,
            sites=self.environment.sites,
            shims=self.shims,
        )
        return reader.observations(notes, self.sitting.asked)

    def learned(self) -> Lesson | None:
        """What can be imported once for others, too; None where that was not told.

        Told only by a fork that was asked to, and was the same as a fresh interpreter.
        """
        notes = read_notes(self.control / "output.jsonl")
        told = [note["learned"] for note in notes if "learned" in note]
        if not told:
            return None
        first, *others = [[*map(str, it["imported"])] for it in told]
        imported = [it for it in first if all(it in other for other in others)]
        beside = tuple(map(str, told[0]["companions"]))
        return Lesson(companions=beside, imported=tuple(imported))

    def _told_of_no_start(self, ended: Ended) -> str:
        path = self.request.stderr
        words = path.read_text("utf-8", "replace") if path.exists() else ""
        tail = self.normaliser.text(" ".join(words.split()))[-_LONGEST_TAIL:]
        return f"the interpreter did not start ({ended}): {tail or 'no word'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a sitting imports that another could have imported before it."""

    companions: tuple[str, ...]
    """Modules beside its scenarios that need nothing of what a cell alone has."""
    imported: tuple[str, ...]
    """Modules of the last axis, in order."""


class Doubtful(EnvironmentFault):
    """An interpreter that is shared might answer otherwise than a fresh one."""


def visit(
    environment: Environment,
    interpreter: Interpreter,
    sitting: Sitting,
    *,
    scratch: Path,
    limits: Limits,
    sources: Sequence[Path],
    shims: bool = False,
) -> tuple[Observation, ...]:
    """Ask the targets of a sitting in that environment, walled in.

    `limits` are those of targets that have none of their own; `scratch` is empty;
    `shims` says that compat_shims has to be at work there.
    Raises `EnvironmentFault` where the guest could not be asked at all.
    """
    prepared = prepare(
        environment,
        interpreter,
        sitting,
        scratch=scratch,
        limits=limits,
        sources=sources,
        shims=shims,
    )
    return prepared.read(run_caged(prepared.request).ended)


def prepare(
    environment: Environment,
    interpreter: Interpreter,
    sitting: Sitting,
    *,
    scratch: Path,
    limits: Limits,
    sources: Sequence[Path],
    shims: bool = False,
) -> Prepared:
    """Lay out below `scratch`, which is empty, what a sitting needs."""
    control = scratch / "control"
    families = _families(sitting.scenarios, scratch / "scenarios")
    for name in ("control", "home", "tmp", "work"):
        (scratch / name).mkdir()
    _place(sitting.scenarios, families)
    asked = json.dumps(_input(sitting, families, limits.seconds))
    (control / "input.json").write_text(asked, encoding="utf-8")
    (control / "output.jsonl").touch()
    patient = replace(limits, seconds=sitting.patience(limits.seconds))
    request = fresh_request(environment, interpreter, scratch, patient)
    places = {
        "<env>": environment.roots,
        "<base>": [interpreter.executable.parent.parent],
        "<work>": [scratch],
        "<scenarios>": [
            folder
            for name, family in families.items()
            for folder in (family / name, family)
        ],
        "<source>": sources,
        "<probes>": [guest_folder().parent],
    }
    return Prepared(
        sitting=sitting,
        environment=environment,
        control=control,
        request=replace(
            request,
            env={**request.env, **sitting.variables},
            allow_network=sitting.network,
        ),
        normaliser=Normaliser(places, secrets=sitting.variables),
        limits=limits,
        families=tuple(sorted({str(family) for family in families.values()})),
        shims=shims,
    )


def _families(scenarios: Iterable[Scenario], folder: Path) -> dict[str, Path]:
    """A folder for what each scenario has beside it; one where that is the same."""
    keys = {it.name: it.companions or it.name for it in scenarios}
    order = list(dict.fromkeys(keys.values()))
    return {name: folder / str(order.index(key)) for name, key in keys.items()}


def _place(scenarios: Iterable[Scenario], families: Mapping[str, Path]) -> None:
    """Put each scenario where only what lies beside it can be imported by name."""
    for scenario in scenarios:
        family = families[scenario.name]
        own = family / scenario.name
        own.mkdir(parents=True)
        first, *beside = scenario.files
        for folder, (name, text) in ((own, first), *((family, it) for it in beside)):
            (folder / name).write_bytes(text.encode())


def _input(
    sitting: Sitting, families: Mapping[str, Path], loading: float
) -> dict[str, Any]:
    where = {
        scenario.name: {
            "file": str(families[scenario.name] / scenario.name / scenario.files[0][0]),
            "family": str(families[scenario.name]),
            "companions": [Path(name).stem for name, _ in scenario.companions],
            "loading": loading,
        }
        for scenario in sitting.scenarios
    }
    return {
        "probes": [
            {
                "path": str(probe.path),
                "ends_cell": probe.ends_cell,
                "targets": [
                    {**target, **where.get(target.get("scenario", ""), {})}
                    for target in targets
                ],
            }
            for probe, targets in sitting.asked
        ]
    }


def fresh_request(
    environment: Environment, interpreter: Interpreter, scratch: Path, limits: Limits
) -> CageRequest:
    """How the guest is started in a fresh interpreter, with its folder in `scratch`."""
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
