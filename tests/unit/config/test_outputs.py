"""Where the report is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compatcheck.config.settings import OutputRequest, Settings
from compatcheck.errors import Problem

Read = Callable[..., Settings]
Faults = Callable[..., list[Problem]]

STDOUT_TEXT = OutputRequest(format="text", stdout=True)


def test_without_a_word_text_is_shown_and_the_rest_kept(read: Read) -> None:
    """Text goes to stdout, JSON and Markdown into the folder."""
    assert read().outputs == (
        STDOUT_TEXT,
        OutputRequest(format="json"),
        OutputRequest(format="markdown"),
    )


def test_the_table_sends_only_text_to_stdout(read: Read, folder: Path) -> None:
    """Formats of the table go into the folder, or to the path they name."""
    table = '[tool.compatcheck]\nformats = ["markdown", "json=out/x.json"]\n'
    (folder / "inner").mkdir()

    assert read(table, at=folder / "inner").outputs == (
        STDOUT_TEXT,
        OutputRequest(format="markdown"),
        OutputRequest(format="json", path=folder / "out/x.json"),
    )


@pytest.mark.parametrize(
    "options",
    [
        {"format": ("json",)},
        {"format": ("json=-",)},
        {"format": ("json",), "output": "-"},
    ],
)
def test_stdout_can_hold_another_format(read: Read, options: dict[str, object]) -> None:
    """A format asked for without a path, or sent to `-`, has stdout to itself."""
    assert read(**options).outputs == (OutputRequest(format="json", stdout=True),)


@pytest.mark.parametrize(
    "options",
    [
        {"format": ("json=x.json",)},
        {"format": ("json",), "output": "x.json"},
        {"output": "x.json"},
    ],
)
def test_a_file_leaves_stdout_to_the_text(
    read: Read, folder: Path, options: dict[str, object]
) -> None:
    """A path takes its format from -f or its suffix; the text is shown beside it."""
    assert read(**options).outputs == (
        STDOUT_TEXT,
        OutputRequest(format="json", path=folder / "x.json"),
    )


def test_a_format_may_go_to_two_places(read: Read, folder: Path) -> None:
    """The same report can be shown and kept."""
    assert read(format=("json=x.json", "json")).outputs == (
        OutputRequest(format="json", path=folder / "x.json"),
        OutputRequest(format="json", stdout=True),
    )


@pytest.mark.parametrize(
    ("options", "place", "words"),
    [
        ({"format": ("json", "text")}, "--format", "stdout cannot hold 2"),
        ({"format": ("json=x", "text=x")}, "--format", "'x' cannot hold 2"),
        ({"format": ("json", "text"), "output": "x"}, "--output", "2 formats"),
        ({"format": ("json=x",), "output": "y.abc"}, "--output", "does not tell"),
        ({"format": ("json=",)}, "--format", "names no path"),
        ({"format": ("jsno",)}, "--format", "is unknown"),
    ],
)
def test_what_cannot_be_is_one_problem(
    faults: Faults, options: dict[str, object], place: str, words: str
) -> None:
    """Two tellings at one place, and formats that nobody knows, are refused."""
    (problem,) = faults(**options)

    assert problem.place == place
    assert words in problem.message
