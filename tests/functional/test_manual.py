"""What README and manual show is what the command does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from conftest import Command
from typer.testing import CliRunner

from compatcheck.cli.app import app

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
TELLS_AGAIN: Final = {"report", "rule"}
"""Commands whose answers hang on nothing but files of this tree."""
OMITTED: Final = "…"
"""A line that stands for the rest of an output."""


def shown() -> Iterator[tuple[str, str, str]]:
    """Each command of a page, with the output that stands below it."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"(?ms)^```console\n(.*?)^```", text):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                typed, _, output = part.partition("\n")
                yield page.name, typed, output.rstrip()
        for line in re.findall(r"^ {4}(?:\$ )?(compatcheck .*)$", text, re.MULTILINE):
            yield page.name, re.split(r" {2,}", line)[0], ""


SHOWN: Final = sorted(set(shown()))


@cache
def options(command: tuple[str, ...]) -> frozenset[str]:
    """The options that a command's help tells of."""
    help_ = CliRunner().invoke(app, [*command, "--help"], terminal_width=200).output
    return frozenset(re.findall(r"(?<![\w-])--?[a-z][\w-]*", help_))


def ours() -> list[tuple[str, str, str]]:
    """Commands of ours, without variables before them."""
    return [it for it in SHOWN if re.match(r"(\w+=\S+ )*(\S*/)?compatcheck ", it[1])]


@pytest.mark.parametrize(("page", "typed", "output"), ours())
def test_every_command_is_there(page: str, typed: str, output: str) -> None:
    """Its name and each of its options are what the help tells of."""
    del page, output
    words = shlex.split(typed.replace("…", ""))
    begin = next(n for n, it in enumerate(words) if it.endswith("compatcheck")) + 1
    words = words[begin : words.index("--") if "--" in words else None]
    name = tuple(words[:1]) if words and not words[0].startswith("-") else ()
    if name and name[0] in {"shim", "cache"}:
        name = tuple(words[:2])
    for word in words[len(name) :]:
        if word.startswith("-") and word != "-":
            assert word.partition("=")[0] in options(name), word


@pytest.mark.parametrize(
    ("page", "typed", "output"),
    [it for it in ours() if it[2] and shlex.split(it[1])[1] in TELLS_AGAIN],
)
def test_output_is_what_the_command_says(
    command: Command, page: str, typed: str, output: str
) -> None:
    """To the letter, up to where the rest is said to be left out."""
    (command.folder / "reports").symlink_to(ROOT / "reports")
    said = command(*shlex.split(typed)[1:]).out.rstrip()
    if output.endswith(f"\n{OMITTED}"):
        output = output.removesuffix(f"\n{OMITTED}")
        said = said[: len(output)]
    assert said == output, page
