"""Which scenario files belong to a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from unit.config.conftest import PAIR

from compatcheck.config.settings import Settings
from compatcheck.errors import Problem

Read = Callable[..., Settings]
Faults = Callable[..., list[Problem]]

TABLE = '[tool.compatcheck]\naxes = ["a"]\nscenarios = ["tests/compat.py"]\n'


@pytest.fixture
def plant(folder: Path) -> Callable[..., Path]:
    """Write a scenario file."""

    def planting(path: str, text: str = "def scenario_it(): ...\n") -> Path:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    return planting


def names(settings: Settings) -> list[str]:
    """Of the scenarios."""
    return [scenario.name for scenario in settings.scenarios]


def test_table_counts_from_its_file(read: Read, folder: Path, plant: Read) -> None:
    """As its other paths do, wherever below it the user stands."""
    plant("tests/compat.py")
    (folder / "below").mkdir()
    assert names(read(TABLE, at=folder / "below")) == ["compat"]


def test_command_line_decides_before_the_table(read: Read, plant: Read) -> None:
    """Its paths count from where the user stands; the same file is one scenario."""
    plant("a.py")
    plant("b.py")
    assert names(read(TABLE, scenario=("b.py", "a.py", "./b.py"))) == ["b", "a"]


def test_profiles_come_first(read: Read, plant: Callable[..., Path]) -> None:
    """Those whose distributions are all on the axes."""
    shipped, _ = plant("shipped/serving.py"), plant("own.py")
    profile = replace(PAIR, scenarios=(shipped,))
    said = {"scenario": ("own.py",), "profile": profile}
    assert names(read(**said)) == ["serving", "own"]
    assert names(read(**said, requirements=("a",))) == ["own"]


def test_shipped_one_is_named_as_it_is_called(
    read: Read, plant: Callable[..., Path]
) -> None:
    """Then the profile's others are left out, and the user's own are not."""
    shipped = (plant("shipped/serving.py"), plant("shipped/talking.py"))
    plant("own.py")
    profile = replace(PAIR, scenarios=shipped)
    assert names(read(scenario=("talking",), profile=profile)) == ["talking"]
    asked = ("talking", "own.py")
    assert names(read(scenario=asked, profile=profile)) == ["talking", "own"]


def test_table_about_other_axes_keeps_its_scenarios(read: Read) -> None:
    """They are about the table's own axes, like its contract."""
    assert names(read(TABLE, requirements=("other",))) == []


def test_nobody_reads_what_nobody_asks(read: Read) -> None:
    """Without the probe, not even a missing file matters."""
    assert names(read(TABLE, probe=("import",))) == []


def test_faults_of_several_files_come_together(faults: Faults, plant: Read) -> None:
    """Each with the file as the user wrote it."""
    plant("a.py", "def scenario_x(")
    found = faults(TABLE, scenario=("a.py", "gone.py", "", "x\0.py"))
    assert [it.place for it in found] == [
        "--scenario",
        "--scenario",
        "a.py:1",
        "gone.py",
    ]


def test_two_of_one_name_cannot_be_told_apart(faults: Faults, plant: Read) -> None:
    """Their observations would have the same names."""
    plant("a/serving.py")
    plant("b/serving.py")
    (problem,) = faults(scenario=("a/serving.py", "b/serving.py"))
    assert problem.place == "b/serving.py"
    assert "there is another scenario file named 'serving'" in problem.message
