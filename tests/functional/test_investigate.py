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
