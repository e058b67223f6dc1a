"""What a report means for whoever waits for an exit code."""

from __future__ import annotations

from collections.abc import Collection

from compatcheck.model import Outcome
from compatcheck.report.document import SELECTED, SHARDED, Cell, Report

WELL, FINDINGS, COULD_NOT_TELL, INTERRUPTED = 0, 1, 3, 130


def exit_code(report: Report, fail_on: Collection[Outcome]) -> int:
    """0 all well, 1 findings, 3 could not tell or complete, 130 interrupted."""
    ours = (cell for cell in report.cells if not _chosen_away(cell, report))
    outcomes = {cell.outcome for cell in ours}
    if report.interrupted:
        return INTERRUPTED
    if outcomes & set(fail_on) or (report.shims and report.shims.broken):
        return FINDINGS
    if outcomes & {Outcome.UNKNOWN, Outcome.NOT_RUN} or _doubtful(report):
        return COULD_NOT_TELL
    return WELL


def _doubtful(report: Report) -> bool:
    """Whether what was to be verified was not borne out, or not verified.

    One answer that a real environment contradicts leaves those in doubt that none was
    asked about. Findings stand: each was seen in a real environment.
    """
    verified = report.verified
    return verified is not None and bool(verified.differ or verified.unanswered)


def _chosen_away(cell: Cell, report: Report) -> bool:
    """Whether the user's own choice left it out: of a refined grid, or of a shard.

    In a merged report, what was left to a shard is missing: that shard is not there.
    """
    words = [SELECTED, *([SHARDED] if report.request.get("shard") else [])]
    reason = cell.reason or ""
    return cell.outcome is Outcome.NOT_RUN and any(word in reason for word in words)
