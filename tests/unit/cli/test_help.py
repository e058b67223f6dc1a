"""Help that a reader finds their way in."""

from __future__ import annotations

import re
from typing import Final

import pytest
from typer.testing import CliRunner

from compatcheck.cli.app import app

COMMANDS: Final = (
    *("matrix", "report", "history", "doctor", "explain", "investigate", "rule"),
    *("shim", "init", "cache"),
)


def told(*arguments: str) -> str:
    """What the help of a command says."""
    done = CliRunner().invoke(app, [*arguments, "--help"], terminal_width=80)
    assert done.exit_code == 0
    return done.output


def test_commands_stand_below_the_questions_that_they_answer() -> None:
    """The three questions are the headings, and what is left comes last."""
    headings = re.findall(r"^(\w.*):$", told(), re.MULTILINE)
    assert headings == [
        "Which versions work together",
        "Why it does not work here",
        "How to run today",
        "Besides",
        "Options",
    ]
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", told(), re.MULTILINE), command


def test_options_of_a_matrix_stand_in_groups() -> None:
    """Sixty lines of options are read by their headings."""
    text = told("matrix")
    headings = re.findall(r"^(\w.*):$", text, re.MULTILINE)
    assert headings == [
        "Arguments",
        "Which releases",
        "What is asked of each cell",
        "How it is run",
        "Output",
        "Options",
    ]
    asked = text.index("What is asked")
    assert text.index("--select") < asked < text.index("--probe")


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_fits_eighty_columns(command: tuple[str, ...]) -> None:
    """No line of any help is wider than a common terminal."""
    assert max(map(len, told(*command).splitlines())) <= 80


@pytest.mark.parametrize("command", ["matrix", "report", "doctor", "explain"])
def test_examples_are_commands_that_are_there(command: str) -> None:
    """Each example begins with the command itself, and has options that it knows."""
    text = told(command)
    typed = re.findall(r"^    (compatcheck .*?)(?:  |$)", text, re.MULTILINE)
    assert typed
    for line in typed:
        assert line.split()[1] == command
        for option in re.findall(r" (--[\w-]+)", line):
            assert f"{option} " in text.split("Examples:")[0]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_options(shell: str) -> None:
    """The script that a shell asks for names us, and the answers are our words."""
    from typer._completion_shared import get_completion_script

    script = get_completion_script(
        prog_name="compatcheck", complete_var="_COMPATCHECK_COMPLETE", shell=shell
    )
    assert "compatcheck" in script
    done = CliRunner().invoke(
        app,
        prog_name="compatcheck",
        env={
            "_COMPATCHECK_COMPLETE": "complete_bash",
            "COMP_WORDS": "compatcheck ma",
            "COMP_CWORD": "1",
            "_TYPER_COMPLETE_ARGS": "compatcheck ma",
        },
    )
    assert done.output.split() == ["matrix"]
