"""What README and manual show of the first error's environment, on the real index.

The three commands that damage it are run, and then whatever the pages ask of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from planted.shown import Shown, shown

from compatcheck.interpreters import choose

pytestmark = pytest.mark.online

PLACE: Final = "/home/you/server"
"""What pages call the folder."""
OMITTED: Final = "…"
MAIN: Final = "from agents import InputGuardrailTripwireTriggered\n"
ASKED: Final = [
    each
    for each in shown()
    if each.output and ("compatcheck doctor" in each.typed or "explain" in each.typed)
]

Asking = Callable[[str], str]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    """The damaged environment, and a way to type something beside it."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "main.py").write_text(MAIN, encoding="utf-8")
    (interpreter,) = choose(["3.11"], os.environ)
    pip = [str(folder / ".venv" / "bin" / "python"), "-m", "pip"]
    for words in (
        [str(interpreter.executable), "-m", "venv", str(folder / ".venv")],
        [*pip, "install", "-q", "openai-chatkit==1.2.0", "openai-agents==0.5.1"],
        [*pip, "install", "-q", "--no-deps", "agents"],
        [*pip, "uninstall", "-q", "-y", "agents"],
    ):
        subprocess.run(words, check=True)
    kept = {name: it for name, it in os.environ.items() if name != "VIRTUAL_ENV"}
    kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept["COMPATCHECK_CACHE"] = str(tmp_path_factory.mktemp("cache"))

    def asked(typed: str) -> str:
        ran = subprocess.run(
            ["bash", "-c", typed],  # noqa: S607 - as a reader types it
            cwd=folder,
            env={**kept, "COLUMNS": "100"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode in {1, 3}, ran.stderr
        said = ran.stdout.rstrip().replace(str(folder), PLACE)
        return said.replace(f"(Python {interpreter.version})", "(Python 3.11.7)")

    return asked


@pytest.mark.parametrize("each", ASKED, ids=str)
def test_output_is_what_the_command_says(ask: Asking, each: Shown) -> None:
    """To the letter but for the folder, up to where the rest is left out."""
    said, wanted = ask(each.typed), each.output
    if wanted.endswith(f"\n{OMITTED}"):
        wanted = wanted.removesuffix(OMITTED)
        said = said[: len(wanted)]
    assert said == wanted


def test_some_are_shown() -> None:
    """README, story and first hour all show what is said of that environment."""
    pages = {each.page for each in ASKED}
    assert pages == {"README.md", "docs/first-hour.md", "docs/story.md"}
