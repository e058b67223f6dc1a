"""What people use today to run one program with many pairs of releases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import uv
from grids import GridCell, Pair
from measuring import Command, cpus, seconds_of

from compatcheck.index.settings import read_index_settings, uv_environment

ONE_CELL: Final = Path(__file__).parent / "inside" / "one_cell.py"
NO_ENVIRONMENT: Final = "no environment"

_OF_OUR_OWN: Final = (
    *("PYTHONPATH", "VIRTUAL_ENV", "NOX_CURRENT_SESSION"),
    "PYTHONDONTWRITEBYTECODE",
)
"""What a session of nox sets for this script, and would mislead another one; and what
would have them compile everything each time, as nobody does who is in a hurry."""

_NOXFILE: Final = '''\
"""One session for each cell, as people write them."""

import json
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv"


def _add(cell):
    @nox.session(name=cell["name"], python=cell["python"])
    def ask(session):
        session.install(*cell["requirements"])
        session.run("python", *cell["arguments"])


for cell in json.loads(Path(__file__).with_name("cells.json").read_text()):
    _add(cell)
'''

_LOOP: Final = """\
xargs -P "$JOBS" -L 1 sh -c '
  uv run --isolated --no-project --python "$PYTHON" --with "$1" --with "$2" \\
    python "$ONE_CELL" "$VERDICTS/$0" "$SCENARIO" $MODULES' < cells.txt
"""
"""A line of cells.txt is a cell's name and its two requirements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all contestants share."""

    folder: Path
    uv_cache: Path
    python: Path
    """What cells run in."""
    pair: Pair
    cells: tuple[GridCell, ...]

    @property
    def verdicts(self) -> Path:
        """Where a cell leaves what it says."""
        return self.folder / "verdicts"

    def environ(self) -> dict[str, str]:
        """The user's variables, the user's indexes, and one cache of uv for all.

        Indexes that only pip's files or variables name are told to uv as compatcheck
        tells them to its own.
        """
        settings = read_index_settings(os.environ, Path.cwd())
        told = uv_environment(settings)
        inherited = {k: v for k, v in os.environ.items() if k not in _OF_OUR_OWN}
        return {
            **inherited,
            **told,
            "NO_COLOR": "1",
            "PATH": f"{Path(uv.find_uv_bin()).parent}{os.pathsep}{os.environ['PATH']}",
            "UV_CACHE_DIR": str(self.uv_cache),
            "UV_NO_CONFIG": "1",
            "UV_PYTHON_DOWNLOADS": "never",
        }

    def arguments(self, cell: GridCell) -> list[str]:
        """What the Python of a cell is given."""
        verdict = self.verdicts / cell.name
        scenario = str(self.pair.scenario)
        return [str(ONE_CELL), str(verdict), scenario, *self.pair.modules]

    def commands(
        self, name: str, lines: Sequence[Sequence[str]], **variables: str
    ) -> tuple[Command, ...]:
        """Programs to be begun together, each of which writes a log of its own."""
        return tuple(
            Command(
                words=tuple(words),
                folder=self.folder / name,
                environ={**self.environ(), **variables},
                log=self.folder / name / f"{number}.log",
            )
            for number, words in enumerate(lines)
        )

    def tools(self, name: str, *requirements: str) -> Path:
        """The folder of the programs of these distributions, in a throw-away venv.

        With the uv that compatcheck has. Raises `SystemExit` where it cannot be made.
        """
        venv = self.folder / name / "tools"
        base = (uv.find_uv_bin(), "--quiet")
        given = ("--python", str(venv), *requirements, f"uv=={version('uv')}")
        for words in (
            ("venv", "--clear", "--python", str(self.python), str(venv)),
            ("pip", "install", *given),
        ):
            done = subprocess.run((*base, *words), env=self.environ(), check=False)
            if done.returncode:
                raise SystemExit(f"{name} cannot be installed: see above")
        return venv / "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One way to run the cells."""

    name: str
    remark: str
    ground: Ground
    commands: tuple[Command, ...]

    def run(self) -> tuple[float, Mapping[str, str]]:
        """Wall seconds, and what it says of each cell."""
        verdicts = self.ground.verdicts
        shutil.rmtree(verdicts, ignore_errors=True)
        verdicts.mkdir()
        seconds, _ = seconds_of(self.commands)  # a cell that fails fails the tool
        said = {path.name: path.read_text("utf-8") for path in verdicts.iterdir()}
        cells = self.ground.cells
        return seconds, {it.name: said.get(it.name, NO_ENVIRONMENT) for it in cells}


def tox_anew(ground: Ground) -> Contestant:
    """Have tox run them with tox-uv, each environment made anew."""
    return _tox(ground, "tox", "environments anew", "--recreate")


def tox_kept(ground: Ground) -> Contestant:
    """Have tox run them in the environments of the run before, as it does by itself."""
    return _tox(ground, "tox-kept", "environments kept, nothing is installed")


def _tox(ground: Ground, name: str, remark: str, *words: str) -> Contestant:
    folder = ground.folder / name
    folder.mkdir(exist_ok=True)
    tox = ground.tools(name, "tox", "tox-uv") / "tox"
    lines = [
        "[tox]",
        f"env_list = {','.join(cell.name for cell in ground.cells)}",
        "no_package = true",
        "[testenv]",
        f"base_python = {ground.python}",
        "pass_env = UV_*,SSL_CERT_*",
    ]
    for cell in ground.cells:
        lines += [f"[testenv:{cell.name}]", "deps ="]
        lines += [f"    {requirement}" for requirement in cell.requirements]
        lines += [f"commands = python {' '.join(ground.arguments(cell))}"]
    (folder / "tox.ini").write_text("\n".join(lines) + "\n", encoding="utf-8")
    parallel = ("run-parallel", "--parallel", str(cpus()), "--parallel-no-spinner")
    return Contestant(
        name=f"{name} (tox-uv)",
        remark=f"run-parallel; {remark}",
        ground=ground,
        commands=ground.commands(name, [(str(tox), *parallel, *words)]),
    )


def nox_anew(ground: Ground) -> Contestant:
    """Have nox run them with the uv backend, in one process a processor.

    It runs one session after the other; people who want more begin it twice.
    """
    folder = ground.folder / "nox"
    folder.mkdir(exist_ok=True)
    nox = ground.tools("nox", "nox") / "nox"
    (folder / "noxfile.py").write_text(_NOXFILE, encoding="utf-8")
    told = [
        {
            "name": cell.name,
            "python": str(ground.python),
            "requirements": cell.requirements,
            "arguments": ground.arguments(cell),
        }
        for cell in ground.cells
    ]
    (folder / "cells.json").write_text(json.dumps(told), encoding="utf-8")
    names = [cell.name for cell in ground.cells]
    halves = [names[number :: cpus()] for number in range(cpus())]
    lines = [(str(nox), "--sessions", *half) for half in halves if half]
    return Contestant(
        name="nox (uv)",
        remark=f"has no parallelism: {len(lines)} processes over shares of the cells",
        ground=ground,
        commands=ground.commands("nox", lines),
    )


def uv_loop(ground: Ground) -> Contestant:
    """Have a loop of the shell go over `uv run --isolated --with`."""
    folder = ground.folder / "uv-run"
    folder.mkdir(exist_ok=True)
    lines = [" ".join((cell.name, *cell.requirements)) for cell in ground.cells]
    (folder / "cells.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "loop.sh").write_text(_LOOP, encoding="utf-8")
    variables = {
        "JOBS": str(cpus()),
        "MODULES": " ".join(ground.pair.modules),
        "ONE_CELL": str(ONE_CELL),
        "PYTHON": str(ground.python),
        "SCENARIO": str(ground.pair.scenario),
        "VERDICTS": str(ground.verdicts),
    }
    return Contestant(
        name="uv run --isolated --with",
        remark=f"xargs -P {cpus()}; uv keeps environments in its cache",
        ground=ground,
        commands=ground.commands("uv-run", [("sh", "loop.sh")], **variables),
    )


CONTESTANTS: Final[Mapping[str, Callable[[Ground], Contestant]]] = {
    "tox": tox_anew,
    "tox-kept": tox_kept,
    "nox": nox_anew,
    "uv-run": uv_loop,
}
