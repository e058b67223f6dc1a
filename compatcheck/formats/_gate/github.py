"""Annotations for a workflow on GitHub, as commands on standard output.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions; of each
kind ten are shown for a step, and the rest is lost without a word. So the worst ten
are told, and how many more there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from compatcheck.formats import Style
from compatcheck.formats._gate import GateFormat
from compatcheck.formats._gate._words import STATUS, headline, remedy_line, waiver_line
from compatcheck.report.gated import Finding, Gated
from compatcheck.report.legible import shown

MOST: Final = 10
"""Annotations of one kind that GitHub shows for a step."""
_LONGEST: Final = 400
_PROPERTY: Final = {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}
_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def render(document: Gated, style: Style) -> str:
    """The commands, one a line, then the verdict in words."""
    del style
    lines = [line for kind in _KINDS for line in _kind(kind, document)]
    words = _safe(f"{document.verdict}: {document.conclusion}")
    return "".join(f"{line}\n" for line in [*lines, f"gate {words}"])


_KINDS: Final = ("error", "warning", "notice")


def _kind_of(finding: Finding, *, strict: bool) -> str:
    """What keeps the upgrade out is an error; what is let through is told below it."""
    if finding.status in {"new", "unknown"}:
        return "error"
    if finding.status == "unchanged":
        return "error" if strict else "warning"
    return "notice"


def _kind(kind: str, document: Gated) -> Iterator[str]:
    found = [
        it for it in document.findings if _kind_of(it, strict=document.strict) == kind
    ]
    # Where there are more, the last of the ten says so.
    fit = found if len(found) <= MOST else found[: MOST - 1]
    yield from (_annotation(kind, it) for it in fit)
    if more := len(found) - len(fit):
        words = f"{more} more of this kind: the step's summary and the report have them"
        yield f"::{kind} title=compatcheck gate::{_escaped(words, _DATA)}"


def _annotation(kind: str, finding: Finding) -> str:
    lines = [headline(finding)]
    if finding.message and finding.message not in finding.title:
        lines.append(finding.message)
    if remedy := remedy_line(finding):
        lines.append(f"remedy: {remedy}")
    if finding.waiver is not None:
        lines.append(f"waiver {waiver_line(finding.waiver)}")
    lines.append(f"{STATUS[finding.status]}, {finding.id}")
    properties = {
        "file": finding.place.file,
        "line": str(finding.place.line),
        "title": f"{finding.rule}: {finding.symbol}",
    }
    told = ",".join(
        f"{name}={_escaped(_safe(value), _PROPERTY)}"
        for name, value in properties.items()
    )
    return f"::{kind} {told}::{_joined(lines)}"


def _joined(lines: Sequence[str]) -> str:
    return "%0A".join(_escaped(_safe(line), _DATA) for line in lines)


def _safe(text: str) -> str:
    """One plain line; `##[` begins a command wherever it stands in a line of a log."""
    return shown(text, longest=_LONGEST).replace("##[", "# #[")


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(char, char) for char in text)


FORMAT: Final = GateFormat(name="github", suffix=".txt", render=render)
