"""For a person at a terminal: the verdict first, then each finding with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compatcheck.formats import Style
from compatcheck.formats._gate import GateFormat
from compatcheck.formats._gate._words import STATUS, changed, proven, waiver_line
from compatcheck.report.gated import Finding, Gated
from compatcheck.report.legible import shown

_COLUMN: Final = 10
_MOST: Final = 20
"""Findings that are told in full, and changes that are listed; JSON has all."""


def render(document: Gated, style: Style) -> str:
    """The whole text."""
    lines = [f"{document.verdict}: {_safe(document.conclusion, style)}"]
    lines += _changes(document, style)
    for finding in document.findings[:_MOST]:
        lines += ["", *_finding(finding, style)]
    if (more := len(document.findings) - _MOST) > 0:
        lines += ["", f"and {more} more: -f json has them all"]
    if document.notes:
        lines += ["", *(_row("note", note, style) for note in document.notes)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _changes(document: Gated, style: Style) -> Iterator[str]:
    for number, change in enumerate(document.changes[:_MOST]):
        yield _row("changed" if not number else "", changed(change), style)
    if (more := len(document.changes) - _MOST) > 0:
        yield _row("", f"and {more} more", style)


def _finding(finding: Finding, style: Style) -> Iterator[str]:
    head = f"{finding.rule}: {finding.title}"
    yield _row(STATUS[finding.status], head, style)
    yield _row("place", f"{finding.place.file}:{finding.place.line}", style)
    yield _row("asked", f"{finding.stage} {finding.target}", style)
    if finding.message:
        yield _row("says", finding.message, style)
    for number, upgrade in enumerate(finding.upgrades):
        yield _row("blamed" if not number else "and", str(upgrade), style)
    yield _row("pythons", ", ".join(finding.pythons), style)
    for number, line in enumerate(finding.evidence):
        yield _row("evidence" if not number else "", line, style)
    for number, way in enumerate(finding.ways):
        told = f"{way.command}  ({proven(way)})"
        yield _row("remedy" if not number else "or", told, style)
    if finding.waiver is not None:
        yield _row("waiver", waiver_line(finding.waiver), style)
    pair = " x ".join(finding.pair)
    yield _row(
        "id", f"{finding.id} = {finding.rule} of {pair}, {finding.symbol}", style
    )


def _row(label: str, words: str, style: Style) -> str:
    return f"  {label:{_COLUMN}}{_safe(words, style)}"


def _safe(words: str, style: Style) -> str:
    """Others' words as data, and none that a runner of GitHub's takes for a command.

    Those begin with `::`, after white space too, or have `##[` anywhere in a line.
    """
    told = shown(words, unicode=style.unicode).replace("##[", "# #[")
    return f": :{told[2:]}" if told.startswith("::") else told


FORMAT: Final = GateFormat(name="text", suffix=".txt", render=render)
