"""What users take into their own repositories: the action, the hooks, the README."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from planted import validity
from typer.testing import CliRunner

from compatcheck.cli.app import app

ROOT = Path(__file__).parents[2]


@pytest.fixture
def action() -> dict[str, Any]:
    """The action, read."""
    read = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert isinstance(read, dict)
    return read


def test_the_action_is_what_its_schema_wants(action: dict[str, Any]) -> None:
    """`action.yml` is valid for those who run it."""
    validity.check(action, "https://json.schemastore.org/github-action.json")


def test_the_hooks_run_commands_that_there_are() -> None:
    """`.pre-commit-hooks.yaml` has all that a hook needs, and knows its files."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

    for hook in hooks:
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert re.search(hook["files"], "pyproject.toml")
        _, command, *_ = hook["entry"].split()
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


def test_no_input_stands_in_a_script(action: dict[str, Any]) -> None:
    """What a stranger may write comes to the script as variables, never as text."""
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize(
    ("code", "verdict"), [(0, "passed"), (1, "failed"), (3, "unknown")]
)
def test_the_action_hands_on_what_the_gate_says(
    action: dict[str, Any], tmp_path: Path, code: int, verdict: str
) -> None:
    """The script gives the gate what was asked, word for word, and keeps its code."""
    tools = tmp_path / "tools" / "bin"
    tools.mkdir(parents=True)
    (tools / "python").symlink_to(Path(sys.executable))
    fake = tools / "compatcheck"
    fake.write_text(
        "#!/usr/bin/env bash\n"
        f'printf "%s\\n" "$@" > "{tmp_path}/given"\n'
        'for word in "$@"; do case "$word" in json=*)\n'
        f'  echo \'{{"verdict": "{verdict}"}}\' > "${{word#json=}}";; esac; done\n'
        f"exit {code}\n",
        encoding="utf-8",
    )
    fake.chmod(0o755)
    (step,) = [it for it in action["runs"]["steps"] if "run" in it]
    hostile = 'main"; touch OWNED; "$(touch OWNED)'
    variables = {
        **dict.fromkeys(step["env"], ""),
        "BASE": hostile,
        "PYTHONS": "3.11\n3.12\n",
        "STRICT": "true",
        "SARIF": "gate.sarif",
        "TOOLS": str(tmp_path / "tools"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "PATH": os.environ["PATH"],
    }

    ended = subprocess.run(
        ["bash", "-c", step["run"]],  # noqa: S607 - the runner's own shell
        cwd=tmp_path,
        env=variables,
        check=False,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == code, ended.stderr
    given = (tmp_path / "given").read_text("utf-8").splitlines()
    assert given[:3] == ["gate", "--base", hostile]
    assert given.count("--python") == 2
    assert "sarif=gate.sarif" in given
    assert "--strict" in given
    assert (tmp_path / "output").read_text("utf-8") == f"verdict={verdict}\n"
    assert not list(tmp_path.rglob("OWNED"))


def test_the_readme_names_options_that_there_are() -> None:
    """Every command of the README's section on gates is one that runs so."""
    text = (ROOT / "README.md").read_text("utf-8")
    section = re.search(r"## Gate your upgrades\n(.*?)\n## ", text, re.DOTALL)
    assert section is not None
    commands = re.findall(r"^compatcheck (gate|pin)(.*)$", section[1], re.MULTILINE)
    assert commands
    for command, rest in commands:
        told = CliRunner().invoke(app, [command, "--help"]).output
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in told, f"{command} {option}"
