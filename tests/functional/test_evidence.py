"""What counts as evidence against a pair of releases, and what does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conftest import Command
from planted.wheels import write_wheel


def report(command: Command, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of a run."""
    said = command("matrix", *arguments, "-f", "json", "-o", "-")
    assert said.out, said.err
    return said.code, json.loads(said.out)


def seen(told: dict[str, Any]) -> dict[str, str]:
    """Target to outcome, of a report with one result."""
    (result,) = told["results"].values()
    return {it["target"]: it["outcome"] for it in result["observations"]}


def test_module_that_wants_an_extra_decides_nothing(
    command: Command, links: Path
) -> None:
    """A consumer's optional corner may need what nobody requires: no failure."""
    provider = {
        "hub/__init__.py": "",
        "hub/redis.py": "import redis\n",
        "hub/settings.py": "class Unset(Exception): pass\nraise Unset\n",
    }
    write_wheel(links, "hub", "1.0", provider)
    consumer = {
        "work/__init__.py": "import hub\n",
        "work/contrib.py": "from hub.redis import Queue\nimport hub.settings\n",
    }
    write_wheel(links, "work", "1.0", consumer, requires=["hub"])
    code, told = report(command, "work", "hub")
    assert seen(told)["hub.redis"] == "not_run"
    assert seen(told)["hub.settings"] == "not_run"
    assert (told["cells"][0]["outcome"], code) == ("passed", 0)
    text = command("matrix", "work", "hub", "-f", "text", "-o", "-").out
    assert "undecided hub.redis, hub.redis.Queue, hub.settings: read from" in text


def test_what_the_user_names_is_strict(command: Command, links: Path) -> None:
    """The same module, named by hand, must import."""
    write_wheel(links, "hub", "1.0", {"hub/__init__.py": "", "hub/r.py": "import r_\n"})
    code, told = report(command, "hub", "--module", "hub.r")
    assert (told["cells"][0]["outcome"], code) == ("failed", 1)


def test_provider_that_renamed_its_module_fails(command: Command, links: Path) -> None:
    """The new wheel no longer tells that the old name was ever its own."""
    write_wheel(links, "hub", "1.0", {"hub.py": ""})
    write_wheel(links, "hub", "2.0", {"hub_ng.py": ""})
    consumer = {"work/__init__.py": "", "work/part.py": "import hub\n"}
    write_wheel(links, "work", "1.0", consumer, requires=["hub"])
    code, told = report(command, "work", "hub", "--select", "all")
    assert [cell["outcome"] for cell in told["cells"]] == ["passed", "failed"]
    (failure,) = told["failures"].values()
    assert failure["message"] == "No module named 'hub'"
    assert code == 1


def test_error_in_code_of_the_provider_is_a_failure(
    command: Command, links: Path
) -> None:
    """A module that had all it wanted and does not fit is evidence."""
    provider = {"hub/__init__.py": "", "hub/part.py": "import dep\ndep.gone\n"}
    write_wheel(links, "hub", "1.0", provider, requires=["dep"])
    write_wheel(links, "dep", "1.0", {"dep.py": ""})
    consumer = {"work/__init__.py": "", "work/own.py": "from hub.part import x\n"}
    write_wheel(links, "work", "1.0", consumer, requires=["hub"])
    code, told = report(command, "work", "hub")
    assert (told["cells"][0]["outcome"], code) == ("failed", 1)
    messages = {failure["message"] for failure in told["failures"].values()}
    assert "module 'dep' has no attribute 'gone'" in messages


def test_override_of_an_axis_does_not_move_its_pin(
    command: Command, links: Path
) -> None:
    """What others require of it goes; the release that the cell names is asked."""
    for version, body in (("1.0", "old = 1\n"), ("2.0", "new = 1\n")):
        write_wheel(links, "hub", version, {"hub.py": body})
    consumer = {"work.py": "from hub import old\n"}
    write_wheel(links, "work", "1.0", consumer, requires=["hub<2"])
    asked = ("work", "hub", "--select", "all", "--override", "hub>=1")
    code, told = report(command, *asked)
    assert [(c["pins"]["hub"], c["outcome"]) for c in told["cells"]] == [
        ("1.0", "passed"),
        ("2.0", "failed"),
    ]
    assert code == 1


def test_extra_that_is_not_there_is_told(command: Command, links: Path) -> None:
    """A resolver passes over an unknown extra; a matrix may not."""
    write_wheel(links, "hub", "1.0", {"hub.py": ""}, extras=["fast"])
    _, known = report(command, "hub[fast]")
    assert known["summary"]["passed"] == 1
    _, unknown = report(command, "hub[slow]")
    assert unknown["cells"][0]["outcome"] == "unsolvable"
    assert unknown["cells"][0]["reason"] == "hub 1.0 has no extra 'slow'"


def test_data_of_the_own_source_is_part_of_the_question(
    command: Command, links: Path
) -> None:
    """A changed data file is asked again."""
    write_wheel(links, "hub", "1.0", {"hub.py": ""})
    source = command.folder / "src" / "app"
    source.mkdir(parents=True)
    reads = "import json, pathlib\nd = pathlib.Path(__file__).with_name('d.json')\n"
    (source / "__init__.py").write_text(f"{reads}assert json.loads(d.read_text())\n")
    (source / "d.json").write_text("1")
    asked = ("hub", "--source", "src", "--module", "app")
    assert report(command, *asked)[0] == 0
    (source / "d.json").write_text("0")
    assert report(command, *asked)[0] == 1
