"""What a gate lets through, what it does not, and what it cannot decide."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted.projects import PYPROJECT, SOURCE, Project, begin
from planted.wheels import write_wheel

APPLE = "def apple():\n    return 'apple'\n"
WAIVER = """
[[tool.compatcheck.waivers]]
rule = "api-removed"
pair = ["shop", "orchard"]
symbol = "orchard.apple"
reason = "no apples are sold in winter"
expires = {day}
"""


@pytest.fixture(autouse=True)
def _orchard(links: Path) -> None:
    """Apples until the second major release."""
    for version, code in (("1.0", APPLE), ("1.1", APPLE), ("2.0", ""), ("2.1", "")):
        write_wheel(links, "orchard", version, {"orchard.py": code})


def told(command: Command, *arguments: str, base: str = "main") -> dict[str, Any]:
    """The document, with the exit code in it."""
    said = command("gate", "--base", base, "-f", "json", *arguments)
    assert said.out, said.err
    return {**json.loads(said.out), "code": said.code}


def raised(command: Command, before: str = "1.0", after: str = "2.0") -> Project:
    """A project whose branch raises the orchard."""
    project = begin(command.folder, {"requirements.txt": f"orchard=={before}\n"})
    project.write({"requirements.txt": f"orchard=={after}\n"})
    return project


def test_strict_gates_on_what_failed_before(command: Command) -> None:
    """What fails on both sides is shown and let through, but not with --strict."""
    raised(command, "2.0", "2.1")

    easy, strict = told(command), told(command, "--strict")

    assert [easy["code"], strict["code"]] == [0, 1]
    assert easy["verdict"] == "passed"
    assert [it["status"] for it in easy["findings"]] == ["unchanged"]
    assert [it["id"] for it in easy["findings"]] == [
        it["id"] for it in strict["findings"]
    ]


def test_a_waiver_lets_a_finding_through_and_is_printed(command: Command) -> None:
    """A finding that is waived does not gate; its reason and last day are told."""
    project = raised(command)
    project.write({"pyproject.toml": PYPROJECT + WAIVER.format(day="2999-01-01")})

    decision = told(command)

    assert decision["code"] == 0
    (finding,) = decision["findings"]
    assert finding["status"] == "waived"
    text = command("gate", "--base", "main").out
    assert "until 2999-01-01: no apples are sold in winter" in text


def test_an_expired_waiver_gates_again_and_says_so(command: Command) -> None:
    """After its last day a waiver lets nothing through, and that is told."""
    project = raised(command)
    project.write({"pyproject.toml": PYPROJECT + WAIVER.format(day="2020-01-01")})

    decision = told(command)

    assert decision["code"] == 1
    assert decision["findings"][0]["waiver"]["expired"] is True
    assert any("expired on 2020-01-01" in note for note in decision["notes"])


def test_a_waiver_that_nothing_falls_under_is_told(command: Command) -> None:
    """An unused waiver is named, so that it can go."""
    project = raised(command, "1.0", "1.1")
    project.write({"pyproject.toml": PYPROJECT + WAIVER.format(day="2999-01-01")})

    decision = told(command)

    assert decision["code"] == 0
    assert any("is not used" in note for note in decision["notes"])


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('reason = "no apples are sold in winter"', "waivers[0].reason"),
        ("expires = 2999-01-01", "waivers[0].expires"),
        ('symbol = "orchard.apple"', "waivers[0].symbol"),
        ('pair = ["shop", "orchard"]', "waivers[0].pair"),
        ('rule = "api-removed"', "waivers[0].rule"),
    ],
)
def test_every_part_of_a_waiver_is_required(
    command: Command, line: str, complaint: str
) -> None:
    """A waiver without one of its parts is a fault of the configuration: exit 2."""
    project = raised(command)
    waiver = WAIVER.format(day="2999-01-01").replace(f"{line}\n", "")
    project.write({"pyproject.toml": PYPROJECT + waiver})

    said = command("gate", "--base", "main")

    assert said.code == 2
    assert complaint in said.err


def test_a_waiver_of_no_rule_is_a_fault(command: Command) -> None:
    """A rule that there is not cannot be waived; nor can what is unknown."""
    project = raised(command)
    waiver = WAIVER.format(day="2999-01-01").replace("api-removed", "unknown")
    project.write({"pyproject.toml": PYPROJECT + waiver})

    said = command("gate", "--base", "main")

    assert said.code == 2
    assert "waivers[0].rule" in said.err


def test_an_unknown_ref_gets_one_line_with_the_mend(command: Command) -> None:
    """A ref that this clone has not: exit 2, and what to fetch."""
    raised(command)

    said = command("gate", "--base", "origin/elsewhere")

    assert said.code == 2
    (line,) = said.err.splitlines()
    assert "'origin/elsewhere'" in line
    assert "git fetch origin elsewhere" in line


@pytest.mark.parametrize(
    "ref", ["--upload-pack=touch OWNED", "-h", "$(touch OWNED)", ""]
)
def test_a_ref_is_never_an_option_or_a_command(command: Command, ref: str) -> None:
    """Whatever a ref looks like, it is looked up and nothing else."""
    raised(command)

    said = command("gate", f"--base={ref}")

    assert said.code == 2
    assert not list(command.folder.rglob("OWNED"))


def test_a_shallow_clone_gets_one_line_with_the_mend(
    command: Command, tmp_path: Path
) -> None:
    """Without the history that head and base share: exit 2, and how to fetch it."""
    project = raised(command)
    project.commit("raise")
    project.git("switch", "--quiet", "main")
    project.write({"more.txt": "more\n"})
    project.commit("main moves on")
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone",  # noqa: S607 - the git of whoever tests
         "--quiet", "--depth", "1", "--no-single-branch",
         f"file://{project.folder}", str(clone)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    shallow = Project(folder=clone)
    shallow.git("switch", "--quiet", "raise")
    there = Command(folder=clone, home=command.home, variables=command.variables)

    said = there("gate", "--base", "origin/main")

    assert said.code == 2, said.out
    (line,) = said.err.splitlines()
    assert "shallow" in line
    assert "fetch-depth: 0" in line


def test_base_is_where_the_branch_left(command: Command) -> None:
    """What landed on main since is not this branch's doing."""
    project = begin(command.folder, {"requirements.txt": "orchard==1.0\n"})
    project.write({"other.txt": "x\n"})
    project.commit("something else")
    project.git("switch", "--quiet", "main")
    project.write({"requirements.txt": "orchard==2.0\n"})
    project.commit("main raises it")
    project.git("switch", "--quiet", "raise")

    assert told(command)["verdict"] == "unchanged"


def test_base_can_be_a_file(command: Command) -> None:
    """Without git, a lock file is what head is compared with."""
    (command.folder / "src").mkdir()
    (command.folder / "src" / "shop.py").write_text(SOURCE, encoding="utf-8")
    (command.folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (command.folder / "old.txt").write_text("orchard==1.0\n", encoding="utf-8")
    (command.folder / "requirements.txt").write_text("orchard==2.0\n", "utf-8")

    decision = told(command, base="old.txt")

    assert decision["code"] == 1
    assert decision["base"] == {
        "lock": "old.txt",
        "kind": "requirements.txt",
        "commit": None,
    }


def test_a_branch_that_adapts_its_source_may_land(command: Command) -> None:
    """Each side has its own source: who stops using the name can raise it."""
    project = raised(command)
    project.write({"src/shop.py": "import orchard\n"})

    assert told(command)["code"] == 0


def test_a_branch_that_breaks_its_own_source_is_told_so(command: Command) -> None:
    """Where the source is to blame and no upgrade, nobody else is named."""
    project = raised(command, "1.0", "1.1")
    project.write({"src/shop.py": "from orchard import cherry\n"})

    decision = told(command)

    assert decision["code"] == 1
    (finding,) = decision["findings"]
    assert finding["upgrades"] == []
    assert any("source is to blame" in line for line in finding["evidence"])


def test_a_newer_release_that_mends_it_is_the_remedy(
    command: Command, links: Path
) -> None:
    """A hole has a way out on its other side, too, and the newest is told first."""
    write_wheel(links, "orchard", "3.0", {"orchard.py": APPLE})
    raised(command, "1.0", "2.0")

    decision = told(command)

    (finding,) = decision["findings"]
    assert finding["rule"] == "release-hole"
    assert finding["ways"][0]["command"] == "orchard==3.0"
    assert finding["ways"][0]["verified"] is True


def test_two_pythons_are_one_finding(command: Command) -> None:
    """What is the same on each Python is told once, with all of them."""
    project = raised(command)
    table = PYPROJECT.replace('["3.11"]', '["3.11", "3.12"]')
    project.write({"pyproject.toml": table})

    decision = told(command)

    (finding,) = decision["findings"]
    assert finding["pythons"] == ["3.11", "3.12"]


def test_a_python_that_is_not_here_is_told(command: Command) -> None:
    """A Python that the project names and nobody has cannot be passed over."""
    project = raised(command)
    table = PYPROJECT.replace('["3.11"]', '["3.11", "3.99"]')
    project.write({"pyproject.toml": table})

    said = command("gate", "--base", "main")

    assert said.code == 2
    assert "'3.99'" in said.err


def test_what_no_python_gets_is_listed_and_not_asked(command: Command) -> None:
    """A change for another platform alone is told, and nothing is installed."""
    line = "orchard=={} ; sys_platform == 'nowhere'\n"
    project = begin(command.folder, {"requirements.txt": line.format("1.0")})
    project.write({"requirements.txt": line.format("2.0")})

    decision = told(command)

    assert decision["verdict"] == "unchanged"
    (change,) = decision["changes"]
    assert change["pythons"] == []


def test_a_project_in_a_folder_of_the_repository(command: Command) -> None:
    """Places are told from the repository's top, where a reviewer looks for them."""
    inner = command.folder / "apps" / "shop"
    project = begin(command.folder, {"apps/shop/requirements.txt": "orchard==1.0\n"})
    project.git("switch", "--quiet", "main")
    project.write({"apps/shop/pyproject.toml": PYPROJECT, "apps/shop/src/s.py": SOURCE})
    project.commit("a shop")
    project.git("switch", "--quiet", "raise")
    project.git("merge", "--quiet", "main")
    project.write({"apps/shop/requirements.txt": "orchard==2.0\n"})
    there = Command(folder=inner, home=command.home, variables=command.variables)

    decision = told(there)

    assert decision["code"] == 1
    assert decision["findings"][0]["place"]["file"] == "apps/shop/src/s.py"
    assert decision["changes"][0]["place"]["file"] == "apps/shop/requirements.txt"
