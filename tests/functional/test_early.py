"""Answers come early: a first picture, and no more time than was given."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted.wheels import write_wheel

VERSIONS = [f"{number}.0" for number in range(1, 101)]
SLOW = "import time; time.sleep({seconds})\n"


def stored(command: Command) -> dict[str, Any]:
    """The report that a run has left."""
    told: dict[str, Any] = json.loads((command.folder / "r.json").read_text())
    return told


def outcomes(told: dict[str, Any]) -> dict[str, str]:
    """Version of the only distribution to outcome."""
    return {
        cell["pins"]["lib"]: cell["outcome"]
        for cell in told["cells"]
        if cell["outcome"] != "not_run"
    }


@pytest.fixture
def hundred(links: Path) -> Path:
    """A hundred releases, each of which takes its time, and all from 30.0 on fail."""
    for number, version in enumerate(VERSIONS, 1):
        code = SLOW.format(seconds=0.5) + ("raise ImportError('no')" * (number >= 30))
        write_wheel(links, "lib", version, {"lib.py": code})
    return links


GRID = ("matrix", "lib", "--select", "all", "-f", "json=r.json")


@pytest.mark.usefixtures("hundred")
def test_little_time_gives_a_coarse_picture_and_where_it_turns(
    command: Command,
) -> None:
    """What was not asked says so, names the budget, and the exit code is a finding's.

    A second run begins with what the first one knows, and so comes further.
    """
    grid = (*GRID, "--no-blame", "--jobs", "2")
    said = command(*grid, "--budget", "16")
    told = stored(command)
    assert said.code == 1, said.err
    assert "first picture after" in said.err
    assert "the budget is over after" in said.err
    assert 0 < told["timings"]["first_picture"] < 16
    seen = outcomes(told)
    assert 9 <= len(seen) < 100
    assert {"1.0", "100.0"} <= seen.keys()
    left = [cell for cell in told["cells"] if cell["outcome"] == "not_run"]
    assert {cell["reason"] for cell in left} == {"--budget 16: not answered by then"}
    assert len(left) == told["summary"]["not_run"] == 100 - len(seen)
    assert told["conclusion"].startswith(f"Out of time after {len(seen)} of 100 cells:")
    assert told["interrupted"] is False
    assert told["request"]["budget"] == 16
    # Failures that were seen are seen twice all the same.
    assert "once more" in said.err

    again = command(*grid, "--budget", "10")
    assert again.code == 1
    assert len(outcomes(stored(command))) > len(seen)


def test_time_that_does_not_do_for_anything_is_3(command: Command, links: Path) -> None:
    """Nothing was begun or guessed; the key of the table means the same."""
    write_wheel(links, "lib", "1.0", {"lib.py": ""})
    (command.folder / "pyproject.toml").write_text(
        '[tool.compatcheck]\naxes = ["lib"]\nbudget = 0.001\n'
    )
    said = command("matrix", "-f", "json=r.json")
    told = stored(command)
    assert said.code == 3, said.err
    assert told["summary"]["not_run"] == 1
    assert (
        told["conclusion"] == "Out of time before the first cell: 1 cell was not run."
    )
    assert "--budget 0.001" in told["cells"][0]["reason"]


def test_what_runs_when_the_time_is_over_is_stopped(
    command: Command, links: Path
) -> None:
    """A cell that never ends does not hold the run; it is not called unknown for it."""
    write_wheel(links, "lib", "1.0", {"lib.py": ""})
    write_wheel(links, "lib", "2.0", {"lib.py": "while True: pass\n"})
    started = time.monotonic()
    said = command(*GRID, "--budget", "5", "--timeout", "110")
    assert time.monotonic() - started < 60
    assert said.code == 3, said.err
    told = stored(command)
    assert [cell["outcome"] for cell in told["cells"]] == ["passed", "not_run"]


def test_blame_ends_with_the_budget(command: Command, links: Path) -> None:
    """All cells are told; that nobody looked into the failures is told as well."""
    write_wheel(links, "lib", "1.0", {"lib.py": SLOW.format(seconds=3) + "import gone"})
    said = command(*GRID, "--budget", "4", "-f", "text")
    told = stored(command)
    assert said.code == 1, said.err
    assert told["summary"]["failed"] == 1
    assert [r["diagnoses"] for r in told["results"].values()] == [[]]
    assert "--budget was over before it was found out why" in said.out
