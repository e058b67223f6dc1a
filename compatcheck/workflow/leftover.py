"""Which cells of a plan a run is to ask, and why it did not ask the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compatcheck.config.settings import Settings
from compatcheck.model import Cell, CellResult, Outcome
from compatcheck.plan import Plan, shares
from compatcheck.report.document import SELECTED, SHARDED


class Leftover:
    """Tells apart what nobody wanted, what is another shard's, and what is undone."""

    def __init__(self, plan: Plan, settings: Settings) -> None:
        """Take this run's share of the plan; all of it where it is not shared."""
        self._unselected = f"{SELECTED} {settings.select}"
        self._others: dict[int, str] = {}
        self.own: Sequence[Cell] = plan.cells
        """The cells to ask, in the plan's order."""
        self.others: Sequence[Cell] = ()
        """Those that other shards ask."""
        if settings.shard is not None:
            dealt = shares(plan, settings.shard.count)
            self.own = dealt[settings.shard.number - 1]
            for number, share in enumerate(dealt, 1):
                if number != settings.shard.number:
                    why = f"left to {SHARDED} {number}/{settings.shard.count}"
                    self._others |= {id(cell): why for cell in share}
            self.others = [cell for cell in plan.cells if id(cell) in self._others]
        self._wanted = {id(cell) for cell in self.own}

    def want(self, cells: Iterable[Cell]) -> None:
        """Take these too, which a refined plan has."""
        self._wanted |= {id(cell) for cell in cells}

    def not_run(
        self, plan: Plan, results: Iterable[CellResult], why: str
    ) -> list[CellResult]:
        """The cells without a result; `why` is said of those that were to be asked."""
        asked = {id(result.cell) for result in results}
        return [
            CellResult(
                cell=cell,
                outcome=Outcome.NOT_RUN,
                stage=None,
                reason=why if id(cell) in self._wanted else self._why(cell),
            )
            for cell in plan.cells
            if id(cell) not in asked
        ]

    def _why(self, cell: Cell) -> str:
        return self._others.get(id(cell), self._unselected)
