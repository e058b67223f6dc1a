"""`--executor NAME`: what asks many cells at a time is one file of the house."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import Command
from planted.wheels import write_wheel

import compatcheck

BACKWARDS = """
class Backwards:
    def __init__(self, jobs):
        self.jobs = jobs

    def map(self, ask, asked, alike=None):
        for one in reversed(list(asked)):
            print("asked by", self.jobs, file=__import__("sys").stderr)
            yield ask(one)

    def stop_running(self):
        pass

EXECUTOR = Backwards
"""


@pytest.fixture(autouse=True)
def _world(links: Path) -> None:
    for version in ("1.0", "1.1"):
        write_wheel(links, "fine", version, {"fine.py": ""})


def test_unknown_one_is_2_with_those_there_are(command: Command) -> None:
    """One line, before anything is asked."""
    said = command("matrix", "fine", "--executor", "distant")
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        "error: --executor: 'distant' is unknown; choose from local"
    ]


def test_new_one_is_one_new_file(command: Command, tmp_path: Path) -> None:
    """It is found by its name, told of in the report, and asks every cell."""
    house = tmp_path / "house" / "compatcheck"
    shutil.copytree(Path(compatcheck.__file__).parent, house)
    (house / "executors" / "backwards.py").write_text(BACKWARDS)
    command.variables["PYTHONPATH"] = str(house.parent)
    grid = ("matrix", "fine", "--select", "all", "--jobs", "5", "-f", "json=r.json")
    said = command(*grid, "--executor", "backwards")
    assert said.code == 0, said.err
    assert said.err.count("asked by 5") == 2
    told = json.loads((command.folder / "r.json").read_text())
    assert told["request"]["executor"] == "backwards"
    assert told["summary"]["passed"] == 2
    said = command("matrix", "fine", "--executor", "distant")
    assert "choose from backwards, local" in said.err
