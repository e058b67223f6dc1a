"""The grid as it fills: what is known so far, drawn while a run is under way."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from packaging.version import Version
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from compatcheck.formats import Style
from compatcheck.formats._pen import Pen
from compatcheck.model import CellResult, Outcome

MOST_ROWS: Final = 24
"""Rows that a reader takes in while they change; more share rows."""
SPARE: Final = 8
"""Lines of the terminal that are left to bars and to what was said before."""
REDRAWN: Final = 1.0
"""Seconds that a picture stands: drawing must not take from what is drawn."""
NARROWEST: Final = 8
"""Columns below which a picture tells nothing."""

_WORST: Final = (
    Outcome.CRASHED,
    Outcome.FAILED,
    Outcome.UNKNOWN,
    Outcome.PASSED,
    Outcome.UNSOLVABLE,
    Outcome.NOT_RUN,
)
"""Whose sign stands where several cells share a place: what needs a look first."""

_Pair = tuple[Version, Version]


class LiveGrid:
    """Draws the first axis against the second, as far as cells are answered."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._names: tuple[str, ...] = ()
        self._known: dict[_Pair, Outcome] = {}
        self._drawn: tuple[float, tuple[int, int], list[Text]] = (-REDRAWN, (0, 0), [])

    def add(self, result: CellResult) -> None:
        """One more cell; of several that differ elsewhere the worst is drawn."""
        if len(result.cell.pins) < 2:  # noqa: PLR2004 - a grid has two sides
            return
        one, other = result.cell.pins[:2]
        self._names = (one.distribution, other.distribution)
        pair = one.version, other.version
        known = self._known.get(pair, result.outcome)
        self._known[pair] = min(known, result.outcome, key=_WORST.index)

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        """The picture, within the width and height that there are."""
        size = options.max_width, options.size.height - SPARE
        when, drawn, lines = self._drawn
        if not lines or drawn != size or time.monotonic() - when >= REDRAWN:
            pen = Pen(Style(unicode=console.encoding.startswith("utf")))
            lines = list(self._lines(pen, *size))
            self._drawn = time.monotonic(), size, lines
        yield from lines

    def _lines(self, pen: Pen, width: int, height: int) -> Iterator[Text]:
        rows = sorted({row for row, _ in self._known})
        columns = sorted({column for _, column in self._known})
        bands = _shared(rows, min(height, MOST_ROWS))
        heads = [_head(band) for band in bands]
        indent = max(map(len, heads), default=0) + 1
        places = _shared(columns, width - indent)
        if len(rows) * len(columns) < 2 or width - indent < NARROWEST or height < 1:  # noqa: PLR2004 - one cell is no picture
            return
        down, across = ("↓", "→") if pen.style.unicode else ("v", ">")
        ends = f"{across} {self._names[1]} {columns[0]} - {columns[-1]}"
        yield pen.text(f"{down} {self._names[0]}   {ends}"[:width], "dim")
        for head, band in zip(heads, bands, strict=True):
            signs = (_sign(self._known, band, place, pen) for place in places)
            yield Text.assemble((head.ljust(indent), "dim"), *signs)


def _shared(versions: Sequence[Version], room: int) -> list[Sequence[Version]]:
    """The versions in at most so many places, in order, evenly."""
    places = max(1, min(room, len(versions)))
    ends = [len(versions) * place // places for place in range(places + 1)]
    return [versions[ends[n] : ends[n + 1]] for n in range(places)]


def _head(band: Sequence[Version]) -> str:
    return str(band[0]) if band else ""


def _sign(
    known: Mapping[_Pair, Outcome],
    rows: Sequence[Version],
    columns: Sequence[Version],
    pen: Pen,
) -> Text:
    """The sign of the worst that is known there; a blank where nothing is."""
    found = [
        known[row, column]
        for row in rows
        for column in columns
        if (row, column) in known
    ]
    return pen.sign(min(found, key=_WORST.index)) if found else Text(" ")
