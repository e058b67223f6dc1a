"""What a report tells beside its failures, as lines for formats without a page."""

from __future__ import annotations

from collections.abc import Iterator

from compatcheck.report.account import account, left_out
from compatcheck.report.document import Report
from compatcheck.report.explained import Explanation, drifts
from compatcheck.report.findings import Complaint, Finding, details
from compatcheck.report.grid import legend
from compatcheck.report.legible import LONGEST_SENTENCE, shown
from compatcheck.report.passing import passing
from compatcheck.report.scored import tell as scores


def summary(report: Report) -> tuple[str, ...]:
    """The conclusion first; then counts, drift, the shim's score, how it was asked."""
    conclusion = shown(report.conclusion, longest=LONGEST_SENTENCE)
    return (conclusion, *(shown(line) for line in _rest(report) if line))


def _rest(report: Report) -> Iterator[str]:
    yield ", ".join(said for _, said in legend(report))
    yield passing(report)
    for distribution, said in drifts(report):
        yield f"drift: {distribution}: {said}"
    for label, said in scores(report):
        yield f"with the shim: {label}: {said}"
    for label, said in left_out(report):
        yield f"left out: {label}: {said}"
    for label, said in account(report):
        yield f"{label}: {said}"


def finding_lines(finding: Finding) -> tuple[str, ...]:
    """What was seen, then why."""
    return (
        *(line for each in finding.complaints for line in _complaint_lines(each)),
        *(line for why in finding.explanations for line in _explanation_lines(why)),
    )


def _complaint_lines(complaint: Complaint) -> tuple[str, ...]:
    """The message, then what is worth a line below it."""
    return tuple(map(shown, (complaint.message, *details(complaint))))


def _explanation_lines(found: Explanation) -> tuple[str, ...]:
    """Why, and below it culprit, remedies and evidence."""
    share = f" ({found.share})" if found.share else ""
    why = f"why{share}: {found.title} ({found.rule})"
    return tuple(
        map(shown, (why, *(f"{label}: {said}" for label, said in found.lines)))
    )
