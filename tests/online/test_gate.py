"""The gate on the real index: the example app, and the drift that began it all."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import uv
from conftest import Command
from planted.projects import Project

pytestmark = pytest.mark.online

APP = Path(__file__).parents[2] / "examples" / "market_server"
KEPT = ("compat", "src", "pyproject.toml", "README.md")


def lock(project: Project, *constraints: str) -> str:
    """The app's lock under some constraints, with hashes and without addresses."""
    ended = subprocess.run(
        [
            *(uv.find_uv_bin(), "pip", "compile", "pyproject.toml", "--quiet"),
            *("--generate-hashes", "--no-emit-index-url", "--no-header"),
            *("--python-version", "3.11", "--constraints", "-"),
        ],
        cwd=project.folder,
        input="\n".join(constraints),
        check=True,
        capture_output=True,
        text=True,
    )
    return ended.stdout


@pytest.fixture
def app(command: Command) -> Project:
    """The example app in a repository of its own."""
    command.variables.pop("UV_NO_INDEX")
    project = Project(folder=command.folder)
    for name in KEPT:
        whole = APP / name
        copy = shutil.copytree if whole.is_dir() else shutil.copy
        copy(whole, command.folder / name)
    project.git("init", "--quiet", "--initial-branch", "main")
    return project


def test_what_stopped_the_app_from_serving_is_kept_out(
    app: Project, command: Command
) -> None:
    """One release of openai later every import is well, and no reply is streamed."""
    agents = "openai-agents==0.17.8"
    app.write({"requirements.txt": lock(app, agents, "openai==2.44.0")})
    app.commit("as it serves")
    app.git("switch", "--quiet", "--create", "raise")
    app.write({"requirements.txt": lock(app, agents, "openai==2.45.0")})
    app.commit("raise openai")

    said = command(
        *("gate", "--base", "main", "--lock", "requirements.txt"),
        *("--python", "3.11", "-f", "json"),
        timeout=1500,
    )

    assert said.code == 1, said.err
    told = json.loads(said.out)
    first = told["findings"][0]
    assert first["rule"] == "field-became-required"
    assert first["stage"] == "scenario"
    assert [it["distribution"] for it in first["upgrades"]] == ["openai"]
    commands = {it["kind"]: it["command"] for it in first["ways"] if it["verified"]}
    assert commands["versions"] == "openai==2.44.0"
    assert commands["shim"] == "compatcheck shim enable"
