"""`--verify N`, from the command line to every format and the merged report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted.wheels import write_wheel

USUAL = ("--select", "all", "--no-blame")
GRID = ("matrix", "press", "orchard", *USUAL)


def plant(links: Path, orchard: str) -> None:
    """Three releases of a provider, the last of which lacks a name."""
    for version in ("1.0", "1.1", "2.0"):
        names = "" if version == "2.0" else "Seed = 1\n"
        files = {"orchard/__init__.py": f"{orchard}\n{names}"}
        write_wheel(links, "orchard", version, files)
    consumer = {"press/__init__.py": "from orchard import Seed\n"}
    write_wheel(links, "press", "1.0", consumer, requires=["orchard"])


def report(command: Command, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of a run."""
    said = command("matrix", *arguments, *USUAL, "-f", "json", "-o", "-")
    assert said.out, said.err
    return said.code, json.loads(said.out)


def test_answers_that_agree_are_told_so(command: Command, links: Path) -> None:
    """In every format, and nothing else changes: one of three fails."""
    plant(links, "")
    said = command(*GRID, "--verify", "2", "-f", "json=told.json", "-f", "text")
    assert said.code == 1, said.err
    assert "asking 2 cells once more, in real environments" in said.err
    words = "2 cells in real environments: all agree"
    assert f"verified {words}" in " ".join(said.out.split())
    told = json.loads((command.folder / "told.json").read_text("utf-8"))
    whole = {"cells": 2, "agree": 2, "differ": [], "unanswered": 0}
    assert told["verified"] == whole
    assert told["request"]["verify"] == 2
    assert "verify" in told["timings"]
    assert [cell["outcome"] for cell in told["cells"]] == ["passed", "passed", "failed"]
    markdown = command("report", "told.json", "-f", "markdown", "-o", "-").out
    assert words in markdown


ALONE = """
import pathlib
beside = pathlib.Path(__file__).parent.parent / "press"
assert not beside.exists(), "press lies beside it"
"""
"""What a package may do, and what unpacked wheels, each in a folder of its own, do not
show: it looks for a neighbour where site-packages would have it."""


def test_answer_that_was_wrong_is_told_and_mended(
    command: Command, links: Path
) -> None:
    """Both answers stand in the report, the cell has the real one, and none is kept."""
    plant(links, ALONE)
    code, before = report(command, "press", "orchard<2")
    if before["isolation"]["files"] != "read-only":
        pytest.skip("every environment is a real one here")
    assert code == 0, "what is wrong is not noticed without"
    for _ in range(2):
        code, told = report(command, "press", "orchard<2", "--verify", "5")
        assert code == 1
        assert {cell["outcome"] for cell in told["cells"]} == {"failed"}
        found = told["verified"]
        assert (found["cells"], found["agree"], found["unanswered"]) == (2, 0, 0)
        first = found["differ"][0]
        assert first["pins"] == {"press": "1.0", "orchard": "1.0"}
        assert (first["probe"], first["target"]) == ("import", "press")
        assert (first["told"], first["real"]) == ("passed", "failed")
        assert first["real_words"] == "AssertionError: press lies beside it"
    said = command("matrix", "press", "orchard<2", *USUAL, "--verify", "1", "-o", "-")
    text = " ".join(said.out.split())
    assert "0 agree, 1 told wrongly by compatcheck" in text
    assert "told passed, really failed (AssertionError: press lies" in text


def test_shards_add_up(command: Command, links: Path) -> None:
    """Each verifies cells of its own share."""
    plant(links, "")
    for number in ("1", "2"):
        share = ("--shard", f"{number}/2", "--verify", "1", "-f", f"json={number}.json")
        assert command(*GRID, *share).code in {0, 1}
    said = command("report", "merge", "1.json", "2.json", "-f", "json", "-o", "-")
    told = json.loads(said.out)["verified"]
    assert (told["cells"], told["agree"], told["differ"]) == (2, 2, [])


def test_a_screen_is_not_verified(command: Command, links: Path) -> None:
    """It runs nothing, so there is nothing to compare: a usage error says so."""
    plant(links, "")
    said = command(*GRID, "--probe", "screen", "--verify", "3")
    assert (said.code, said.out) == (2, "")
    assert "a screen runs nothing" in said.err
