"""How many cells pass each stage: what imports is one number, what serves another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from compatcheck.model import Outcome, Stage
from compatcheck.report.document import Cell, Report, Result

_VERBS: Final = {
    Stage.IMPORT: ("imports", "import"),
    Stage.SYMBOL: ("has the names", "have the names"),
    Stage.CALL: ("takes the calls", "take the calls"),
    Stage.SCENARIO: ("serves", "serve"),
}
"""What one cell, and several, do that pass a stage."""


def count_passing(
    cells: Iterable[Cell], results: Mapping[str, Result]
) -> dict[Stage, int]:
    """Cells that pass each stage that any cell was asked at, shallow first.

    A cell passes a stage at which something passed and nothing else was the answer,
    whatever became of it at other stages; what was left out counts for neither.
    """
    passed: Counter[Stage] = Counter()
    for cell in cells:
        for stage, outcomes in _answers(cell, results).items():
            passed[stage] += outcomes == {Outcome.PASSED}
    return {stage: passed[stage] for stage in Stage if stage in passed}


def _answers(cell: Cell, results: Mapping[str, Result]) -> dict[Stage, set[Outcome]]:
    found: dict[Stage, set[Outcome]] = {}
    if cell.result is not None:
        for seen in results[cell.result].observations:
            if seen.outcome is not Outcome.NOT_RUN:
                found.setdefault(seen.stage, set()).add(seen.outcome)
    return found


def passing(report: Report) -> str:
    """`Of 176 cells that could be asked, 176 import and 57 serve`.

    Empty where the signs of the cells tell as much: one cell, or all stages alike.
    """
    asked = sum(cell.result is not None for cell in report.cells)
    counts = report.summary.passing
    if asked < 2 or len({asked, *counts.values()}) == 1:  # noqa: PLR2004 - one cell
        return ""
    *most, last = (
        f"{number:,} {_VERBS[stage][number != 1]}"
        for stage, number in counts.items()
        if stage in _VERBS
    )
    told = f"{', '.join(most)} and {last}" if most else last
    return f"Of {asked:,} cells that could be asked, {told}."
