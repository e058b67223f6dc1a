"""`compatcheck shim generate --from`: each distinct failure of a report, adapted or no.

A failure is brought about again in one of its cells, without the shim and with it, by
the same probes as before. What is left then is adapted, one failure after the other,
and what came of that is tried in other cells that fail so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from compatcheck.model import Failure, Outcome
from compatcheck.report.document import Cell, Report
from compatcheck.report.legible import shown
from compatcheck.report.scored import failures_with_shims
from compatcheck.report.shimmed import WithShims
from compatcheck.workflow.shim_wish import Refused, Wish, read_wish
from compatcheck.workflow.shim_written import Draft

MOST_ROUNDS: Final = 8
"""Times that a cell is asked with more adaptations, each time for what is left."""
LONGEST: Final = 160
"""Characters of what a failure said."""
TRIED: Final = 3
"""Cells of one failure in which adaptations are tried: both ends and the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What becomes of one distinct failure."""

    failure: Failure
    cells: int
    recovered: int | None
    """Cells that pass with the shim as it is shipped; None where that was not asked."""
    drafts: tuple[Draft, ...]
    """What was written for it; nothing where what is shipped does."""
    adapted: tuple[tuple[str, str], ...]
    """Id and fidelity of all that was applied."""
    proven: int
    """Cells in which it was seen without the adaptations, and was gone with them."""
    passing: int
    """Those of them that then pass altogether."""
    refused: Refused | None
    """Why it is not adapted; or, where it is, why what it hid is not."""
    left: str = ""
    """What it hid, where that is still there."""

    @property
    def words(self) -> str:
        """What was said."""
        return shown(f"{self.failure.type}: {self.failure.message}", longest=LONGEST)


AskCell: TypeAlias = Callable[[Cell, Sequence[Draft]], tuple[Report, Cell]]
"""Asks a cell again, without the shim and with it and these adaptations."""
DraftFor: TypeAlias = Callable[[Wish, Cell, Sequence[Cell]], Draft | Refused]
"""Drafts what a cell wants, for the releases that these cells have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Makes the rows of a report."""

    report: Report
    ask: AskCell
    draft: DraftFor

    def each(self) -> Iterator[Row]:
        """One row for each distinct failure, that of most cells first."""
        known: list[Draft] = []
        for failure, cells in self._failing():
            row = self._row(failure, cells, known)
            known += [it for it in row.drafts if it not in known]
            yield row

    def _failing(self) -> list[tuple[Failure, list[Cell]]]:
        """What was said, wherever it was raised, with the cells that said it."""
        found: dict[tuple[str, str], list[Cell]] = {}
        first: dict[tuple[str, str], Failure] = {}
        for cell in self.report.cells:
            told = [self.report.failures[it] for it in self._names(cell)]
            for words, failure in {(it.type, it.message): it for it in told}.items():
                first.setdefault(words, failure)
                found.setdefault(words, []).append(cell)
        ordered = sorted(found, key=lambda it: (-len(found[it]), it))
        return [(first[words], found[words]) for words in ordered]

    def _names(self, cell: Cell) -> list[str]:
        if not cell.outcome.is_red or cell.result is None:
            return []
        seen = self.report.results[cell.result].observations
        return sorted({it.failure for it in seen if it.failure and it.outcome.is_red})

    def _row(
        self, failure: Failure, cells: Sequence[Cell], known: Sequence[Draft]
    ) -> Row:
        asked = [it for it in map(self.report.with_shims, cells) if it]
        passed = [it for it in asked if it.outcome is Outcome.PASSED]
        row = Row(
            failure=failure,
            cells=len(cells),
            recovered=len(passed) if asked else None,
            drafts=(),
            adapted=(),
            proven=0,
            passing=0,
            refused=None,
        )
        first, *others = _spread(cells)
        found = self._adapted(failure, first, cells, known)
        if isinstance(found, Refused):
            return replace(row, refused=self._bettered(found, cells))
        tried = [found, *(self._tried(it, failure, found.drafts) for it in others)]
        gone = [it for it in tried if it is not None]
        own = {name for name, _ in found.adapted}
        return replace(
            row,
            drafts=tuple(it for it in found.drafts if it.id in own),
            adapted=found.adapted,
            proven=len(gone),
            passing=sum(not it.left for it in gone),
            refused=found.refused,
            left=found.left,
        )

    def _adapted(
        self,
        failure: Failure,
        cell: Cell,
        cells: Sequence[Cell],
        known: Sequence[Draft],
    ) -> _Found | Refused:
        """What makes the failure go, and what it hid, as far as that can be."""
        drafts = list(known)
        for _ in range(MOST_ROUNDS):
            report, told = self.ask(cell, drafts)
            answered = _answered(report, told, failure)
            if isinstance(answered, Refused):
                return answered
            still = next((it for it in answered if _alike(it, failure)), None)
            found = _found(drafts, report.with_shims(told), answered)
            if not answered:
                return found
            more = self._drafted(still or answered[0], report, told, cells)
            if not isinstance(more, Refused) and more.path in {
                it.path for it in drafts
            }:
                more = Refused(
                    reason=f"it fails with the adaptation, too ({more.what})",
                    better="pin releases that go together",
                )
            if isinstance(more, Refused):
                return more if still else replace(found, refused=more)
            drafts.append(more)
        return Refused(
            reason=f"something fails still, with {MOST_ROUNDS} adaptations",
            better="pin releases that go together",
        )

    def _drafted(
        self, left: Failure, report: Report, told: Cell, cells: Sequence[Cell]
    ) -> Draft | Refused:
        """A draft for what is left; or why there can be none."""

        def wanted(module: str) -> tuple[str, ...]:
            contract = report.contracts[told.contract] if told.contract else None
            inside = f"{module}."
            symbols = contract.symbols if contract else ()
            names = [it.removeprefix(inside) for it in symbols if it.startswith(inside)]
            return tuple(it for it in names if it.isidentifier())

        wish = read_wish(left, wanted)
        return wish if isinstance(wish, Refused) else self.draft(wish, told, cells)

    def _tried(
        self, cell: Cell, failure: Failure, drafts: Sequence[Draft]
    ) -> _Found | None:
        """What another cell that fails so does with them; None where it still does."""
        report, told = self.ask(cell, drafts)
        answered = _answered(report, told, failure)
        if isinstance(answered, Refused) or any(_alike(it, failure) for it in answered):
            return None
        return _found(drafts, report.with_shims(told), answered)

    def _bettered(self, refused: Refused, cells: Sequence[Cell]) -> Refused:
        """With what was seen to mend these cells, where blame found it."""
        found = dict.fromkeys(
            remedy.command
            for cell in cells
            if cell.result
            for it in self.report.results[cell.result].diagnoses
            for remedy in it.remedies
            if remedy.verified
        )
        if not found:
            return refused
        told = ", or ".join(f"`{command}`" for command in list(found)[:TRIED])
        return replace(refused, better=f"{told} (tried)")


def _spread(cells: Sequence[Cell]) -> list[Cell]:
    """Both ends and the middle."""
    places = dict.fromkeys((0, len(cells) // 2, len(cells) - 1))
    return [cells[place] for place in places][:TRIED]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a cell did with adaptations in it."""

    drafts: tuple[Draft, ...]
    adapted: tuple[tuple[str, str], ...]
    left: str
    """What still fails there."""
    refused: Refused | None = None


def _found(
    drafts: Sequence[Draft], told: WithShims | None, answered: Sequence[Failure]
) -> _Found:
    applied = told.adapted if told else {}
    left = f"{answered[0].type}: {answered[0].message}" if answered else ""
    return _Found(
        drafts=tuple(drafts),
        adapted=tuple(sorted(applied.items())),
        left=shown(left, longest=LONGEST),
    )


def _answered(report: Report, told: Cell, failure: Failure) -> list[Failure] | Refused:
    """What fails with the shim, where it fails without as it was told to."""
    seen = report.results[told.result].observations if told.result else ()
    names = {it.failure for it in seen if it.failure and it.outcome.is_red}
    if not any(_alike(report.failures[name], failure) for name in names):
        return Refused(
            reason=f"it does not fail so any more: asked again, it is {told.outcome}",
            better="make the report anew",
        )
    shims = report.with_shims(told)
    if shims and shims.outcome.is_red:
        return failures_with_shims(report, shims)
    if shims and shims.outcome is Outcome.PASSED:
        return []
    why = shims.reason if shims else "this Python is too old for the shim"
    return Refused(
        reason=f"it could not be asked with the shim: {shown(why or 'unknown')}",
        better="pin releases that go together",
    )


def _alike(one: Failure, other: Failure) -> bool:
    """Whether two failures say the same, wherever they were raised."""
    return (one.type, one.message) == (other.type, other.message)
