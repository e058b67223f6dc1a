"""The grid alone, for a README: one plane, light or dark as its reader has it.

It is shown as an image, so it holds no script, and its colours follow the reader's
`prefers-color-scheme`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from compatcheck.formats import Format, Style
from compatcheck.formats._page import fill
from compatcheck.formats._page.layout import (
    NOBODY,
    WORDS,
    Head,
    Sheet,
    Side,
    counts,
    letters,
    sheet,
)
from compatcheck.report.document import Report
from compatcheck.report.legible import LONGEST_SENTENCE
from compatcheck.report.space import lay_out

EDGE: Final = 14
"""Pixels around everything."""
GAP: Final = 4
"""Pixels between two groups, besides the one that parts all cells."""
LETTER: Final = 6.7
"""Pixels that a character of the font takes in width, at most."""
SIZES: Final = ((24, 20), (44, 15), (90, 11))
"""Columns up to which cells have so many pixels a side; of more, `SMALLEST`."""
SMALLEST: Final = 9
LARGEST: Final = 11
"""Pixels of a row's name, where the rows leave as much room."""
LINE: Final = 20
"""Pixels from a line of the legend to the next."""
NARROWEST: Final = 420
"""Pixels that the legend needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    letter: str
    x: int
    y: int
    text: str = ""


def render(report: Report, style: Style) -> str:
    """The picture, whatever the style."""
    del style
    if not report.cells:
        return fill("nothing.svg.jinja", {"report": report})
    return fill("grid.svg.jinja", _facts(report, sheet(lay_out(report))))


def _facts(report: Report, plan: Sheet) -> dict[str, Any]:
    side = _side(len(plan.columns.values))
    left = EDGE + round(max(map(len, plan.rows.values)) * LETTER) + 8
    top = EDGE + round(max(map(len, _names(plan.columns))) * LETTER) + 6
    across = _places(plan.columns, left, side)
    down = _places(plan.rows, top, side)
    key = list(_legend(report, across[-1] + side, down[-1] + side + EDGE))
    ends = [it.x + side + 6 + round(len(it.text) * LETTER) for it in key]
    foot = key[-1].y + side + LINE
    return {
        "report": report,
        "title": " x ".join(axis.name for axis in report.axes),
        "longest": LONGEST_SENTENCE,
        "width": max(across[-1] + side, *ends) + EDGE,
        "height": foot + EDGE,
        "side": side,
        "letters": min(LARGEST, side + 1),
        "near": round(side * 0.25, 2),
        "far": round(side * 0.75, 2),
        "edge": EDGE,
        "columns": list(_columns(plan.columns, across, top, side)),
        "rows": list(_rows(plan.rows, down, left, side)),
        "marks": list(_marks(plan, across, down)),
        "legend": key,
        "foot": foot,
        "axes": _axes(plan),
    }


def _side(columns: int) -> int:
    return next((size for most, size in SIZES if columns <= most), SMALLEST)


def _places(side: Side, start: int, size: int) -> list[int]:
    """Where each row or column begins, in pixels."""
    starts = frozenset(side.starts)
    steps = (size + 1 + GAP * (n in starts) for n in range(1, len(side.values)))
    return list(accumulate(steps, initial=start))


def _names(side: Side) -> list[str]:
    """What stands above the columns: each release, or the groups alone."""
    return [_name(side, head) for head in side.heads]


def _name(side: Side, head: Head) -> str:
    return head.label if side.dense else head.value


def _columns(side: Side, places: list[int], top: int, size: int) -> Iterator[_Text]:
    for x, text in zip(places, _names(side), strict=True):
        if text:
            yield _Text(x=x + size / 2 + 4, y=top - 5, text=text)


def _rows(side: Side, places: list[int], left: int, size: int) -> Iterator[_Text]:
    for y, text in zip(places, side.values, strict=True):
        yield _Text(x=left - 6, y=y + size / 2 + 4, text=text)


def _marks(plan: Sheet, across: list[int], down: list[int]) -> Iterator[_Mark]:
    for y, row in zip(down, letters(plan), strict=True):
        for x, letter in zip(across, row, strict=True):
            if letter != NOBODY:
                yield _Mark(letter=letter, x=x, y=y)


def _legend(report: Report, width: int, top: int) -> Iterator[_Mark]:
    """Signs with their numbers, as many beside each other as there is room."""
    x, y = EDGE, top
    for letter, count in counts(report).items():
        text = f"{count:,} {WORDS[letter]}"
        needed = round(len(text) * LETTER) + 40
        if x > EDGE and x + needed > max(width, NARROWEST):
            x, y = EDGE, y + LINE
        if count:
            yield _Mark(letter=letter, x=x, y=y, text=text)
            x += needed


def _axes(plan: Sheet) -> str:
    """What runs down, what across, and under which circumstances."""
    sides = [f"↓ {plan.rows.name}"]
    if plan.columns.name:
        sides.append(f"→ {plan.columns.name}")
    chosen = (
        plan.space.dimensions[place].tell([plan.chosen[place]])
        for place in plan.choices
    )
    return "   ".join([*sides, *chosen])


FORMAT: Final = Format(name="svg", suffix=".svg", render=render)
