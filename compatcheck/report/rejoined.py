"""Cells of several reports in one: what they share, once again under one set of ids."""

from __future__ import annotations

from dataclasses import asdict, replace

from compatcheck.report.document import Cell, Report
from compatcheck.report.facts import Facts, keep
from compatcheck.report.shimmed import WithShims


class Rejoined(Facts):
    """Distinct facts of cells that come out of stored reports.

    Taken over in the order in which a report tells its cells, they are the facts, under
    the ids, of one run that asked them all: a failure keeps the frames of the first
    cell that failed so, and that was the first one in its own report, too.
    """

    def take(self, report: Report, cell: Cell) -> Cell:
        """A cell of a report, by ids of ours."""
        taken = replace(
            cell,
            lock=self._lock(report, cell),
            contract=self._needed(report, cell),
            result=self._seen(report, cell),
        )
        told = report.with_shims(cell)
        if told is None:
            return taken
        lock, result = self._lock(report, told), self._seen(report, told)
        ours = replace(told, lock=lock, result=result)
        return replace(taken, shims=self.keep_shimmed(ours))

    def _lock(self, report: Report, cell: Cell | WithShims) -> str | None:
        if cell.lock is None:
            return None
        others = dict(report.locks[cell.lock])
        return keep(self.locks, others, others)

    def _needed(self, report: Report, cell: Cell) -> str | None:
        if cell.contract is None:
            return None
        needed = report.contracts[cell.contract]
        uses = tuple(report.uses[place] for place in needed.uses)
        told = replace(needed, uses=())
        return keep(self._contracts, (told, uses), {**asdict(told), "uses": uses})

    def _seen(self, report: Report, cell: Cell | WithShims) -> str | None:
        if cell.result is None:
            return None
        found = report.results[cell.result]
        observations = tuple(
            each
            if each.failure is None
            else replace(each, failure=self._told(report, each.failure))
            for each in found.observations
        )
        result = replace(found, observations=observations)
        return keep(self.results, result, asdict(result))

    def _told(self, report: Report, name: str) -> str:
        failure = report.failures[name]
        if failure.story not in self._stories:
            kept = keep(self.failures, failure, asdict(failure))
            self._stories[failure.story] = kept
        return self._stories[failure.story]
