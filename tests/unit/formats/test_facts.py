"""One run, told in every way: the facts are the same."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from golden import runs

from compatcheck.formats import Style, get
from compatcheck.model import Outcome
from compatcheck.report.document import Report

TOLD: Final = ("text", "markdown", "html", "junit", "sarif")
"""Every format that tells in words; JSON is what the facts are read from."""
PLAIN: Final = tuple(set(runs.RUNS) - {"hostile", "spiteful", "refuted", "mended"})
"""Runs whose words need no escape, so that they can be looked for as they are."""


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.told = ""

    def handle_data(self, data: str) -> None:
        """Keep what is read, not what runs."""
        if self.lasttag not in {"script", "style"}:
            self.told += data


@cache
def told(run: str, kind: str) -> str:
    """What a reader reads, without blanks, so that no line break matters."""
    text = get(kind).render(runs.RUNS[run](), Style(width=4000))
    if kind == "html":
        reader = _Text()
        reader.feed(text)
        text = reader.told
    if kind == "markdown":
        text = html.unescape(text).replace("<!-- -->", "")
        text = re.sub(r"\\([\\`*_\[\]<>|~&$/.])", r"\1", text)
    if kind == "junit":
        text = " ".join(_said(ET.fromstring(text)))  # noqa: S314 - our own
    if kind == "sarif":
        text = " ".join(_strings(json.loads(text)["runs"]))
        text = re.sub(r"\\([\\\[\]])", r"\1", text)
        text = text.replace("{{", "{").replace("}}", "}")
    return squeezed(text)


def _said(element: ET.Element) -> Iterator[str]:
    """What the suite says as a whole, then each case."""
    for part in sorted(element.iter(), key=lambda it: it.tag != "system-out"):
        yield from (part.text or "", *part.attrib.values())


def _strings(value: object) -> Iterator[str]:
    """Every text in there; of a run, the invocation before its results."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _strings(item)
        case dict():
            for item in value.values():
                yield from _strings(item)
        case _:
            return


def squeezed(text: str) -> str:
    """Text without blanks."""
    return re.sub(r"\s", "", text)


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """What every telling owes to its reader, with a word on what it is."""
    yield "conclusion", report.conclusion
    for outcome in Outcome:
        count = sum(cell.outcome is outcome for cell in report.cells)
        if count:
            name = outcome.value.replace("_", " ")
            yield f"number of {name} cells", f"{count:,} {name}"
    for failure in report.failures.values():
        if _is_red(report, failure):
            yield "exception", failure.type
            yield "message", failure.message
    for result in report.results.values():
        for why in result.diagnoses:
            yield "diagnosis", why.title
            yield "rule", why.rule
            yield from (("remedy", it.command) for it in why.remedies)
    for drift in report.drift:
        yield "last good", f"last good {drift.last_good}, first bad {drift.first_bad}"
        yield from (("hole", hole) for hole in drift.holes)
    for axis in report.axes:
        yield "axis", axis.distribution
    for wall in ("network", "files"):
        yield "isolation", f"{wall}: {report.isolation[wall]}"
    yield "interpreter", next(iter(report.pythons.values())).version


def _is_red(report: Report, failure: object) -> bool:
    red = {
        seen.failure
        for result in report.results.values()
        for seen in result.observations
        if seen.outcome.is_red
    }
    return any(report.failures[it] is failure for it in red if it)


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("run", sorted(PLAIN))
def test_every_telling_has_every_fact(run: str, kind: str) -> None:
    """Conclusion, numbers, exceptions, causes, remedies, holes, how it was asked."""
    report = runs.RUNS[run]()
    stored = json.loads(get("json").render(report, Style()))
    assert stored["conclusion"] == report.conclusion
    for what, fact in facts(report):
        assert squeezed(fact) in told(run, kind), what


@pytest.mark.parametrize("run", sorted(PLAIN))
def test_every_telling_counts_alike(run: str) -> None:
    """No telling has a number of cells that another one has not.

    The page's legend tells failures to import from others; the sum stands below it.
    """
    counted = r"([\d,]+)(passed|failed|crashed|unsolvable|unknown|notrun)"
    seen = []
    for kind in TOLD:
        found: dict[str, int] = {}
        text = told(run, kind)
        begins = runs.RUNS[run]().conclusion if kind != "html" else "cells:"
        start = text.index(squeezed(begins))
        for number, outcome in re.findall(counted, text[start:]):
            if outcome not in found and number != "0":  # not shown
                found[outcome] = int(number.replace(",", ""))
        seen.append(found)
    assert all(found == seen[0] for found in seen)
