"""`compatcheck gate` on real repositories, against planted wheels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, Said
from planted.projects import begin
from planted.wheels import write_wheel

APPLE = "def apple():\n    return 'apple'\n"


@pytest.fixture
def orchard(links: Path) -> Path:
    """An orchard that grows apples until its second major release."""
    for version in ("1.0", "1.1", "1.2"):
        write_wheel(links, "orchard", version, {"orchard.py": APPLE})
    for version in ("2.0", "2.1"):
        pear = APPLE.replace("apple", "pear")
        write_wheel(links, "orchard", version, {"orchard.py": pear})
    return links


def gate(command: Command, *arguments: str) -> tuple[Said, dict[str, Any]]:
    """Run the gate against `main`; what it said, and its document."""
    said = command("gate", "--base", "main", "-f", "json", *arguments)
    assert said.out, said.err
    return said, json.loads(said.out)


def test_an_upgrade_that_breaks_an_import_is_kept_out(
    command: Command, orchard: Path
) -> None:
    """Raising a distribution that drops what the source imports: exit 1, all told."""
    del orchard
    project = begin(command.folder, {"requirements.txt": "orchard==1.0\n"})
    project.write({"requirements.txt": "# raised\norchard==2.1\n"})
    project.commit("raise orchard")

    said, told = gate(command)

    assert said.code == 1, said.err
    assert told["verdict"] == "failed"
    (finding,) = told["findings"]
    assert finding["status"] == "new"
    assert finding["rule"] == "api-removed"
    assert finding["symbol"] == "orchard.apple"
    assert finding["pair"] == ["shop", "orchard"]
    assert finding["place"] == {"file": "src/shop.py", "line": 3}
    assert finding["upgrades"] == [
        {"distribution": "orchard", "before": "1.0", "after": "2.1"}
    ]
    assert [(it["kind"], it["command"], it["verified"]) for it in finding["ways"]] == [
        ("versions", "orchard==1.2", True),
        ("pin", "orchard<2.0", True),
    ]


def test_source_that_cannot_be_read_is_noted(command: Command, orchard: Path) -> None:
    """What the gate could not read it has not asked, and does not let that pass."""
    del orchard
    files = {"requirements.txt": "orchard==1.0\n", "src/later.py": "plant apple\n"}
    project = begin(command.folder, files)
    project.write({"requirements.txt": "orchard==1.1\n"})
    project.commit("raise orchard")

    said, told = gate(command)

    assert said.code == 0, said.err
    (note,) = told["notes"]
    assert note.startswith("later: Python 3.")


def test_the_text_says_it_first(command: Command, orchard: Path) -> None:
    """The text begins with the verdict, and names place, blame and remedy."""
    del orchard
    project = begin(command.folder, {"requirements.txt": "orchard==1.0\n"})
    project.write({"requirements.txt": "orchard==2.1\n"})

    said = command("gate", "--base", "main")

    assert said.code == 1, said.err
    first, *rest = said.out.splitlines()
    assert first.startswith("failed: orchard 1.0 -> 2.1 ")
    text = "\n".join(rest)
    assert "src/shop.py:3" in text
    assert "orchard==1.2" in text
    assert "api-removed" in text


def test_nothing_changed_costs_nothing(command: Command) -> None:
    """With equal locks it says so, without an index and without a cell."""
    begin(command.folder, {"requirements.txt": "orchard==1.0\n"})

    said, told = gate(command)

    assert said.code == 0
    assert told["verdict"] == "unchanged"
    assert told["conclusion"].startswith("Nothing changed: requirements.txt")
    assert not (command.home / "cache").exists()


def test_what_a_release_says_commands_nobody(command: Command, links: Path) -> None:
    """An import that raises workflow commands and escapes is told as words alone."""
    write_wheel(links, "orchard", "1.0", {"orchard.py": APPLE})
    said = "\\n::error file=x::owned\\x1b[2J##[set-env name=A]b<script>@everyone"
    code = f'raise ImportError("{said}")\n'
    write_wheel(links, "orchard", "2.0", {"orchard.py": code})
    project = begin(command.folder, {"requirements.txt": "orchard==1.0\n"})
    project.write({"requirements.txt": "orchard==2.0\n"})
    summary = command.folder / "summary.md"
    command.variables["GITHUB_STEP_SUMMARY"] = str(summary)

    for form in ("github", "text"):
        told = command("gate", "--base", "main", "-f", form)
        assert told.code == 1, told.err
        assert "##[" not in told.out + told.err
        assert "\x1b" not in told.out + told.err
        lines = [*told.out.splitlines(), *told.err.splitlines()]
        commands = [it for it in lines if it.strip().startswith("::")]
        assert len(commands) == (form == "github")
        assert not any(it.strip().startswith("::error file=x") for it in lines)
    assert summary.read_text("utf-8").startswith("### ")


def test_a_release_that_takes_the_interpreter_down_is_kept_out(
    command: Command, links: Path
) -> None:
    """A crash is worse than a pass, and whoever causes it is named."""
    write_wheel(links, "orchard", "1.0", {"orchard.py": APPLE})
    write_wheel(links, "orchard", "2.0", {"orchard.py": "import os\nos.abort()\n"})
    project = begin(command.folder, {"requirements.txt": "orchard==1.0\n"})
    project.write({"requirements.txt": "orchard==2.0\n"})

    said, told = gate(command)

    assert said.code == 1, said.err
    finding = told["findings"][0]
    assert finding["outcome"] == "crashed"
    assert [it["distribution"] for it in finding["upgrades"]] == ["orchard"]
    assert finding["ways"][0]["command"] == "orchard==1.0"
