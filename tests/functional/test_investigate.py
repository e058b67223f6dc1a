"""`compatcheck investigate`: the whole report, from the command line on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conftest import Command, python
from planted.worlds import CaseFile, PlantedWorld, plant
from pydantic import TypeAdapter

from compatcheck.formats._investigation import render
from compatcheck.report.investigated import Investigated

_AGENTS = {
    "agents/__init__.py": "from agents.guards import Tripped\n",
    "agents/guards.py": "class Tripped(Exception): pass\n",
}
_CHATKIT = {
    "name": "chat-kit",
    "version": "1.2.0",
    "requires": ["open-agents>=0.3.2"],
    "files": {
        "chat_kit/__init__.py": "",
        "chat_kit/agents.py": "from agents import Tripped\n",
    },
}
DAMAGED: dict[str, Any] = {
    "run": "import chat_kit.agents",
    "wheels": [
        _CHATKIT,
        {"name": "open-agents", "version": "0.5.0", "files": _AGENTS},
        {"name": "open-agents", "version": "0.5.1", "files": _AGENTS},
        {"name": "agents", "version": "1.4.0", "files": {"agents/__init__.py": ""}},
    ],
    "steps": [
        ["install", "chat-kit==1.2.0", "open-agents==0.5.1"],
        ["install", "--no-deps", "agents"],
        ["uninstall", "agents"],
        ["write", "app.py", "import os\n\nfrom chat_kit.agents import Tripped\n"],
    ],
    "healed": [["install", "--reinstall", "open-agents==0.5.1"]],
}
DROPPED: dict[str, Any] = {
    "run": "import chat_kit.agents",
    "wheels": [
        _CHATKIT,
        {"name": "open-agents", "version": "0.5.1", "files": _AGENTS},
        {
            "name": "open-agents",
            "version": "0.6.0",
            "files": {"agents/__init__.py": "x = 1\n"},
        },
    ],
    "steps": [["install", "chat-kit", "open-agents"]],
}


def _world(told: dict[str, Any], root: Path, *, healed: bool = False) -> PlantedWorld:
    case = CaseFile(rule="", name="", path=root, told=told)
    return plant(case, root / "world", python("3.11").executable, healed=healed)


def _asked(world: PlantedWorld, *options: str) -> tuple[int, dict[str, Any]]:
    command = Command(folder=world.folder, home=world.root, variables=world.environ)
    base = ("investigate", "--python", str(world.python), "-f", "json")
    said = command(*base, *options, timeout=300)
    assert said.out, said.err
    return said.code, json.loads(said.out)


def test_the_first_error_is_the_environment_and_not_the_versions(
    tmp_path: Path,
) -> None:
    """The pair is compatible, the environment damaged, upstream innocent: measured."""
    world = _world(DAMAGED, tmp_path)
    code, told = _asked(world, "--run", "import chat_kit.agents")
    assert code == 1
    assert told["schema"] == "compatcheck.investigation/1"
    assert told["compatible"] is True
    assert "chat-kit 1.2.0 and open-agents 0.5.1 are compatible" in told["summary"]
    assert "The environment is damaged: agents/__init__.py" in told["summary"]
    assert told["diagnosis"]["rule"] == "overlap-deleted"
    assert told["location"]["at"] == "chat_kit/agents.py:1"
    assert told["reproduction"]["minimal"] is None
    assert {it["outcome"] for it in told["reproduction"]["worlds"]} == {"works"}
    assert told["upstream"]["innocent"] is True
    assert told["upstream"]["report"] is None
    assert "--reinstall open-agents==0.5.1" in told["recommended"]["command"]
    assert [(it["file"], it["line"]) for it in told["affected"]] == [("app.py", 3)]
    older = [it for it in told["ways"] if it["what"].startswith("open-agents 0.5.0")]
    assert older[0]["outcome"] == "works"
    assert "not because of the release" in older[0]["detail"]
    read = next(it for it in told["ways"] if it["kind"] == "releases")
    assert read["releases"]["failed"] == []
    _tells_in_markdown(told)


def _tells_in_markdown(told: dict[str, Any]) -> None:
    text = render(TypeAdapter(Investigated).validate_python(told))
    assert "are compatible" in text
    assert "`app.py:3`" in text
    assert "Upstream is innocent" in text


def test_a_dropped_name_is_reproduced_and_reported_upstream(tmp_path: Path) -> None:
    """Commands that fail in a fresh environment, and a text for who can mend it."""
    world = _world(DROPPED, tmp_path)
    code, told = _asked(world, "--run", "import chat_kit.agents")
    assert code == 1
    assert told["compatible"] is False
    assert "do not work together" in told["summary"]
    minimal = told["reproduction"]["worlds"][told["reproduction"]["minimal"]]
    assert "chat-kit==1.2.0 open-agents==0.6.0" in minimal["commands"][1]
    assert minimal["outcome"] == "fails"
    assert told["upstream"]["innocent"] is False
    assert told["upstream"]["to"] == "chat-kit"
    assert "cannot import name 'Tripped'" in told["upstream"]["report"]
    rows = [it for it in told["ways"] if it["kind"] == "releases"]
    assert any("0.5.1" in it["releases"]["passed"] for it in rows)
    assert "open-agents==0.5.1" in told["recommended"]["command"]


def test_where_nothing_fails_nothing_is_made_up(tmp_path: Path) -> None:
    """A healed environment is told in one sentence, with exit code 0."""
    world = _world(DAMAGED, tmp_path, healed=True)
    code, told = _asked(world, "--", "python", "-c", "import chat_kit.agents")
    assert code == 0
    assert told["healthy"] is True
    assert told["ways"] == []


MOVED: dict[str, Any] = {
    **DROPPED,
    "wheels": [
        *DROPPED["wheels"][:2],
        {
            "name": "open-agents",
            "version": "0.6.0",
            "files": {
                "agents/__init__.py": "x = 1\n",
                "agents/guards.py": "class Tripped(Exception): pass\n",
            },
        },
        {
            **_CHATKIT,
            "version": "1.3.0",
            "files": {
                "chat_kit/__init__.py": "",
                "chat_kit/agents.py": "from agents.guards import Tripped\n",
            },
        },
    ],
    "steps": [["install", "chat-kit==1.2.0", "open-agents"]],
}


def test_a_shim_and_a_newer_consumer_are_ways_out(tmp_path: Path) -> None:
    """What was moved is adapted, tried; what upstream has mended is not reported."""
    world = _world(MOVED, tmp_path)
    _, told = _asked(world, "--run", "import chat_kit.agents")
    shims = [it for it in told["ways"] if it["kind"] == "shim"]
    assert [it["outcome"] for it in shims] == ["not tried", "works"]
    assert "compatcheck shim generate" in shims[1]["command"]
    assert told["upstream"]["innocent"] is False
    assert "chat-kit 1.3.0 runs here" in told["upstream"]["sentence"]
    assert told["upstream"]["report"] is None
    rows = {it["what"]: it for it in told["ways"] if it["kind"] == "releases"}
    consumer = next(it for what, it in rows.items() if "of chat-kit with" in what)
    assert consumer["outcome"] == "works"
    assert consumer["releases"]["passed"] == ["1.3.0"]
    assert {it["outcome"] for it in rows.values()} == {"works", "may work"}


HIDDEN: dict[str, Any] = {
    "run": "pass",
    "wheels": [
        {
            "name": "press",
            "version": "1.0",
            "files": {"press/__init__.py": "import random\nrandom.choice\n"},
        }
    ],
    "steps": [
        ["install", "press"],
        ["write", "random.py", "x = 1\n"],
        ["write", "main.py", "import press\n"],
    ],
}


def test_a_file_of_the_user_s_acquits_the_distribution(tmp_path: Path) -> None:
    """What the user's program imports runs where that file is not."""
    world = _world(HIDDEN, tmp_path)
    _, told = _asked(world, "--", "python", "main.py")
    assert told["diagnosis"]["rule"] == "shadow-stdlib"
    assert told["reproduction"]["statement"] == "import press"
    assert "press 1.0 is not to blame" in told["summary"]
    assert "It is the working directory, or a variable" in told["summary"]
    assert told["upstream"]["innocent"] is True
    assert told["recommended"]["command"].startswith("mv random.py ")
