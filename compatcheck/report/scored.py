"""The shim's score: cells recovered, cells broken, and by which adaptation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from compatcheck.model import Failure, Outcome, Stage
from compatcheck.report.document import Cell, Report
from compatcheck.report.facts import Facts
from compatcheck.report.legible import cut
from compatcheck.report.passing import count_passing
from compatcheck.report.shimmed import Score, Shimmed, WithShims

MOST: Final = 6
"""Failures that are left, and cells that are broken, which are told one by one."""
_LONGEST: Final = 160
"""Characters of what a failure said."""


def score(cells: Sequence[Cell], facts: Facts, version: str) -> Shimmed:
    """Add up what the shim of that release did to these cells."""
    asked = [(cell, facts.shims[cell.shims]) for cell in cells if cell.shims]
    failing = [(c, it) for c, it in asked if c.outcome.is_red and _is_told(it)]
    passing = [(c, it) for c, it in asked if not c.outcome.is_red and _is_told(it)]
    return Shimmed(
        version=version,
        failing=len(failing),
        recovered=sum(it.outcome is Outcome.PASSED for _, it in failing),
        passing=len(passing),
        broken=sum(it.outcome.is_red for _, it in passing),
        untold=len(asked) - len(failing) - len(passing),
        serving=count_passing(_with_shims(cells, facts), facts.results),
        adaptations=_scores(asked),
        answers=dict(sorted(facts.shims.items())),
    )


def _is_told(it: WithShims) -> bool:
    return it.outcome is Outcome.PASSED or it.outcome.is_red


def _with_shims(cells: Iterable[Cell], facts: Facts) -> Iterator[Cell]:
    """Each cell as it is with the shim; without, where it was not asked so."""
    for cell in cells:
        told = facts.shims[cell.shims] if cell.shims else cell
        yield replace(cell, result=told.result)


def _scores(asked: Iterable[tuple[Cell, WithShims]]) -> dict[str, Score]:
    fidelity: dict[str, str] = {}
    cells, recovered, broken = Counter[str](), Counter[str](), Counter[str]()
    for cell, it in asked:
        for name in it.adapted:
            fidelity[name] = it.adapted[name]
            cells[name] += 1
            passes, failed = it.outcome is Outcome.PASSED, cell.outcome.is_red
            recovered[name] += failed and passes
            broken[name] += it.outcome.is_red and not failed
    return {
        name: Score(
            fidelity=fidelity[name],
            cells=cells[name],
            recovered=recovered[name],
            broken=broken[name],
        )
        for name in sorted(fidelity)
    }


def in_a_sentence(report: Report) -> Iterator[str]:
    """`with compatcheck-shims 136 of 136 failing cells work, none of 88 breaks`."""
    told = report.shims
    if told is None or not told.failing + told.passing:
        return
    parts = []
    if told.failing:
        verb = "work" if told.recovered > 1 else "works"
        failing = _count(told.failing, "failing cell")
        parts.append(f"{_none(told.recovered)} of {failing} {verb}")
    if told.passing:
        verb = "break" if told.broken > 1 else "breaks"
        parts.append(f"{_none(told.broken)} of {told.passing:,} that work {verb}")
    yield f"with compatcheck-shims {' and '.join(parts)}"


def tell(report: Report) -> Iterator[tuple[str, str]]:
    """Labelled lines: what the shim recovered, what is left, what it broke."""
    told = report.shims
    if told is None:
        return
    yield "shim", f"compatcheck-shims {told.version}"
    failing = _count(told.failing, "cell")
    yield "recovered", f"{told.recovered:,} of {failing} that fail without it"
    passing = _count(told.passing, "cell")
    yield "broken", f"{_none(told.broken)} of {passing} that pass without it"
    if told.untold:
        yield "untold", f"{_count(told.untold, 'cell')} could not be asked with it"
    yield from _totals(report, told)
    for name, it in told.adaptations.items():
        what = f"{it.fidelity}: applied in {_count(it.cells, 'cell')}, of which"
        yield name, f"{what} {it.recovered:,} recovered and {it.broken:,} broken"
    yield from _left(report)


def _totals(report: Report, told: Shimmed) -> Iterator[tuple[str, str]]:
    """How many pass the deepest stage, without it and with it."""
    asked = sum(cell.result is not None for cell in report.cells)
    without = report.summary.passing
    for stage in sorted(without, key=_depth)[-1:]:
        with_it = told.serving.get(stage, 0)
        words = f"{without[stage]:,} of {asked:,} cells pass without it"
        yield f"{stage}", f"{words}, {with_it:,} with it"


def _depth(stage: Stage) -> int:
    return stage.depth


def _left(report: Report) -> Iterator[tuple[str, str]]:
    """What still fails with it, each failure once, and what fails only with it."""
    left = Counter[tuple[str, str]]()
    for cell in report.cells:
        told = report.with_shims(cell)
        if told is not None and told.outcome.is_red:
            label = "left" if cell.outcome.is_red else "breaks"
            said = {_words(it) for it in failures_with_shims(report, told)}
            left.update((label, each) for each in said)
    ordered = sorted(left.items(), key=lambda it: (it[0][0], -it[1], it[0][1]))
    for (label, words), count in ordered[:MOST]:
        yield label, f"{_count(count, 'cell')}: {words}"
    if (more := len(ordered) - MOST) > 0:
        yield "left", f"and {_count(more, 'failure')} more, all in the JSON report"


def failures_with_shims(report: Report, it: WithShims) -> list[Failure]:
    """Each distinct failure that a cell has with the shim in it."""
    seen = report.results[it.result].observations if it.result else ()
    names = {each.failure for each in seen if each.outcome.is_red and each.failure}
    return [report.failures[name] for name in sorted(names)]


def _words(failure: Failure) -> str:
    return cut(f"{failure.type}: {failure.message}", _LONGEST)


def _none(count: int) -> str:
    return f"{count:,}" if count else "none"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
