"""Cells that fail alike, investigated once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from packaging.version import Version

from compatcheck.blame.goal import failing, key
from compatcheck.model import Cell, CellResult, Resolution

_SPREAD: Final = 3
"""How many members beside the lead a finding must hold for."""

Signature = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Results with one failure signature, ascending by what they pin."""

    members: tuple[CellResult, ...]
    lead: CellResult
    """The one that is investigated; the newest, unless another one tells more."""

    def spread(self) -> tuple[CellResult, ...]:
        """A few others from the oldest up, on which a finding is tried as well."""
        others = [member for member in self.members if member is not self.lead]
        step = max(1, -(-len(others) // _SPREAD))
        return tuple(others[::step])


def group(members: Iterable[CellResult], lead: CellResult | None = None) -> Group:
    """One group of results, led by its newest cell unless another is named."""
    ordered = tuple(sorted(members, key=lambda member: age(member.cell)))
    return Group(members=ordered, lead=lead or ordered[-1])


def groups(results: Sequence[CellResult]) -> list[Group]:
    """The failed and crashed cells by signature, the biggest group first."""
    alike: dict[Signature, list[CellResult]] = {}
    for result in results:
        if result.outcome.is_red and failing(result):
            alike.setdefault(signature(result), []).append(result)
    ordered = sorted(alike, key=lambda it: (-len(alike[it]), it))
    return [group(alike[it]) for it in ordered]


def signature(result: CellResult) -> Signature:
    """How a cell fails: what, with which words, and where, but for the line."""
    told = set()
    for seen in failing(result):
        failure = seen.failure
        where = failure.frames[-1] if failure and failure.frames else None
        words = (failure.type, failure.message) if failure else ("", "")
        place = (where.file, where.function) if where else ("", "")
        told.add((*key(seen), *words, *place))
    return tuple(sorted(told))


def age(cell: Cell) -> tuple[bool, tuple[Version, ...], Version, str, str, str]:
    """What cells are sorted by, older pins first; total, so that order is settled."""
    return (
        cell.resolution is Resolution.HIGHEST,
        tuple(pin.version for pin in cell.pins),
        Version(cell.interpreter.version),
        cell.interpreter.build,
        cell.resolution,
        str(cell.as_of),
    )
