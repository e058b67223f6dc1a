"""What other contestants run in a cell leaves a verdict that says what happened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ONE_CELL = Path(__file__).resolve().parents[3] / "benchmarks" / "inside" / "one_cell.py"


@pytest.mark.parametrize(
    ("scenario", "module", "verdict"),
    [
        ("def scenario_x(): pass", "json", "passed"),
        ("async def scenario_x(): pass", "json", "passed"),
        ("def scenario_x(): assert False", "json", "failed"),
        ("async def scenario_x(): assert False", "json", "failed"),
        ("def scenario_x(): pass", "not_to_be_had", "failed"),
        (
            "import unittest\ndef scenario_x(): raise unittest.SkipTest",
            "json",
            "passed",
        ),
        ("import os\ndef scenario_x(): os._exit(9)", "json", "crashed"),
        ("from _beside import x\ndef scenario_x(): assert x", "json", "passed"),
    ],
)
def test_a_verdict_is_left(
    tmp_path: Path, scenario: str, module: str, verdict: str
) -> None:
    """Passed, failed or crashed stands in the file, and only passed leaves with 0."""
    (tmp_path / "_beside.py").write_text("x = 1\n", encoding="utf-8")
    file = tmp_path / "scenario.py"
    file.write_text(scenario + "\n", encoding="utf-8")
    place = tmp_path / "verdict"
    ran = subprocess.run(
        [sys.executable, ONE_CELL, place, file, module],
        capture_output=True,
        check=False,
    )
    assert place.read_text("utf-8") == verdict
    assert (ran.returncode == 0) == (verdict == "passed")
