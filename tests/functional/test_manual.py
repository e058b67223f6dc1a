"""What README and manual show is what the command does."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from functools import cache
from typing import Final

import jsonschema
import pytest
from conftest import Command
from planted.shown import PAGES, ROOT, Shown, blocks, shown
from typer.testing import CliRunner

from compatcheck.cli.app import app

SHOWN: Final = list(dict.fromkeys(shown()))
TELLS_AGAIN: Final = {"report", "rule"}
"""Commands whose answers hang on nothing but files of this tree."""
ONLINE: Final = {"doctor", "explain"}
"""Those about an environment; tests/online/test_first_hour.py compares them."""
STORED: Final = {
    tuple(grid["ask"]): f"reports/{name}.json"
    for name, grid in tomllib.loads(
        (ROOT / "reports" / "grids.toml").read_text("utf-8")
    ).items()
}
"""What was asked of the real index, and the run that was kept of it."""
OMITTED: Final = "…"
"""A line that stands for the rest of an output."""


@cache
def options(command: tuple[str, ...]) -> frozenset[str]:
    """The options that a command's help tells of."""
    help_ = CliRunner().invoke(app, [*command, "--help"], terminal_width=200).output
    return frozenset(re.findall(r"(?<![\w-])--?[a-z][\w-]*", help_))


def words(each: Shown) -> list[str]:
    """What stands behind the command's name."""
    typed = shlex.split(each.typed.replace(OMITTED, ""))
    begin = next(n for n, it in enumerate(typed) if it.endswith("compatcheck")) + 1
    return typed[begin:]


@pytest.mark.parametrize("each", SHOWN, ids=str)
def test_every_command_is_there(each: Shown) -> None:
    """Its name and each of its options are what the help tells of."""
    typed = words(each)
    typed = typed[: typed.index("--") if "--" in typed else None]
    name = tuple(typed[:1]) if not typed[0].startswith("-") else ()
    if name and name[0] in {"shim", "cache"}:
        name = tuple(typed[:2])
    for word in typed[len(name) :]:
        if word.startswith("-") and word != "-":
            assert word.partition("=")[0] in options(name), word


def again(each: Shown) -> list[str] | None:
    """The command that tells what a page shows; None where nothing stored does."""
    name, *rest = words(each)
    if name in TELLS_AGAIN:
        return [name, *rest]
    stored = STORED.get(tuple(rest)) if name == "matrix" else None
    return ["report", stored] if stored else None


WITH_OUTPUT: Final = [each for each in SHOWN if each.output]


@pytest.mark.parametrize("each", WITH_OUTPUT, ids=str)
def test_every_output_is_compared(each: Shown) -> None:
    """Nothing is shown that no run stands behind."""
    assert again(each) or words(each)[0] in ONLINE


@pytest.mark.parametrize("each", [it for it in WITH_OUTPUT if again(it)], ids=str)
def test_output_is_what_the_command_says(command: Command, each: Shown) -> None:
    """To the letter, up to where the rest is said to be left out."""
    (command.folder / "reports").symlink_to(ROOT / "reports")
    said = command(*(again(each) or ())).out.rstrip()
    wanted = each.output
    if wanted.endswith(f"\n{OMITTED}"):
        wanted = wanted.removesuffix(OMITTED)
        said = said[: len(wanted)]
    assert said == wanted


TABLES: Final = [table for page in PAGES for table in blocks(page, "toml")]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_one_that_is_taken(table: str) -> None:
    """What stands in a page for `pyproject.toml` is what the configuration may be."""
    schema = json.loads((ROOT / "docs/schemas/configuration.json").read_text("utf-8"))
    jsonschema.validate(tomllib.loads(table)["tool"]["compatcheck"], schema)


def test_tables_are_shown() -> None:
    """The cookbook's and the README's at least."""
    assert len(TABLES) > 1
