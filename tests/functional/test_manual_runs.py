"""What README and manual tell a reader to type runs, page by page, from top to bottom.

The distributions that they name are planted under the same names on a loopback index,
so that nothing hangs on what an index has today.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from conftest import Command, python
from planted.loopback import LoopbackIndex
from planted.shown import ROOT, Shown, blocks, shown
from planted.wheels import write_wheel

ELSEWHERE: Final = {
    "docs/first-hour.md: ": "tests/online/test_first_hour.py",
    "docs/story.md: ": "tests/online/test_first_hour.py",
    "openai-chatkit": "tests/online/test_real_index.py",
    "langchain-openai": "tests/online/test_real_index.py",
    "fastapi>=0.100": "tests/online/test_real_index.py",
    "--version": "tests/functional/test_commands.py",
    "gate ": "tests/functional/test_gate_upgrades.py",
    "investigate ": "tests/functional/test_investigate.py",
    "pin ": "tests/functional/test_pin.py",
    "shim ": "tests/functional/test_shim.py",
    "--with-shims": "tests/functional/test_with_shims.py",
}
"""Words of commands that want another world than this one, and who runs them there."""
FLASK: Final = {
    "flask/__init__.py": "from werkzeug.urls import url_quote\n"
    "class Flask:\n"
    "    def test_client(self):\n        return self\n"
    "    def get(self, path):\n"
    "        self.status_code = 200 if url_quote(path) else 404\n"
    "        return self\n",
    "flask/globals.py": "request = None\n",
}
QUOTES: Final = {"werkzeug/__init__.py": "", "werkzeug/urls.py": "url_quote = str\n"}
NO_QUOTES: Final = {"werkzeug/__init__.py": "", "werkzeug/urls.py": ""}
FOLDER: Final = {
    "src/app.py": "from flask import Flask\n\napp = Flask()\n",
    "main.py": "import flask\n",
    "build.log": "Traceback (most recent call last):\n"
    '  File "main.py", line 1, in <module>\n'
    "    import audioop\n"
    "ModuleNotFoundError: No module named 'audioop'\n",
}


@pytest.fixture
def served(tmp_path: Path, command: Command) -> Iterator[LoopbackIndex]:
    """An index with what the pages name: flask needs what werkzeug 3.0 has no more."""
    folder = tmp_path / "served"
    for version in ("2.1.3", "2.2.2", "2.3.0"):
        requires = ["werkzeug>=2.2", "jinja2"]
        write_wheel(folder, "flask", version, FLASK, requires=requires)
    for version in ("2.2.0", "2.2.1", "2.3.0", "3.0.0"):
        files = NO_QUOTES if version == "3.0.0" else QUOTES
        write_wheel(folder, "werkzeug", version, files)
    for name in ("jinja2", "httpx", "pydantic", "its-dependency"):
        module = name.replace("-", "_")
        write_wheel(folder, name, "3.0.0", {f"{module}.py": ""})
    write_wheel(
        folder, "fastapi", "0.100.0", {"fastapi.py": "import pydantic\n"},
        requires=["pydantic", "httpx; extra == 'standard'"], extras=["standard"],
    )  # fmt: skip
    uses = {"your_library.py": "import its_dependency\n"}
    write_wheel(folder, "your-library", "1.0", uses, requires=["its-dependency"])
    with LoopbackIndex(folder) as index:
        command.variables.pop("UV_NO_INDEX")
        command.variables["UV_DEFAULT_INDEX"] = index.url
        yield index


@pytest.fixture
def reader(command: Command, tmp_path: Path, served: LoopbackIndex) -> Command:
    """A reader's folder: some source, what earlier runs left, and a broken `.venv`."""
    del served
    for path, text in FOLDER.items():
        command.folder.joinpath(path).parent.mkdir(exist_ok=True)
        command.folder.joinpath(path).write_text(text, encoding="utf-8")
    reports = command.folder / "reports"
    reports.mkdir()
    for stored in (ROOT / "reports").glob("*.json"):
        (reports / stored.name).symlink_to(stored)
    tool = tmp_path / "bin" / "compatcheck"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m compatcheck "$@"\n')
    tool.chmod(0o755)
    command.variables["PATH"] = f"{tool.parent}{os.pathsep}{os.environ['PATH']}"
    broken(command)
    return command


def broken(command: Command) -> None:
    """Install what the reader's source fails with."""
    import uv

    base = str(python("3.11").executable)
    for words in (
        ("venv", "-q", "--python", base, ".venv"),
        ("pip", "install", "-q", "flask==2.2.2", "werkzeug==3.0.0"),
    ):
        subprocess.run(
            [uv.find_uv_bin(), *words],
            cwd=command.folder,
            env=command.environ(),
            check=True,
        )


def pages() -> dict[str, list[Shown]]:
    """The commands of each page that run here."""
    found: dict[str, list[Shown]] = {}
    for each in shown():
        if not any(word in str(each) for word in ELSEWHERE):
            found.setdefault(each.page, []).append(each)
    return found


def prepare(command: Command, page: str) -> None:
    """Give the reader the files that the page tells to write."""
    text = (ROOT / page).read_text("utf-8")
    if tables := [it for it in blocks(ROOT / page, "toml") if "axes = " in it]:
        (command.folder / "pyproject.toml").write_text("".join(tables))
    (command.folder / "tests").mkdir()
    for scenario in re.findall(r"(?ms)^(?: {4})?# /// script$.*?== 200$", text):
        code = re.sub(r"(?m)^ {4}(?=#|def| )", "", scenario)
        (command.folder / "tests" / "serves.py").write_text(f"{code}\n")


SHARDS: Final = "1 2 3 4"
"""What `$K` stands for where a page has it."""


def typed(each: Shown) -> str:
    """What a reader types: without a place for what is optional, on every machine."""
    line = each.typed.replace("[ID]", "")
    return f"for K in {SHARDS}; do {line}; done" if "$K" in line else line


@pytest.mark.parametrize("page", pages())
def test_commands_of_a_page_run(reader: Command, page: str) -> None:
    """Each answers: 0 or 1, or 3 of a text that does not decide, and nothing else."""
    prepare(reader, page)
    failed = []
    for each in pages()[page]:
        ran = subprocess.run(
            ["bash", "-c", typed(each)],  # noqa: S607 - as a reader types it
            cwd=reader.folder,
            env=reader.environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        answers = {0, 1, 3} if "explain" in each.typed else {0, 1}
        if ran.returncode not in answers or "Traceback" in ran.stderr:
            failed.append(f"{each}\n{ran.returncode}\n{ran.stdout}\n{ran.stderr}")
    assert not failed, "\n\n".join(failed)


def test_who_runs_the_others_is_there() -> None:
    """What is left to another test is left to one that there is."""
    for word, test in ELSEWHERE.items():
        assert any(word in str(each) for each in shown()), word
        assert (ROOT / test).is_file()
