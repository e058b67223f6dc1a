"""The guest, run for real in the Pythons that it must speak with."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from conftest import python as found_python

import compatcheck
from compatcheck.probes import known_probes

HOUSE = Path(compatcheck.__file__).parent
VERSIONS = ("3.7", "3.8", "3.13")
_numbers = count()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the guest wrote, and how it ended."""

    notes: Sequence[Mapping[str, Any]]
    code: int
    out: str
    err: str

    @property
    def failures(self) -> list[Mapping[str, Any] | None]:
        """One for each target that was answered."""
        return [note["failure"] for note in self.notes if "end" in note]

    @property
    def ends(self) -> list[Mapping[str, Any]]:
        """What was noted of each target, without its place."""
        return [
            {key: value for key, value in note.items() if key != "end"}
            for note in self.notes
            if "end" in note
        ]

    @property
    def failure(self) -> Mapping[str, Any]:
        """Of the one target that was asked."""
        (failure,) = self.failures
        assert failure is not None
        return failure

    @property
    def done(self) -> bool:
        """Whether it came to its end."""
        return self.notes[-1:] == [{"done": True}]


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A Python with a folder of modules on its path."""

    python: Path
    modules: Path

    def plant(self, code: str, path: str = "") -> str:
        """Write a module; its name is one that no other test has, unless told."""
        name = path or f"planted_{next(_numbers)}"
        file = self.modules / (name if name.endswith(".py") else f"{name}.py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(code), encoding="utf-8")
        return name

    def serve(
        self,
        code: str,
        *modules: str,
        seconds: float = 20,
        loading: float = 20,
        beside: Mapping[str, str] | None = None,
    ) -> Answer:
        """Run the guest on the scenarios of a file with this code.

        It imports the modules first.
        """
        imports = "".join(f"import {module}\n" for module in modules)
        return self.serve_all(
            {"served": imports + textwrap.dedent(code)},
            seconds=seconds,
            loading=loading,
            beside=beside,
        )

    def serve_all(
        self,
        codes: Mapping[str, str],
        *,
        seconds: float = 20,
        loading: float = 20,
        beside: Mapping[str, str] | None = None,
    ) -> Answer:
        """Run the guest on the scenarios of several files that share what is beside."""
        family = self.modules / f"scenarios_{next(_numbers)}"
        family.mkdir()
        for name, text in (beside or {}).items():
            (family / name).write_text(textwrap.dedent(text), encoding="utf-8")
        scenarios, files = [], {}
        for name, code in codes.items():
            file = family / name / f"{name}.py"
            file.parent.mkdir()
            file.write_text(textwrap.dedent(code), encoding="utf-8")
            functions = re.findall(r"(?m)^(?:async )?def (scenario_\w+)", code)
            scenario = {"name": name, "functions": functions, "seconds": seconds}
            scenarios.append(scenario)
            files[name] = {
                "file": str(file),
                "family": str(family),
                "companions": sorted(
                    Path(it).stem for it in beside or {} if it.startswith("_")
                ),
                "loading": loading,
            }
        return self.ask(scenarios=scenarios, files=files)

    def ask(
        self,
        *modules: str,
        symbols: Sequence[str] = (),
        timeout: float = 30,
        scenarios: Sequence[Mapping[str, Any]] = (),
        files: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Answer:
        """Run the guest on imports, then on symbols (`module:name`), then serving."""
        pairs = [symbol.split(":") for symbol in symbols]
        contract = {
            "roots": {},
            "modules": list(modules),
            "symbols": [{"module": m, "name": n} for m, n in pairs],
            "read": [],
            "uses": [],
            "scenarios": scenarios,
        }
        control = self.modules / f"control_{next(_numbers)}"
        control.mkdir()
        probes = [
            {
                "path": str(probe.path),
                "ends_cell": probe.ends_cell,
                "targets": [
                    {**target, **(files or {}).get(target.get("scenario", ""), {})}
                    for target in probe.file.targets(contract)
                ],
            }
            for probe in known_probes().values()
            if probe.runs
        ]
        (control / "input.json").write_text(json.dumps({"probes": probes}))
        output = control / "output.jsonl"
        output.touch()
        with subprocess.Popen(
            [self.python, "-I", "-B", str(HOUSE / "guest"), str(control)],
            cwd=control,
            env={"LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            out, err = process.communicate(timeout=timeout)
        notes = [json.loads(line) for line in output.read_text().splitlines()]
        return Answer(notes=notes, code=process.returncode, out=out, err=err)


@pytest.fixture(scope="session", params=VERSIONS)
def guest(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Guest:
    """The guest in one of the Pythons; a Python that is missing is an error."""
    return _made(request.param, tmp_path_factory)


@pytest.fixture(scope="session")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Guest:
    """The guest in the newest of them."""
    return _made(VERSIONS[-1], tmp_path_factory)


def _made(version: str, folders: pytest.TempPathFactory) -> Guest:
    interpreter = found_python(version)
    root = folders.mktemp(f"guest-{version}")
    venv, modules = root / "venv", root / "modules"
    modules.mkdir()
    python = str(interpreter.executable)
    command = [python, "-I", "-m", "venv", "--without-pip", str(venv)]
    subprocess.run(command, check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "planted.pth").write_text(f"{modules}\n")
    return Guest(python=venv / "bin" / "python", modules=modules)
