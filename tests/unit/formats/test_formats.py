"""The formats as a room, and what each of them owes to its reader."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from golden import runs

from compatcheck.errors import UsageError
from compatcheck.formats import Style, get, names
from compatcheck.report.legible import LONGEST, shown
from compatcheck.report.stored import load


def test_formats_are_found_by_their_files() -> None:
    """A file of the folder is a format; those that begin with _ serve one."""
    assert set(names()) >= {"json", "markdown", "text"}
    assert not [name for name in names() if name.startswith("_")]


@pytest.mark.parametrize("name", names())
def test_each_format_is_named_as_its_file(name: str) -> None:
    """The name that a user writes is the one of the file, and the suffix is one."""
    assert get(name).name == name
    assert get(name).suffix.startswith(".")


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("run", runs.RUNS)
def test_each_format_ends_its_last_line(name: str, run: str) -> None:
    """A text can be appended to, whatever the run."""
    text = get(name).render(runs.RUNS[run](), Style())
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_an_unknown_format_is_answered_with_those_there_are() -> None:
    """A wrong name is one clear line with the right ones."""
    with pytest.raises(
        UsageError, match=r"no format 'yaml'; .*json, junit, markdown, sarif, svg"
    ):
        get("yaml")


def test_only_the_chosen_format_is_loaded() -> None:
    """Choosing JSON costs nobody the import of rich."""
    code = (
        "import sys; from compatcheck.formats import get, names; names(); get('json');"
        "sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("width", [1, 20, 40, 80, 120, 300])
@pytest.mark.parametrize("run", runs.RUNS)
def test_text_fits_the_width(run: str, width: int) -> None:
    """No line is wider than the place, down to what can be laid out at all."""
    text = get("text").render(runs.RUNS[run](), Style(width=width))
    assert max(map(len, text.splitlines())) <= max(width, 20)


def test_the_conclusion_comes_first() -> None:
    """One line first, the long list last."""
    report = runs.narrow()
    for name in ("text", "markdown"):
        first = get(name).render(report, Style()).splitlines()[0]
        assert first.strip("*") == report.conclusion


def test_colour_adds_nothing_but_colour() -> None:
    """Without its colours a text is the plain one: signs tell by themselves."""
    for make in runs.RUNS.values():
        plain = get("text").render(make(), Style())
        colour = get("text").render(make(), Style(colour=True))
        assert "\x1b[" in colour
        bare = re.sub(r"\x1b\[[0-9;]*m", "", colour)
        assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


def test_ascii_is_ascii() -> None:
    """Where Unicode cannot be shown, everything is still told."""
    for make in runs.RUNS.values():
        assert get("text").render(make(), Style(unicode=False)).isascii()


@pytest.mark.parametrize("name", ["text", "markdown"])
@pytest.mark.parametrize("run", ["hostile", "spiteful"])
def test_messages_are_data(name: str, run: str) -> None:
    """No control, override of direction or credential of a message gets through."""
    text = get(name).render(runs.RUNS[run](), Style(width=300))
    if name == "markdown":
        text = text.replace("\\[", "[").replace("\\]", "]")
    assert not re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert "[bold]red[/bold]" in text
    assert "secret" not in text


@pytest.mark.parametrize("run", ["hostile", "spiteful"])
def test_markdown_keeps_messages_in_code(run: str) -> None:
    """Outside code spans stands no HTML, mention, issue number or link of a message."""
    text = get("markdown").render(runs.RUNS[run](), Style())
    outside = re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert not re.findall(r"(?<!\\)<script|@someone|#1|(?<!\\)\]\(", outside)


def test_markdown_escapes_what_stands_outside_code() -> None:
    """A conclusion that quotes a message is read as it is."""
    stored = get("json").render(runs.narrow(), Style())
    conclusion = "a | <b> [x](http://e.invalid) @me #1 `c` *d*"
    report = load(re.sub(r'(?<="conclusion": )".*"', f'"{conclusion}"', stored))
    assert get("markdown").render(report, Style()).splitlines()[0] == (
        r"**a \| \<b\> \[x\](http:\//e.invalid) @<!-- -->me #<!-- -->1 \`c\` \*d\***"
    )


def test_long_messages_are_cut() -> None:
    """A message of a megabyte is a line or two; JSON keeps it whole."""
    assert len(shown("x" * 1_000_000)) == LONGEST


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_a_long_conclusion_keeps_its_end(name: str) -> None:
    """What the sentence leaves out stands last, and is never cut away."""
    text = get(name).render(runs.spiteful(), Style(width=3000)).splitlines()[0]
    assert text.strip("*").endswith("26 of 32 cells tried.")
