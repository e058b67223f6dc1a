"""`compatcheck pin` on a project with bounds of its own, against planted wheels."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from conftest import Command
from planted.wheels import write_wheel

PYPROJECT = """
[project]
name = "shop"
version = "1.0"
# What we need.
dependencies = [
    "orchard>=1",  # apples
]

[tool.compatcheck]
source = ["src"]
"""
APPLE = "def apple():\n    return 'apple'\n"


@pytest.fixture(autouse=True)
def _shop(command: Command, links: Path) -> None:
    """An orchard with a hole, and without apples from its second major release on."""
    for version in ("1.0", "1.2"):
        write_wheel(links, "orchard", version, {"orchard.py": APPLE})
    for version in ("1.1", "2.0", "2.1"):
        write_wheel(links, "orchard", version, {"orchard.py": ""})
    file = command.folder / "pyproject.toml"
    file.write_text(textwrap.dedent(PYPROJECT).lstrip(), encoding="utf-8")
    source = command.folder / "src" / "shop.py"
    source.parent.mkdir()
    source.write_text("from orchard import apple\n", encoding="utf-8")


def test_the_range_is_told_with_its_holes(command: Command) -> None:
    """A fresh sweep gives the specifier that admits all that works, and no more."""
    said = command("pin", "orchard")

    assert said.code == 0, said.err
    assert said.out.splitlines()[0] == (
        "orchard>=1,<2.0,!=1.1 (project.dependencies[0])"
    )


def test_check_names_what_is_admitted_and_fails(command: Command) -> None:
    """A bound that admits a failing release is a finding, and the release is named."""
    said = command("pin", "orchard", "--check")

    assert said.code == 1, said.err
    for version in ("1.1", "2.0", "2.1"):
        assert f"admits orchard {version}, which failed" in said.out


def test_write_moves_nothing_else_and_then_check_is_content(command: Command) -> None:
    """The bound is written in place, comments and all stay, and it holds."""
    file = command.folder / "pyproject.toml"
    before = file.read_text("utf-8")

    said = command("pin", "orchard", "--write")

    assert said.code == 0, said.err
    expected = before.replace('"orchard>=1"', '"orchard>=1,<2.0,!=1.1"')
    assert file.read_text("utf-8") == expected
    assert command("pin", "orchard", "--check").code == 0


def test_a_report_does_as_well_as_a_sweep(command: Command) -> None:
    """The range follows from a stored report, and nothing is asked again."""
    asked = command(
        *("matrix", "orchard", "--select", "all", "--source", "src", "--no-blame"),
        *("-f", "json=report.json"),
    )
    assert asked.code == 1, asked.err
    command.variables["UV_FIND_LINKS"] = ""

    said = command("pin", "--report", "report.json")

    assert said.code == 0, said.err
    assert said.out.startswith("orchard>=1,<2.0,!=1.1 ")
