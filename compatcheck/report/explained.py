"""Why it failed, and what turned between two releases: what blame found, told once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from compatcheck.model import Diagnosis, Drift, Remedy
from compatcheck.report.document import Report
from compatcheck.report.fold import Point
from compatcheck.report.space import Space

MOST: Final = 3
"""Diagnoses of the same failure, remedies of one diagnosis, and sentences of evidence
that are listed; JSON has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A diagnosis as it is told below a failure."""

    title: str
    rule: str
    share: str
    """Of how many of the failure's cells it is, where not of all: `4 of 9 cells`."""
    lines: tuple[tuple[str, str], ...]
    """Culprit, remedies and evidence, each with its label; none where the diagnosis
    stands in full below an earlier failure."""


class Explanations:
    """Tells each diagnosis in full where it is met first, and by its title after."""

    def __init__(self, report: Report, space: Space) -> None:
        """Nothing is told yet."""
        self._report = report
        self._space = space
        self._told: set[Diagnosis] = set()

    def of(self, points: Collection[Point]) -> tuple[Explanation, ...]:
        """Why the cells there fail: what explains most of them first."""
        found: dict[Diagnosis, list[int]] = {}
        for point in sorted(points):
            for rank, diagnosis in enumerate(self._diagnoses(point)):
                found.setdefault(diagnosis, []).append(rank)
        best = sorted(found, key=lambda it: (-len(found[it]), min(found[it]), it.title))
        return tuple(
            self._explanation(each, len(found[each]), len(points))
            for each in best[:MOST]
        )

    def _diagnoses(self, point: Point) -> Sequence[Diagnosis]:
        name = self._space.cells[point].result
        return self._report.results[name].diagnoses if name else ()

    def _explanation(self, found: Diagnosis, cells: int, of: int) -> Explanation:
        is_new = found not in self._told
        self._told.add(found)
        return Explanation(
            title=found.title,
            rule=found.rule,
            share="" if cells == of else f"{cells:,} of {of:,} cells",
            lines=tuple(_lines(found)) if is_new else (),
        )


def _lines(found: Diagnosis) -> Iterator[tuple[str, str]]:
    if found.culprit is not None:
        version = found.culprit.version
        yield "culprit", f"{found.culprit.distribution} {version or ''}".rstrip()
    for remedy in found.remedies[:MOST]:
        yield "remedy", _remedy(remedy)
    for sentence in found.evidence[:MOST]:
        yield "seen", sentence
    if (more := len(found.evidence) - MOST) > 0:
        yield "seen", f"and {more} more, all in the JSON report"


def _remedy(remedy: Remedy) -> str:
    return f"{remedy.command} ({'verified' if remedy.verified else 'not tried'})"


def drifts(report: Report) -> tuple[tuple[str, str], ...]:
    """Per distribution that broke what worked when it was released: from when on."""
    return tuple((drift.distribution, _drift(drift)) for drift in report.drift)


def _drift(drift: Drift) -> str:
    holes = f", holes {', '.join(drift.holes)}" if drift.holes else ""
    mended = (
        "they pass: verified"
        if drift.verified
        else "what drifted passes, not all of it"
    )
    return (
        f"last good {drift.last_good}, first bad {drift.first_bad}{holes}; "
        f"{drift.cells:,} cell{'s' * (drift.cells != 1)}; held back, {mended}"
    )
