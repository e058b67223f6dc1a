"""What a report means for whoever waits for an exit code."""

from __future__ import annotations

from collections.abc import Collection

from compatcheck.model import Outcome
from compatcheck.report.conclusion import SELECTED
from compatcheck.report.document import Cell, Report

WELL, FINDINGS, COULD_NOT_TELL, INTERRUPTED = 0, 1, 3, 130


def exit_code(report: Report, fail_on: Collection[Outcome]) -> int:
    """0 all well, 1 findings, 3 could not tell or complete, 130 interrupted."""
    outcomes = {cell.outcome for cell in report.cells if not _chosen_away(cell)}
    if report.interrupted:
        return INTERRUPTED
    if outcomes & set(fail_on):
        return FINDINGS
    if outcomes & {Outcome.UNKNOWN, Outcome.NOT_RUN}:
        return COULD_NOT_TELL
    return WELL


def _chosen_away(cell: Cell) -> bool:
    """Whether the user's own `--select` left it out of a refined grid."""
    return cell.outcome is Outcome.NOT_RUN and SELECTED in (cell.reason or "")
