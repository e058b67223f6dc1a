"""Why cells have no answer: each reason once, with its cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from compatcheck.model import Outcome
from compatcheck.report.document import Cell
from compatcheck.report.fold import Point, ranges
from compatcheck.report.space import Space

_Template = tuple[str | int, ...]
"""A reason with positions of axes where the pinned versions stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why cells have no answer, told once for all that differ only in their pins."""

    text: str
    count: int
    cells: str
    points: frozenset[Point]


def reasons(space: Space, outcome: Outcome) -> tuple[Reason, ...]:
    """Why cells are unsolvable, unknown or not run, most cells first.

    "a 1.0 requires b>=2" and "a 1.1 requires b>=2" are one reason of the cells with
    a 1.0 and a 1.1: a release named by its pin is a place to be filled in.
    """
    alike: dict[_Template, list[Point]] = {}
    for point, cell in sorted(space.cells.items()):
        if cell.outcome is outcome:
            template = _template(cell.reason or "no reason was given", cell, space)
            alike.setdefault(template, []).append(point)
    told = [
        Reason(
            text=_filled(template, points, space),
            count=len(points),
            cells=space.tell(points),
            points=frozenset(points),
        )
        for template, points in alike.items()
    ]
    return tuple(sorted(told, key=lambda reason: (-reason.count, reason.text)))


def _template(reason: str, cell: Cell, space: Space) -> _Template:
    """The text with the position of its axis in place of each pinned version."""
    names = [axis.distribution or "" for axis in space.dimensions[: space.axes]]
    parts: list[str | int] = []
    end = 0
    for found in _releases(tuple(names)).finditer(reason):
        version = found.lastindex or 0  # each axis has two groups: name, version
        place = version // 2 - 1
        if found[version] == cell.pins[names[place]]:
            parts += [reason[end : found.start(version)], place]
            end = found.end()
    return (*parts, reason[end:])


@cache
def _releases(names: tuple[str, ...]) -> re.Pattern[str]:
    """Finds a name of these with a version behind it, and that to its end."""
    return re.compile(
        "|".join(
            rf"(?<![\w.-])({re.escape(name)}(?:\[[^]]*\])?(?: |==))"
            r"([\w!+-]+(?:\.\w[\w!+-]*)*)"
            for name in names
        )
    )


def _filled(template: _Template, points: list[Point], space: Space) -> str:
    filled = []
    for part in template:
        if isinstance(part, str):
            filled.append(part)
        else:
            values = space.dimensions[part].values
            chosen = {values[point[part]] for point in points}
            filled.append(ranges(values, chosen))
    return "".join(filled)
