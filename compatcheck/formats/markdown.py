"""For a pull request or a page: GitHub-flavoured Markdown, the same words as the text.

Package text stands in code spans: there GitHub reads no HTML, no mention, no issue
number and no link (GitHub Flavored Markdown, 6.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from compatcheck.formats import Format, Style
from compatcheck.model import Outcome
from compatcheck.report.account import account, left_out
from compatcheck.report.document import Report
from compatcheck.report.explained import drifts
from compatcheck.report.findings import Finding, details, findings
from compatcheck.report.fold import span
from compatcheck.report.grid import Mark, Picture, legend, pictures
from compatcheck.report.legible import LONGEST, LONGEST_SENTENCE, shown
from compatcheck.report.passing import passing
from compatcheck.report.reasons import Reason, reasons
from compatcheck.report.scored import tell as scores
from compatcheck.report.space import Space, lay_out

_SIGNS: Final = {
    Outcome.PASSED: "✅",
    Outcome.FAILED: "❌",
    Outcome.CRASHED: "💥",
    Outcome.UNSOLVABLE: "⊘",
    Outcome.UNKNOWN: "❔",
    Outcome.NOT_RUN: "·",
}

_WHY: Final = {
    Outcome.UNSOLVABLE: "Unsolvable",
    Outcome.UNKNOWN: "Unknown: run again to retry",
    Outcome.NOT_RUN: "Not run",
}

_ACTIVE: Final = re.compile(r"[\\`*_\[\]<>|~&$]|(?<=:)//|(?<=www)\.")
"""Characters that Markdown or its extensions would obey."""
_NOTICED: Final = re.compile(r"@|#(?=\d)")
"""Beginnings of a mention and of an issue number; GitHub looks for them in the finished
page, where a backslash is gone, but not across a comment."""


def render(report: Report, style: Style) -> str:
    """The report as Markdown, whatever the style."""
    del style
    return "\n\n".join(_blocks(report, lay_out(report))) + "\n"


def _blocks(report: Report, space: Space) -> Iterator[str]:
    yield f"**{plain(report.conclusion, longest=LONGEST_SENTENCE)}**"
    for picture in pictures(report):
        if picture.heading:
            yield f"### {plain(picture.heading)}"
        yield "\n".join(_table(picture))
    if report.cells:
        yield _legend(report)
    if counts := passing(report):
        yield plain(counts)
    yield from _section("Failures", map(_finding, findings(report, space)))
    yield from _section("Drift: worked when released", map(_drift, drifts(report)))
    yield from _section("With the shim", map(_labelled, scores(report)))
    for outcome, title in _WHY.items():
        found = reasons(space, outcome)
        yield from _section(title, (_reason(reason) for reason in found))
    yield from _section("Left out", map(_labelled, left_out(report)))
    yield from _section("How it was asked", map(_labelled, account(report)))


def _table(picture: Picture) -> Iterator[str]:
    columns = picture.columns.name
    corner = f"{picture.rows.name} \\ {columns}" if columns else picture.rows.name
    yield _line([plain(corner), *(plain(span(b)) for b in picture.columns.bands)])
    yield _line(["---", *(":---:" for _ in picture.columns.bands)])
    for band, marks in zip(picture.rows.bands, picture.marks, strict=True):
        yield _line([plain(span(band)), *(_sign(mark) for mark in marks)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sign(mark: Mark) -> str:
    return f"{_SIGNS[mark.outcome]} {mark.words}".rstrip()


def _legend(report: Report) -> str:
    return " · ".join(f"{_SIGNS[outcome]} {said}" for outcome, said in legend(report))


def _section(title: str, items: Iterable[str]) -> Iterator[str]:
    if lines := list(items):
        yield f"## {title}"
        yield "\n".join(lines)


def _finding(finding: Finding) -> str:
    lines = [f"- {_cells(finding)}"]
    for complaint in finding.complaints:
        sign = _SIGNS[complaint.outcome]
        lines.append(f"  - {sign} {code(complaint.message)}")
        lines += [f"    - {code(detail)}" for detail in details(complaint)]
    for why in finding.explanations:
        share = f" ({why.share})" if why.share else ""
        lines.append(f"  - why{share}: {code(why.title)} ({code(why.rule)})")
        lines += [f"    - {label}: {code(said)}" for label, said in why.lines]
    return "\n".join(lines)


def _reason(reason: Reason) -> str:
    return f"- {code(reason.text)}\n  - {_cells(reason)}"


def _cells(told: Finding | Reason) -> str:
    return f"{told.count:,} cell{'s' * (told.count != 1)}: {plain(told.cells)}"


def _labelled(pair: tuple[str, str]) -> str:
    label, said = pair
    return f"- {plain(label)}: {code(said)}"


def _drift(pair: tuple[str, str]) -> str:
    distribution, said = pair
    return f"- {code(distribution)}: {code(said)}"


def plain(text: str, *, longest: int = LONGEST) -> str:
    """Text that reads as it is, in a table too."""
    quiet = _ACTIVE.sub(
        lambda found: f"\\{found.group()}", shown(text, longest=longest)
    )
    return _NOTICED.sub(lambda found: f"{found.group()}<!-- -->", quiet)


def code(text: str) -> str:
    """A code span around the text, fenced by more backticks than it holds in a row."""
    line = shown(text)
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if longest else ""
    return f"{fence}{blank}{line}{blank}{fence}"


FORMAT: Final = Format(name="markdown", suffix=".md", render=render)
