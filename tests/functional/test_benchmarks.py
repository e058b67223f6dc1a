"""Benchmarks from the command line, on planted wheels: never how long, only what."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted.wheels import write_wheel

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def _world(links: Path) -> None:
    """Two axes: one release lacks what is called, one cannot be had with the other."""
    write_wheel(links, "fruit", "1.0", {"fruit.py": "def juice(): return 1\n"})
    write_wheel(links, "fruit", "2.0", {"fruit.py": "def pulp(): return 1\n"})
    press = {"press.py": "import fruit\n"}
    write_wheel(links, "press", "1.0", press, requires=["fruit"])
    write_wheel(links, "press", "2.0", press, requires=["fruit<2"])


def _pair(folder: Path, scenario: str) -> Path:
    told = 'def scenario_juice():\n    """It gives juice."""\n'
    body = textwrap.indent(textwrap.dedent(scenario), "    ")
    (folder / "serves.py").write_text(told + body, encoding="utf-8")
    pair = folder / "planted.toml"
    lines = ('axes = ["press", "fruit"]', 'select = "all"', 'modules = ["press"]')
    text = "\n".join((*lines, 'scenario = "serves.py"')) + "\n"
    pair.write_text(text, encoding="utf-8")
    return pair


def _run(
    command: Command, script: str, *words: str
) -> subprocess.CompletedProcess[str]:
    place = ("--work", str(command.home / "work"), "--output", str(command.home))
    return subprocess.run(
        [sys.executable, BENCHMARKS / f"{script}.py", *words, *place],
        cwd=command.folder,
        env=command.environ(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _figures(command: Command, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((command.home / f"{name}.json").read_bytes())
    return told


def test_contestants_that_agree_are_compared_and_timed(command: Command) -> None:
    """Every cell gets one verdict that all runs share, and each contestant a time."""
    pair = _pair(command.folder, "import fruit\nassert fruit.juice() == 1\n")
    words = (str(pair), "--repeat", "2", "--against", "uv-run")
    ran = _run(command, "side_by_side", *words)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = _figures(command, "side_by_side-planted")
    assert told["cells"] == {
        "press 1.0 x fruit 1.0": "passed",
        "press 1.0 x fruit 2.0": "failed",
        "press 2.0 x fruit 1.0": "passed",
        "press 2.0 x fruit 2.0": "no environment",
    }
    assert told["differences"] == []
    assert [len(row["wall_seconds"]["values"]) for row in told["rows"]] == [2] * 3
    assert str(command.home) not in json.dumps(told)


def test_a_difference_is_told_and_fails(command: Command) -> None:
    """A scenario that only one of them lets pass ends the benchmark with 1."""
    command.variables["ORCHARD"] = "1"  # which cells of compatcheck do not see
    pair = _pair(command.folder, "import os\nassert 'ORCHARD' in os.environ\n")
    words = (str(pair), "--repeat", "1", "--against", "uv-run")
    ran = _run(command, "side_by_side", *words)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    (first, *_) = _figures(command, "side_by_side-planted")["differences"]
    assert first.startswith("press 1.0 x fruit 1.0: compatcheck, run 1: failed;")
    assert "uv run --isolated --with, run 1: passed" in first
