"""For a person at a terminal: one line first, the picture next, the long list last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from compatcheck.formats import Format, Style
from compatcheck.formats._matrix import draw
from compatcheck.formats._pen import Pen
from compatcheck.model import Outcome
from compatcheck.report.account import account, left_out
from compatcheck.report.document import Report
from compatcheck.report.explained import Explanation, drifts
from compatcheck.report.findings import (
    Complaint,
    Finding,
    details,
    findings,
)
from compatcheck.report.grid import legend, pictures
from compatcheck.report.legible import LONGEST_SENTENCE
from compatcheck.report.passing import passing
from compatcheck.report.reasons import Reason, reasons
from compatcheck.report.scored import tell as scores
from compatcheck.report.space import Space, lay_out

NARROWEST: Final = 20
"""Columns below which nothing can be laid out."""
MOST_COMPLAINTS: Final = 12
"""Failures of the same cells that are listed; the rest says nothing new."""

APART: Final = "   "
"""Between two signs of the legend."""

_WHY: Final = {
    Outcome.UNSOLVABLE: "Unsolvable: the requirements contradict each other",
    Outcome.UNKNOWN: "Unknown: could not be told; run again to retry",
    Outcome.NOT_RUN: "Not run",
}


def render(report: Report, style: Style) -> str:
    """The report as lines that fit the width, ended by a line feed."""
    console = Console(
        file=StringIO(),
        width=max(style.width, NARROWEST),
        force_terminal=style.colour,
        color_system="standard" if style.colour else None,
        no_color=not style.colour,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},  # what it looks like depends on the style alone
    )
    with console.capture() as captured:
        for part in _page(report, lay_out(report), Pen(style)):
            console.print(part)
    lines = captured.get().split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def _page(report: Report, space: Space, pen: Pen) -> Iterator[RenderableType]:
    yield pen.text(report.conclusion, "bold", longest=LONGEST_SENTENCE)
    for picture in pictures(report):
        yield from draw(picture, pen)
    if report.cells:
        yield ""
        yield _legend(report, pen)
    if counts := passing(report):
        yield pen.text(counts)
    yield from _failures(findings(report, space), pen)
    yield from _pairs("Drift: worked when released", drifts(report), pen)
    yield from _pairs("With the shim", scores(report), pen)
    for outcome, title in _WHY.items():
        yield from _reasons(title, outcome, reasons(space, outcome), pen)
    yield from _pairs("Left out", left_out(report), pen)
    yield from _pairs("", account(report), pen)


def _legend(report: Report, pen: Pen) -> Text:
    """Only the signs that are there, as many beside each other as fit."""
    lines: list[list[Text]] = [[]]
    for each in (pen.sign(*entry) for entry in legend(report)):
        if Text(APART).join([*lines[-1], each]).cell_len > pen.style.width:
            lines.append([])
        lines[-1].append(each)
    return Text("\n").join([Text(APART).join(line) for line in lines if line])


def _failures(found: tuple[Finding, ...], pen: Pen) -> Iterator[RenderableType]:
    if not found:
        return
    yield from _title("Failures", pen)
    for finding in found:
        table = _indented()
        for complaint in finding.complaints[:MOST_COMPLAINTS]:
            table.add_row(pen.sign(complaint.outcome), _complaint(complaint, pen))
        if (more := len(finding.complaints) - MOST_COMPLAINTS) > 0:
            table.add_row("", pen.text(f"and {more} more, all in the JSON report"))
        table.add_row("", pen.text(_cells(finding), "dim"))
        for explanation in finding.explanations:
            table.add_row("", _explanation(explanation, pen))
        yield table


def _explanation(why: Explanation, pen: Pen) -> Text:
    share = f" ({why.share})" if why.share else ""
    lines = [pen.text(f"why{share}: {why.title} [{why.rule}]")]
    lines += [pen.text(f"{label}: {said}", "dim") for label, said in why.lines]
    return Text("\n").join(lines)


def _complaint(complaint: Complaint, pen: Pen) -> Text:
    lines = [pen.text(complaint.message)]
    lines += [pen.text(detail, "dim") for detail in details(complaint)]
    return Text("\n").join(lines)


def _reasons(
    title: str, outcome: Outcome, found: tuple[Reason, ...], pen: Pen
) -> Iterator[RenderableType]:
    if not found:
        return
    yield from _title(title, pen)
    table = _indented()
    for reason in found:
        table.add_row(pen.sign(outcome), pen.text(reason.text))
        table.add_row("", pen.text(_cells(reason), "dim"))
    yield table


def _pairs(
    title: str, found: Iterable[tuple[str, str]], pen: Pen
) -> Iterator[RenderableType]:
    lines = tuple(found)
    if not lines:
        return
    yield from _title(title, pen) if title else [""]
    table = _indented()
    for label, said in lines:
        table.add_row(pen.text(label, "dim"), pen.text(said, "" if title else "dim"))
    yield table


def _title(title: str, pen: Pen) -> tuple[RenderableType, ...]:
    return "", pen.text(title, "bold")


def _cells(told: Finding | Reason) -> str:
    return f"{told.count:,} cell{'s' * (told.count != 1)}: {told.cells}"


def _indented() -> Table:
    """Two columns, so that long lines hang below their beginning."""
    table = Table.grid(padding=(0, 1))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    return table


FORMAT: Final = Format(name="text", suffix=".txt", render=render)
