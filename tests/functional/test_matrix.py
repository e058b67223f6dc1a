"""`compatcheck matrix` from the command line to the report, against planted wheels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, python
from planted.wheels import write_sdist, write_wheel


@pytest.fixture
def world(links: Path) -> Path:
    """A provider that drops a name in 2.0, and a consumer that wants it."""
    for version in ("0.9", "1.0", "1.1", "2.0"):
        names = "Basket = Seed = 1\n" if version < "2" else "Basket = 1\n"
        write_wheel(links, "orchard", version, {"orchard/__init__.py": names})
    write_wheel(
        links,
        "press",
        "1.0",
        {"press/__init__.py": "", "press/mill.py": "from orchard import Seed\n"},
        requires=["orchard>=1"],
    )
    return links


def report(command: Command, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of a run."""
    said = command("matrix", *arguments, "-f", "json", "-o", "-")
    assert said.out, said.err
    return said.code, json.loads(said.out)


def outcomes(told: dict[str, Any], distribution: str) -> dict[str, tuple[str, str]]:
    """Version of a distribution to outcome and stage."""
    return {
        cell["pins"][distribution]: (cell["outcome"], cell["stage"])
        for cell in told["cells"]
    }


@pytest.mark.usefixtures("world")
def test_grid_tells_unsolvable_passed_and_failed_apart(command: Command) -> None:
    """Each release gets its own verdict, at the stage that decided it."""
    code, told = report(command, "press==1.0", "orchard", "--select", "all")
    assert outcomes(told, "orchard") == {
        "0.9": ("unsolvable", "resolve"),
        "1.0": ("passed", "symbol"),
        "1.1": ("passed", "symbol"),
        "2.0": ("failed", "symbol"),
    }
    assert code == 1
    assert told["cells"][0]["reason"] == "press 1.0 requires orchard>=1"
    (failure,) = told["failures"].values()
    assert failure["type"] == "ImportError"
    assert "cannot import name 'Seed' from 'orchard'" in failure["message"]
    assert "<env>" in failure["message"]
    assert str(command.home) not in json.dumps(told)


@pytest.mark.usefixtures("world")
def test_conclusion_names_what_works_from_data_alone(command: Command) -> None:
    """The first sentence is the answer to the question."""
    _, told = report(command, "press==1.0", "orchard>=1,<2", "--select", "all")
    assert (
        told["conclusion"] == "press 1.0 works with orchard 1.0, 1.1 (import, symbol)."
    )


@pytest.mark.usefixtures("world")
def test_second_run_asks_only_what_is_new(command: Command) -> None:
    """What was seen is not asked again; the report is equal but for its source."""
    _, first = report(command, "press", "orchard>=1,<2", "--select", "all")
    _, second = report(command, "press", "orchard>=1", "--select", "all")
    sources = [cell["source"] for cell in second["cells"]]
    assert sources == ["cached", "cached", "probed"]
    assert first["cells"][0]["result"] == second["cells"][0]["result"]


def test_source_that_cannot_be_read_is_told(command: Command, links: Path) -> None:
    """What a module needs that no Python here can parse, nobody knows."""
    write_wheel(links, "orchard", "1.0", {"orchard/__init__.py": "Basket = 1\n"})
    files = {
        "press/__init__.py": "from orchard import Basket\n",
        "press/_later.py": "from orchard import Seed\nplant Seed in Basket\n",
    }
    write_wheel(links, "press", "1.0", files, requires=["orchard"])
    code, told = report(command, "press", "orchard")
    (contract,) = told["contracts"].values()
    assert (code, contract["symbols"]) == (0, ["orchard.Basket"])
    assert contract["unread"] == ["press._later"]
    said = command("matrix", "press", "orchard").out
    (line,) = [line for line in said.splitlines() if line.startswith("unread")]
    assert "press._later: Python 3." in line


def test_release_without_a_module_fails_at_import(
    command: Command, links: Path
) -> None:
    """A reserved name is told as what it is."""
    write_wheel(links, "reserved", "0.0.1", {})
    code, told = report(command, "reserved")
    assert outcomes(told, "reserved") == {"0.0.1": ("failed", "import")}
    (failure,) = told["failures"].values()
    assert failure["message"] == "reserved installs no module that can be imported"
    assert code == 1


def test_crash_and_endless_loop_are_crashes(command: Command, links: Path) -> None:
    """An interpreter that dies or hangs is told with how it ended."""
    dies = "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n"
    write_wheel(links, "wild", "1.0", {"wild.py": dies})
    write_wheel(links, "wild", "2.0", {"wild.py": "while True: pass\n"})
    write_wheel(links, "wild", "3.0", {"wild.py": "import os\nos._exit(0)\n"})
    code, told = report(command, "wild", "--select", "all", "--timeout", "2")
    assert set(outcomes(told, "wild").values()) == {("crashed", "import")}
    assert {failure["message"] for failure in told["failures"].values()} == {
        "the interpreter died of SIGSEGV",
        "no answer within 2 s",
        "the interpreter left with exit code 0",
    }
    assert code == 1


def test_what_needs_a_build_is_unknown(command: Command, links: Path) -> None:
    """A source distribution is neither green nor red: it is listed for a retry."""
    write_wheel(links, "user", "1.0", {"user_.py": ""}, requires=["raw"])
    write_sdist(links, "raw", "1.0")
    code, told = report(command, "user")
    assert outcomes(told, "user") == {"1.0": ("unknown", "resolve")}
    assert "a build would be needed" in told["cells"][0]["reason"]
    assert code == 3


def test_missing_transitive_name_is_unknown(command: Command, links: Path) -> None:
    """A name that the index does not have may be on another one."""
    write_wheel(links, "user", "1.0", {"user_.py": ""}, requires=["nowhere"])
    code, told = report(command, "user")
    assert outcomes(told, "user") == {"1.0": ("unknown", "resolve")}
    assert "nowhere" in told["cells"][0]["reason"]
    assert code == 3


def test_transitive_contradiction_is_unsolvable(command: Command, links: Path) -> None:
    """Two demands that exclude each other are proven, and both are named."""
    write_wheel(links, "left", "1.0", {"left.py": ""}, requires=["deep<2"])
    write_wheel(links, "right", "1.0", {"right.py": ""}, requires=["deep>=2"])
    for version in ("1.0", "2.0"):
        write_wheel(links, "deep", version, {"deep.py": ""})
    code, told = report(command, "left", "right")
    assert told["cells"][0]["outcome"] == "unsolvable"
    assert "deep>=2" in told["cells"][0]["reason"]
    assert "deep<2" in told["cells"][0]["reason"]
    assert code == 0


def test_three_axes_and_two_pythons(command: Command, links: Path) -> None:
    """Every combination is a cell, in each Python."""
    assert {python(version).minor for version in ("3.11", "3.12")} == {"3.11", "3.12"}
    for name in ("one", "two", "three"):
        for version in ("1.0", "1.1"):
            write_wheel(links, name, version, {f"{name}.py": ""})
    axes = ("one", "two", "three", "--select", "all")
    code, told = report(command, *axes, "--python", "3.11", "--python", "3.12")
    assert told["summary"]["passed"] == 16
    assert {cell["python"] for cell in told["cells"]} == {"3.11", "3.12"}
    assert code == 0


def test_requires_python_is_respected(command: Command, links: Path) -> None:
    """A release for another Python is left out, or unsolvable where one Python fits."""
    assert python("3.11").version < python("3.12").version
    write_wheel(links, "young", "1.0", {"young.py": ""})
    write_wheel(links, "young", "2.0", {"young.py": ""}, requires_python=">=3.12")
    pythons = ("--python", "3.11", "--python", "3.12")
    _, told = report(command, "young", "--select", "all", *pythons)
    refused = [cell for cell in told["cells"] if cell["outcome"] == "unsolvable"]
    assert [(c["python"], c["pins"]["young"]) for c in refused] == [("3.11", "2.0")]
    assert refused[0]["reason"] == "young 2.0 requires Python >=3.12"


def test_all_problems_are_told_at_once(command: Command, links: Path) -> None:
    """A bad axis, a missing Python and an unknown name: one line each, exit 2."""
    write_wheel(links, "there", "1.0", {"there.py": ""})
    said = command("matrix", "there>=9", "absent", "--python", "3.99")
    lines = said.err.splitlines()
    assert said.code == 2
    assert len(lines) == 3
    assert any("no release matches 'there>=9'" in line for line in lines)
    assert any(
        "no configured index has a distribution 'absent'" in line for line in lines
    )
    assert any("3.99" in line for line in lines)
    assert said.out == ""


def test_own_source_is_read_and_importable(command: Command, links: Path) -> None:
    """The project's own folder is on the cell's path and part of the contract."""
    write_wheel(links, "lib", "1.0", {"lib.py": "old = 1\n"})
    write_wheel(links, "lib", "2.0", {"lib.py": "new = 1\n"})
    source = command.folder / "src"
    source.mkdir()
    (source / "app.py").write_text("from lib import old\n")
    (command.folder / "pyproject.toml").write_text(
        '[tool.compatcheck]\naxes = ["lib"]\nselect = "all"\nsource = ["src"]\n'
        'contract = { modules = ["app"] }\n'
    )
    code, told = report(command)
    assert outcomes(told, "lib") == {
        "1.0": ("passed", "symbol"),
        "2.0": ("failed", "import"),
    }
    assert code == 1


def test_default_outputs_are_text_and_two_files(command: Command, links: Path) -> None:
    """Without a word on formats, people get a picture and machines get files."""
    write_wheel(links, "alone", "1.0", {"alone.py": ""})
    said = command("matrix", "alone")
    assert said.code == 0, said.err
    assert said.out.splitlines()[0].startswith("alone 1.0 ")
    written = sorted(path.name for path in (command.folder / "reports").iterdir())
    assert written == ["alone.json", "alone.md"]
    again = command("report", "reports/alone.json", "-f", "text")
    assert again.out == said.out


def test_configuration_and_axes_are_judged_together(
    command: Command, links: Path
) -> None:
    """A bad key does not hide an axis or a Python that is not there."""
    write_wheel(links, "there", "1.0", {"there.py": ""})
    (command.folder / "pyproject.toml").write_text(
        '[tool.compatcheck]\naxes = ["there>=9", "absent"]\npython = ["3.99"]\n'
        "colour = true\n"
    )
    said = command("matrix")
    assert said.code == 2
    assert len(said.err.splitlines()) == 4
    assert "pyproject.toml: tool.compatcheck.python[0]: no Python '3.99'" in said.err
    assert "no release matches 'there>=9'" in said.err
    assert "'absent'" in said.err
    assert "colour" in said.err
