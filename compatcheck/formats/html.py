"""A page to look at: the whole grid as a picture, in one file that asks for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from compatcheck.formats import Format, Style
from compatcheck.formats._page import assets, data, fill
from compatcheck.formats._page.layout import (
    MARKS,
    WORDS,
    counts,
    letters,
    sheet,
    styles,
)
from compatcheck.formats._page.releases import timeline
from compatcheck.formats._page.story import Cause, story
from compatcheck.model import Outcome
from compatcheck.report.account import account, instants, left_out
from compatcheck.report.document import Report
from compatcheck.report.explained import drifts
from compatcheck.report.findings import Complaint, Finding, details, findings
from compatcheck.report.grid import legend
from compatcheck.report.legible import LONGEST_SENTENCE, cut, shown
from compatcheck.report.passing import passing
from compatcheck.report.reasons import Reason, reasons
from compatcheck.report.scored import tell as scores
from compatcheck.report.space import lay_out

MOST_COMPLAINTS: Final = 12
"""Failures of the same cells that are listed; the rest says nothing new."""
DAY: Final = len("2026-11-21")
LONGEST_LABEL: Final = 90
"""Characters of a cause where one is chosen."""

_WHY: Final = {
    Outcome.UNSOLVABLE: "Unsolvable: the requirements contradict each other",
    Outcome.UNKNOWN: "Unknown: could not be told; run again to retry",
    Outcome.NOT_RUN: "Not run",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What some cells have in common, as one of the causes that can be chosen."""

    told: Finding | Reason
    outcome: Outcome
    cause: int
    """Its place among the causes."""

    @property
    def letter(self) -> str:
        """That of its sign."""
        return MARKS[self.outcome]

    @property
    def label(self) -> str:
        """What a choice calls it."""
        match self.told:
            case Finding(explanations=[first, *_]):
                words = first.title
            case Finding(complaints=[first, *_]):
                words = first.message
            case Reason(text=words):
                pass
            case _:
                words = "nothing was said"
        name = self.outcome.value.replace("_", " ")
        return shown(f"{name}: {cut(words, LONGEST_LABEL)} ({self.told.count:,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Complaint:
    """A failure with its sign."""

    letter: str
    message: str
    details: tuple[str, ...]


def render(report: Report, style: Style) -> str:
    """The page, whatever the style."""
    del style
    facts = {
        "report": report,
        "title": " \N{MULTIPLICATION SIGN} ".join(axis.name for axis in report.axes)
        or "compatcheck",
        "day": report.generated[:DAY],
        "kicker": _kicker(report),
        "longest": LONGEST_SENTENCE,
        "left_out": left_out(report),
        "shims": tuple(scores(report)),
        "account": account(report),
        **(_grid(report) if report.cells else _nothing()),
    }
    return fill("page.html.jinja", facts)


def _nothing() -> dict[str, Any]:
    """A report without cells."""
    blank = {"failures": (), "drifts": (), "unanswered": ()}
    return {**assets(""), **blank, "grid": None}


def _grid(report: Report) -> dict[str, Any]:
    """All that hangs on there being cells."""
    space = lay_out(report)
    plan = sheet(space)
    failures = [
        _Told(told=it, outcome=_worst(it), cause=place)
        for place, it in enumerate(findings(report, space))
    ]
    unanswered = [
        _Told(told=it, outcome=outcome, cause=place)
        for place, (outcome, it) in enumerate(
            ((outcome, it) for outcome in _WHY for it in reasons(space, outcome)),
            start=len(failures),
        )
    ]
    causes = [
        Cause(label=it.label, outcome=it.outcome, points=it.told.points)
        for it in (*failures, *unanswered)
    ]
    held = counts(report)
    return {
        **assets(styles(plan, held)),
        "grid": plan,
        "marks": letters(plan),
        "legend": [
            {"letter": it, "count": n, "words": WORDS[it]} for it, n in held.items()
        ],
        "counts": f"{_counts(report)}. {passing(report)}".strip(),
        "failures": [(it, *_complaints(it.told)) for it in failures],
        "drifts": _drifts(report),
        "unanswered": [
            (title, [it for it in unanswered if it.outcome is outcome])
            for outcome, title in _WHY.items()
        ],
        "story": data(story(report, plan, causes)),
    }


def _counts(report: Report) -> str:
    """`264 cells: 88 passed (scenario), 136 failed (scenario), 40 unsolvable`."""
    cells = f"{len(report.cells):,} cell{'s' * (len(report.cells) != 1)}"
    return f"{cells}: {', '.join(said for _, said in legend(report))}"


def _worst(finding: Finding) -> Outcome:
    """The outcome of its first complaint; there is one at least."""
    return finding.complaints[0].outcome


def _complaints(told: Finding | Reason) -> tuple[list[_Complaint], int]:
    """The failures that are listed, and how many more there are."""
    if isinstance(told, Reason):
        return [], 0
    listed = told.complaints[:MOST_COMPLAINTS]
    return [_complaint(each) for each in listed], len(told.complaints) - len(listed)


def _complaint(each: Complaint) -> _Complaint:
    return _Complaint(
        letter=MARKS[each.outcome], message=each.message, details=details(each)
    )


def _drifts(report: Report) -> list[dict[str, Any]]:
    return [
        {"name": name, "said": said, "line": timeline(drift)}
        for (name, said), drift in zip(drifts(report), report.drift, strict=True)
    ]


def _kicker(report: Report) -> list[str]:
    """How it was asked, in a word each; all of it stands at the end of the page."""
    pythons = (
        f"{'Python' if it.implementation == 'cpython' else it.implementation}"
        f" {it.version}"
        for it in report.pythons.values()
    )
    modes = ", ".join(sorted({cell.resolution.value for cell in report.cells}))
    walls = report.isolation.get("network")
    facts = (
        ", ".join(pythons),
        modes and f"resolution {modes}",
        instants(report),
        f"{report.platform.system} {report.platform.machine}",
        walls and f"network: {walls}",
    )
    return [fact for fact in facts if fact]


FORMAT: Final = Format(name="html", suffix=".html", render=render)
