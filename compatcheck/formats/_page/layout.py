"""Where the cells of a grid stand: sides with minors grouped, one plane at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Final

from packaging.version import InvalidVersion, Version

from compatcheck.model import Outcome, Stage
from compatcheck.report.document import Cell, Report
from compatcheck.report.fold import Point
from compatcheck.report.grid import columns_of
from compatcheck.report.space import Dimension, Space

MARKS: Final = {
    Outcome.PASSED: "p",
    Outcome.FAILED: "f",
    Outcome.CRASHED: "c",
    Outcome.UNSOLVABLE: "s",
    Outcome.UNKNOWN: "u",
    Outcome.NOT_RUN: "n",
}
"""The letter of an outcome: of its shape and of its colour."""
SHALLOW: Final = "i"
"""The letter of a failure before anything could be imported."""
NOBODY: Final = "x"
"""The letter where the grid has no cell."""
WORDS: Final = {
    "p": "passed",
    "f": "failed",
    SHALLOW: "failed to import",
    "c": "crashed",
    "u": "unknown",
    "s": "unsolvable",
    "n": "not run",
}
"""What a letter stands for, in the order of a legend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Neighbours that share a minor release."""

    label: str
    """`0.5`; empty where grouping tells nothing."""
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a row or column."""

    value: str
    label: str
    """That of the group which begins here; empty elsewhere."""


DENSE: Final = 44
"""Columns from which on there is no room for the name of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The rows or the columns."""

    name: str
    values: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def starts(self) -> tuple[int, ...]:
        """The places at which a group begins that has one before it."""
        return tuple(accumulate(group.size for group in self.groups[:-1]))

    @property
    def heads(self) -> tuple[Head, ...]:
        """What stands before each row or column."""
        labels = dict(zip((0, *self.starts), self.groups, strict=True))
        return tuple(
            Head(value=value, label=labels[place].label if place in labels else "")
            for place, value in enumerate(self.values)
        )

    @property
    def dense(self) -> bool:
        """Whether only its groups can be named."""
        grouped = any(group.label for group in self.groups)
        return grouped and len(self.values) >= DENSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows, columns, and what a reader may choose besides."""

    space: Space
    rows: Side
    columns: Side
    across: int | None
    """Which dimension the columns are; None where there is but one column."""
    choices: tuple[int, ...]
    """The other dimensions that vary."""
    chosen: Point
    """A point of the plane that is shown first."""

    def at(self, row: int, column: int) -> Cell | None:
        """The cell there, in the plane that is shown first."""
        point = list(self.chosen)
        point[0] = row
        if self.across is not None:
            point[self.across] = column
        return self.space.cells.get(tuple(point))


def sheet(space: Space) -> Sheet:
    """Lay out the grid: the first axis down, the second, or what varies, across."""
    across = columns_of(space)
    shown = {0, across}
    return Sheet(
        space=space,
        rows=_side(space.dimensions[0]),
        columns=_NO_COLUMNS if across is None else _side(space.dimensions[across]),
        across=across,
        choices=tuple(
            place
            for place, dimension in enumerate(space.dimensions)
            if place not in shown and len(dimension.values) > 1
        ),
        chosen=_first(space),
    )


_NO_COLUMNS: Final = Side(name="", values=("",), groups=(Group(label="", size=1),))


def _first(space: Space) -> Point:
    """The newest of every further axis, the newest Python, today."""
    resolution = len(space.dimensions) - 2
    return tuple(
        0 if place == resolution else len(dimension.values) - 1
        for place, dimension in enumerate(space.dimensions)
    )


def _side(dimension: Dimension) -> Side:
    return Side(
        name=dimension.name,
        values=dimension.values,
        groups=_groups(dimension) if dimension.is_axis else _alone(dimension.values),
    )


def _alone(values: Sequence[str]) -> tuple[Group, ...]:
    return (Group(label="", size=len(values)),)


def _groups(dimension: Dimension) -> tuple[Group, ...]:
    """By minor release; by major where every minor is there once."""
    for parts in (2, 1):
        heads = [_head(value, parts) for value in dimension.values]
        found = tuple(
            Group(label=label, size=len(list(same))) for label, same in groupby(heads)
        )
        if any(group.size > 1 for group in found):
            return found
    return _alone(dimension.values)


def _head(version: str, parts: int) -> str:
    """The beginning of a version that its group shares: `0.5`."""
    try:
        read = Version(version)
    except InvalidVersion:
        return version
    epoch = f"{read.epoch}!" if read.epoch else ""
    release = (*read.release, 0)[:parts]
    return epoch + ".".join(map(str, release))


def letter(outcome: Outcome, stage: Stage | None) -> str:
    """The letter of what is told of a cell."""
    if outcome is Outcome.FAILED and stage and stage.depth <= Stage.IMPORT.depth:
        return SHALLOW
    return MARKS[outcome]


def letters(sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    """The plane that is shown first, row by row."""
    return tuple(
        tuple(_letter(sheet.at(row, column)) for column, _ in _each(sheet.columns))
        for row, _ in _each(sheet.rows)
    )


def _each(side: Side) -> enumerate[str]:
    return enumerate(side.values)


def _letter(cell: Cell | None) -> str:
    return NOBODY if cell is None else letter(cell.outcome, cell.stage)


def counts(report: Report) -> Mapping[str, int]:
    """How many cells of the whole grid have each letter."""
    found = dict.fromkeys(WORDS, 0)
    for cell in report.cells:
        found[letter(cell.outcome, cell.stage)] += 1
    return found


def styles(sheet: Sheet, held: Mapping[str, int]) -> str:
    """What the style sheet has to know of this grid: its tracks and proportions."""
    sides = (("row", "rh", sheet.rows), ("col", "cw", sheet.columns))
    facts = {}
    for name, size, side in sides:
        facts[f"--{name}s"] = _tracks(side, size)
        facts[f"--{name}-count"] = str(len(side.values))
        facts[f"--{name}-gaps"] = str(len(side.groups) - 1)
        facts[f"--{name}-head"] = f"{max(map(len, side.values)) + 2}ch"
    told = "".join(f"{name}:{value};" for name, value in facts.items())
    shares = "".join(f".share.{it}{{flex-grow:{n}}}" for it, n in held.items() if n)
    return f".grid{{{told}}}{shares}\n"


def _tracks(side: Side, size: str) -> str:
    """The sizes of rows or columns: the first of a group has a gap before it."""
    told = []
    for place, group in enumerate(side.groups):
        rest = group.size
        if place:
            told.append(f"calc(var(--{size}) + var(--gap))")
            rest -= 1
        if rest:
            told.append(f"repeat({rest},var(--{size}))")
    return " ".join(told)
