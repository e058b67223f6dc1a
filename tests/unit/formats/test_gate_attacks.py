"""No stranger's words get through a gate's formats as anything but words."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt
from planted import validity
from planted.attacks import ATTACKS, document

from compatcheck.formats import Style
from compatcheck.formats._gate import get, names

_COMMAND = re.compile(r"::(error|warning|notice) [^:]*::")
_CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


def told(name: str, words: str) -> str:
    """A decision full of these words, in one format."""
    return get(name).render(document(words), Style(width=100))


@pytest.mark.parametrize("words", ATTACKS, ids=lambda it: repr(it)[:40])
@pytest.mark.parametrize("name", names())
def test_nothing_in_it_moves_a_cursor_or_begins_a_line(name: str, words: str) -> None:
    """Every format is UTF-8 without a control, and no longer than it may be."""
    text = told(name, words)

    assert _CONTROL.search(text) is None
    assert len(text.encode("utf-8")) < 1_000_000 or name == "json"


@pytest.mark.parametrize("words", ATTACKS, ids=lambda it: repr(it)[:40])
@pytest.mark.parametrize("name", ["github", "text"])
def test_a_log_has_only_our_own_commands(name: str, words: str) -> None:
    """A runner finds no command in the log but the annotations that we meant."""
    text = told(name, words)

    assert "##[" not in text
    commands = [it for it in text.splitlines() if it.strip().startswith("::")]
    if name == "text":
        assert commands == []
        return
    assert len(commands) == 5
    for line in commands:
        assert _COMMAND.match(line), line
        properties, _, data = line[2:].partition("::")
        kinds = [it.partition("=")[0] for it in properties.split(",")]
        assert kinds[0].split(" ")[1:] + kinds[1:] == ["file", "line", "title"]
        assert "\r" not in data


@pytest.mark.parametrize("words", ATTACKS, ids=lambda it: repr(it)[:40])
def test_sarif_stays_valid(words: str) -> None:
    """The log keeps to its schema, and every result to one relative file."""
    log = json.loads(told("sarif", words))

    validity.check(log, log["$schema"])
    (run,) = log["runs"]
    assert len(run["results"]) == 5
    for result in run["results"]:
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9%/._~-]+", uri)
        assert not uri.startswith("/")
        text = re.sub(r"\\[\\\[\]]", "", result["message"]["text"])
        assert "[" not in text
        assert "{" not in text.replace("{{", "")


@pytest.mark.parametrize("words", ATTACKS, ids=lambda it: repr(it)[:40])
def test_junit_keeps_its_shape(words: str) -> None:
    """Whatever is in it, there are the same cases with the same verdicts."""
    text = told("junit", words)
    assert "<!DOCTYPE" not in text
    assert "<!ENTITY" not in text

    root = ET.fromstring(text)  # noqa: S314 - our own, and it has no entities

    cases = list(root.iter("testcase"))
    assert len(cases) == 5
    assert [it[0].tag for it in cases] == [
        *("failure", "skipped", "system-out", "system-out", "error"),
    ]
    assert len({it.get("name") for it in cases}) == 5
    (suite,) = root
    assert suite.attrib["failures"] == suite.attrib["errors"] == "1"


class _Tags(HTMLParser):
    """Gathers what a page would do."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and that none has an attribute."""
        del attrs
        self.tags.add(tag)


@pytest.mark.parametrize("words", ATTACKS, ids=lambda it: repr(it)[:40])
def test_markdown_shows_words_and_obeys_none(words: str) -> None:
    """A renderer makes nothing of it but our own headings, lists and code."""
    text = told("markdown", words)

    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)

    seen = _Tags()
    seen.feed(page)
    assert seen.tags <= {"h3", "p", "ul", "li", "strong", "code"}
    outside = re.sub(r"<code>.*?</code>", "", page, flags=re.DOTALL)
    assert not re.search(r"(?<![\w`])@\w|(?<!\w)#\d", outside)
    assert len(text) < 65_536
