"""For a comment on a pull request, and for the summary of a workflow's step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compatcheck.formats import Style
from compatcheck.formats._gate import GateFormat
from compatcheck.formats._gate._words import STATUS, changed, proven, waiver_line
from compatcheck.formats.markdown import code, plain
from compatcheck.report.gated import Finding, Gated

LARGEST: Final = 60_000
"""Bytes. A comment may have 65,536 characters, a step's summary 1,024 KiB."""
_SIGNS: Final = {
    "passed": "✅",
    "unchanged": "✅",
    "failed": "❌",
    "unknown": "❔",
}
_MOST: Final = 30
"""Changes that are listed."""
_EVIDENCE: Final = 12
"""Lines of evidence of one finding; JSON has all."""


def render(document: Gated, style: Style) -> str:
    """The decision; what no longer fits is counted."""
    del style
    blocks = [
        f"### {_SIGNS[document.verdict]} compatcheck gate: {document.verdict}",
        f"**{plain(document.conclusion)}**",
        *_changes(document),
    ]
    size = sum(map(_size, blocks)) + sum(map(_size, document.notes)) * 2
    told = 0
    for finding in document.findings:
        block = _finding(finding)
        if size + _size(block) > LARGEST:
            break
        blocks.append(block)
        size += _size(block)
        told += 1
    if more := len(document.findings) - told:
        blocks.append(f"and {more} more: the JSON report has them all")
    blocks += _notes(document, LARGEST + 2000 - size)
    return "\n\n".join(blocks) + "\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace")) + 2


def _changes(document: Gated) -> Iterator[str]:
    lines = [f"- {code(changed(change))}" for change in document.changes[:_MOST]]
    if (more := len(document.changes) - _MOST) > 0:
        lines.append(f"- and {more} more")
    if lines:
        yield "\n".join(lines)


def _finding(finding: Finding) -> str:
    return "\n".join(_lines(finding))


def _lines(finding: Finding) -> Iterator[str]:
    place = f"{finding.place.file}:{finding.place.line}"
    yield f"**{STATUS[finding.status]}** {code(finding.rule)} at {code(place)}"
    yield ""
    yield f"- {code(finding.title)}"
    if finding.message and finding.message not in finding.title:
        yield f"- says {code(finding.message)}"
    for upgrade in finding.upgrades:
        yield f"- blamed {code(str(upgrade))}"
    for way in finding.ways:
        yield f"- {way.kind} {code(way.command)} ({plain(proven(way))})"
    if finding.waiver is not None:
        yield f"- waiver {code(waiver_line(finding.waiver))}"
    yield f"- Python {', '.join(finding.pythons)}, id {code(finding.id)}"
    evidence = finding.evidence[:_EVIDENCE]
    if evidence:
        yield "- evidence"
        yield from (f"  - {code(line)}" for line in evidence)


def _notes(document: Gated, room: int) -> Iterator[str]:
    lines = []
    for note in document.notes:
        line = f"- {code(note)}"
        room -= _size(line)
        if room < 0:
            break
        lines.append(line)
    if lines:
        yield "\n".join(lines)


FORMAT: Final = GateFormat(name="markdown", suffix=".md", render=render)
