"""Asks cells again with the shim in them: what fails, and some of what passes.

That nothing which works is broken by a shim can only be seen where things work; so as
many cells are asked that pass as fail, and never few. No chance is in the choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final, TypeAlias

from packaging.specifiers import SpecifierSet

from compatcheck.ask.confirm import confirm
from compatcheck.model import Cell, CellResult, Outcome
from compatcheck.plan import sharing
from compatcheck.ports import AskAgain, Executor

FEWEST: Final = 30
"""Cells that pass and are asked all the same, where there are so many."""

AskInTime: TypeAlias = Callable[[Cell], CellResult | None]


def choose(results: Sequence[CellResult], pythons: str) -> list[CellResult]:
    """All results that failed, and as many that passed, in the order of `results`.

    `pythons` is the specifier of the interpreters that the shim runs on.
    """
    admitted = SpecifierSet(pythons)
    able = [it for it in results if admitted.contains(it.cell.interpreter.version)]
    failed = [it for it in able if it.outcome.is_red]
    passed = [it for it in able if it.outcome is Outcome.PASSED]
    number = min(len(passed), max(FEWEST, len(failed)))
    spread = [passed[place * len(passed) // number] for place in range(number)]
    chosen = {id(it) for it in (*failed, *spread)}
    return [it for it in able if id(it) in chosen]


class Shimming:
    """The answers with the shim, each beside the one without."""

    def __init__(self, chosen: Sequence[CellResult]) -> None:
        """Ask these cells, in this order."""
        self.chosen = chosen
        self._cells = [replace(it.cell, shims=True) for it in chosen]
        self._answers: dict[int, CellResult] = {}

    def ask(
        self, ask: AskInTime, executor: Executor, heard: Callable[[CellResult], None]
    ) -> None:
        """Ask each, as many at a time as the executor does."""
        with closing(executor.map(ask, self._cells, sharing)) as answers:
            for result in answers:
                if result is not None:
                    self._answers[id(result.cell)] = result
                    heard(result)

    def confirm(
        self, ask: AskAgain, patient: Callable[[], bool], executor: Executor
    ) -> None:
        """See every distinct failure that is left a second time."""
        found = [
            self._answers[it] for it in map(id, self._cells) if it in self._answers
        ]
        for result in confirm(found, ask, lambda _: None, patient, executor):
            self._answers[id(result.cell)] = result

    def settled(self) -> Iterator[CellResult]:
        """Each result that was asked for again, with what came of it."""
        for result, cell in zip(self.chosen, self._cells, strict=True):
            if (answer := self._answers.get(id(cell))) is not None:
                yield replace(result, shimmed=answer)
