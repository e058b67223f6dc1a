"""The house rules that no linter knows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command
from planted.wheels import write_wheel

ROOT = Path(__file__).resolve().parents[2]
HOUSE = sorted((ROOT / "compatcheck").rglob("*.py"))
EVERYTHING = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - the developer's own git
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
]


def test_imports_run_downwards() -> None:
    """The layered contract of pyproject.toml is kept."""
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("path", HOUSE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_outgrows_its_room(path: Path) -> None:
    """A module of the house has fewer than 300 lines."""
    assert path.read_text(encoding="utf-8").count("\n") < 300


def test_only_data_knows_the_first_pair() -> None:
    """Nothing outside the profile names the distributions that it is about."""
    knowing = [
        str(path.relative_to(ROOT))
        for path in HOUSE
        if not path.is_relative_to(ROOT / "compatcheck" / "profiles" / "chatkit")
        and re.search(
            r"openai|(?<!profile )chatkit(?! profile)", path.read_text("utf-8")
        )
    ]
    assert knowing == []


def test_no_file_names_a_registry_host() -> None:
    """Where distributions come from is the user's business, not this repository's."""
    hosts = re.compile(r"(?:py[p]i|python[h]osted|npm[j]s)\.(?:org|com)")
    naming = [
        str(path.relative_to(ROOT))
        for path in EVERYTHING
        if path.is_file() and hosts.search(path.read_text("utf-8", "replace"))
    ]
    assert naming == []


def test_ci_runs_the_line_of_the_readme() -> None:
    """What the README says passes the tests is what CI runs."""
    readme = (ROOT / "README.md").read_text("utf-8")
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    (line,) = re.findall(r"^\.venv/bin/pip install .*nox$", readme, re.MULTILINE)
    assert line in script


def test_help_stays_light() -> None:
    """`compatcheck --help` imports nothing that only a run needs."""
    heavy = ("pydantic", "requests", "rich", "packaging", "pypi_simple", "tomlkit")
    code = (
        "import sys; import compatcheck.cli;"
        f"print(*[m for m in {heavy!r} if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []


def test_run_without_an_index_stays_light(command: Command, links: Path) -> None:
    """A grid of wheels that lie here imports nothing that asks the network."""
    heavy = ("pypi_simple", "bs4", "requests", "urllib.request", "ssl")
    code = (
        "import sys; from compatcheck.cli.app import app;"
        "app(['matrix', 'storefront', 'payments'], standalone_mode=False);"
        f"print(*[m for m in {heavy!r} if m in sys.modules])"
    )
    for name in ("storefront", "payments"):
        write_wheel(links, name, "1.0", {f"{name}.py": ""})
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=command.folder,
        env=command.environ(),
    )
    assert "storefront" in ran.stdout
    assert ran.stdout.splitlines()[-1] == ""
