"""The configuration that `compatcheck init` writes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from compatcheck.config.settings import Settings
from compatcheck.config.starter import write_starter
from compatcheck.config.table import Table
from compatcheck.errors import UsageError

Read = Callable[..., Settings]


def test_it_changes_nothing(read: Read, folder: Path) -> None:
    """As written, it asks for what would be asked without it."""
    before = read()

    assert write_starter(folder) == folder / "pyproject.toml"
    assert read() == before


def test_every_key_is_explained_by_a_valid_example(folder: Path, read: Read) -> None:
    """With its comments undone, it sets each key of the schema, and can be read."""
    text = write_starter(folder).read_text()
    (folder / "src").mkdir()
    (folder / "shims").mkdir()
    (folder / "tests").mkdir()
    (folder / "tests" / "compat.py").write_text("def scenario_it(): ...\n")

    undone = re.sub(r"(?m)^# (?=[a-z-]+ = )", "", text)

    keys = {str(field.alias) for field in Table.model_fields.values()}
    assert set(tomllib.loads(undone)["tool"]["compatcheck"]) == keys
    undone = undone.replace('"werkzeug>=2.2,<3.1"]', '"werkzeug"]')
    assert read(undone).place == "pyproject.toml"


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# mine\n[project]\nname = 'x'  # why\n",
        "[tool.ruff]\na=1\n[project]\nname='x'\n\n[tool.mypy]\nb=2 # c",
        "[project]\r\nname = 'é'\r\n",
        "tool.a.b = 1\n",
    ],
)
def test_what_was_there_stays(folder: Path, before: str) -> None:
    """Every byte of the file is kept, the table comes after it."""
    file = folder / "pyproject.toml"
    file.write_bytes(before.encode())

    write_starter(folder)

    after = file.read_bytes().decode()
    assert after.startswith(before)
    assert after.count("\r\n") in {0, after.count("\n")}
    assert "select" in tomllib.loads(after)["tool"]["compatcheck"]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("[tool.compatcheck]\n", "there already"),
        ("tool = { a = 1 }\n", "no table can be added"),
        ("[tool\n", "not TOML"),
    ],
)
def test_it_refuses_what_it_cannot_extend(
    folder: Path, before: str, words: str
) -> None:
    """A table that is there, or a file that is not open to one, is left alone."""
    (folder / "pyproject.toml").write_text(before)

    with pytest.raises(UsageError, match=words):
        write_starter(folder)

    assert (folder / "pyproject.toml").read_text() == before
