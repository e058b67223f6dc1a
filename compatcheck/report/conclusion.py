"""The whole run in one sentence, built from its data alone.

"flask 2.2.2 works with werkzeug 2.2.0 … 2.3.8 (import, symbol)."
What could not be told counts neither as working nor as failing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from compatcheck.model import Outcome, Source
from compatcheck.report.clauses import clauses
from compatcheck.report.document import BUDGET, SELECTED, Axis, Report
from compatcheck.report.halfway import LONGEST_WORDS
from compatcheck.report.legible import cut
from compatcheck.report.scored import in_a_sentence
from compatcheck.report.space import lay_out

__all__ = ["MOST_CLAUSES", "SELECTED", "conclude"]

MOST_CLAUSES: Final = 3
"""More of them are no longer one sentence."""

SCREENED: Final = "By the wheels alone, with nothing resolved or run: "
"""What comes before an answer that no probe has given."""


def conclude(report: Report) -> str:
    """One sentence that says what the cells of a report add up to."""
    wanted = [cell for cell in report.cells if not cell.unselected]
    total = len(wanted)
    if not total:
        return "Nothing was asked: there is no cell."
    counts = Counter(cell.outcome for cell in wanted)
    asked = total - counts[Outcome.NOT_RUN]
    stopped = _stopped(report)
    if not asked:
        how = f"{stopped} before the first cell" if stopped else "Nothing ran"
        return f"{how}: {total:,} cell{_be(' was', 's were', total)} not run."
    shard = report.request.get("shard")
    lead = f"Shard {shard}: " if shard else ""
    if stopped:
        lead = f"{stopped} after {asked:,} of {total:,} cells: "
    parts = [_body(report, asked, lead), *in_a_sentence(report)]
    parts += [*_left(report), *_tried(report)]
    told = f"{SCREENED if _is_screen(report) else ''}{'; '.join(parts)}"
    return f"{lead}{told}."


def _is_screen(report: Report) -> bool:
    told = {cell.source for cell in report.cells if cell.source is not None}
    return told == {Source.SCREENED}


def _stopped(report: Report) -> str:
    """What ended it early, if anything did."""
    if report.interrupted:
        return "Interrupted"
    reasons = (c.reason or "" for c in report.cells if c.outcome is Outcome.NOT_RUN)
    return "Out of time" if any(BUDGET in reason for reason in reasons) else ""


def _body(report: Report, asked: int, lead: str) -> str:
    if asked == sum(cell.outcome is Outcome.UNKNOWN for cell in report.cells):
        told = f"othing can be told, {asked:,} cell{_be(' is', 's are', asked)} unknown"
        return f"{'n' if lead else 'N'}{told}"
    told_clauses = clauses(report, lay_out(report))
    few = list(told_clauses[:MOST_CLAUSES])
    if more := len(told_clauses) - len(few):
        few.append(f"and {more} more")
    return "; ".join(few)


def _left(report: Report) -> Iterator[str]:
    """What the sentence does not cover, unless it is all that it says."""
    wanted = [cell for cell in report.cells if not cell.unselected]
    counts = Counter(cell.outcome for cell in wanted)
    total = len(wanted)
    unknown, idle = counts[Outcome.UNKNOWN], counts[Outcome.NOT_RUN]
    if unknown and unknown + idle < total:
        yield f"{unknown:,} of {total:,} cells {_be('is', 'are', unknown)} unknown"
    if idle:
        yield f"{idle:,} of {total:,} cells {_be('was', 'were', idle)} not run"
    if report.unblamed is not None:
        why = cut(" ".join(report.unblamed.split()), LONGEST_WORDS)
        yield f"who is to blame was not found out to the end ({why})"


def _tried(report: Report) -> Iterator[str]:
    for axis in report.axes:
        if skipped := _skipped(axis):
            tried = len(axis.versions)
            all_told = tried + skipped
            yield f"{tried:,} of {all_told:,} {axis.distribution} releases tried"
    total = len(report.cells)
    if unselected := sum(cell.unselected for cell in report.cells):
        yield f"{total - unselected:,} of {total:,} cells tried"


def _skipped(axis: Axis) -> int:
    return sum(len(left.versions) for left in axis.left_out if SELECTED in left.reason)


def _be(one: str, more: str, count: int) -> str:
    return one if count == 1 else more
