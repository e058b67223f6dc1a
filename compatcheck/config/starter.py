"""A first [tool.compatcheck], with a word on each key."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from compatcheck.config.pyproject import FILE, load
from compatcheck.config.said import Said
from compatcheck.config.table import KEY, examples

LIVE: Final = frozenset({"select", "resolution"})
"""Keys that are set, to their defaults; the others are comments."""


def write_starter(folder: Path) -> Path:
    """Add a commented [tool.compatcheck] to the folder's pyproject.toml.

    The file is made where there is none; otherwise every byte that is in it stays.
    Returns its path. Raises `UsageError` where the table is there already, and where
    the file cannot be read, added to or written.
    """
    file = folder / FILE
    said = Said(text="", place=f"{FILE}: {KEY}")
    before = ""
    if os.path.lexists(file):
        tool = load(file, FILE).get("tool")
        if isinstance(tool, dict) and "compatcheck" in tool:
            raise said.wrong("it is there already", "edit it, or remove it first")
        before = file.read_bytes().decode("utf-8")
    after = _appended(before, "\n".join(_lines()))
    try:
        tomlkit.parse(after)
    except TOMLKitError as error:  # `tool = { … }` is closed to what follows
        raise said.wrong(
            "no table can be added to this file", "write tool as [tool.NAME] tables"
        ) from error
    try:
        file.write_bytes(after.encode("utf-8"))
    except OSError as error:
        raise said.wrong(
            f"the file cannot be written: {error.strerror}", "mend its permissions"
        ) from error
    return file


def _appended(before: str, text: str) -> str:
    """The text after what is there, one empty line between, in the same newlines.

    Appending, unlike setting a key in tomlkit's document, leaves the order and the
    spacing of tables alone, even where `tool` is spread over the file.
    """
    newline = "\r\n" if "\r\n" in before else "\n"
    gap = ""
    if before:
        gap = newline if before.endswith("\n") else newline * 2
    return before + gap + text.replace("\n", newline)


def _lines() -> Iterator[str]:
    yield f"[{KEY}]"
    yield "# What `compatcheck matrix` does here; the command line overrides it."
    for key, (description, example) in examples().items():
        yield ""
        yield from textwrap.wrap(
            description,
            width=88,
            initial_indent="# ",
            subsequent_indent="# ",
            break_on_hyphens=False,
        )
        yield example if key in LIVE else f"# {example}"
    yield ""
