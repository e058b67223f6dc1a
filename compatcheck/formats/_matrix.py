"""The picture of the matrix: as many blocks side by side as the width allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.box import Box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from compatcheck.formats._pen import Pen
from compatcheck.report.fold import span
from compatcheck.report.grid import Mark, Picture

AIRY: Final = 3
TIGHT: Final = 2
"""Blanks between two columns: where all fit side by side, and where they may not."""

RULE: Final = "    \n    \n {0} \n    \n    \n    \n    \n    \n"
"""A box of rich with nothing but a line below the heads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    head: Text
    marks: tuple[Text, ...]

    @property
    def width(self) -> int:
        return max(_width(text) for text in (self.head, *self.marks))


def draw(picture: Picture, pen: Pen) -> Iterator[RenderableType]:
    """The heading, if it has one, and the picture in blocks that fit the width."""
    if picture.heading:
        yield ""
        yield pen.text(picture.heading, "bold")
    rows = _Column(
        head=_corner(picture, pen),
        marks=tuple(pen.text(span(band)) for band in picture.rows.bands),
    )
    columns = [
        _Column(
            head=pen.stack(_stacked(band)),
            marks=tuple(_mark(row[place], pen) for row in picture.marks),
        )
        for place, band in enumerate(picture.columns.bands)
    ]
    room = pen.style.width - rows.width
    gutter = AIRY if sum(each.width + AIRY for each in columns) <= room else TIGHT
    for place, block in enumerate(_blocks(columns, room, gutter)):
        if place or not picture.heading:
            yield ""
        yield _table((rows, *block), pen, gutter)


def _corner(picture: Picture, pen: Pen) -> Text:
    right, down = (" →", " ↓") if pen.style.unicode else (" >", " v")
    columns = (f"{picture.columns.name}{right}",) if picture.columns.name else ()
    lines = (*columns, f"{picture.rows.name}{down if columns else ''}")
    return Text("\n").join([Text(line, "dim") for line in lines])


def _stacked(band: tuple[str, ...]) -> tuple[str, ...]:
    match band:
        case [first, _, *_, last]:
            return (first, "…", last, f"({len(band)})")
        case _:
            return band


def _mark(mark: Mark, pen: Pen) -> Text:
    return pen.sign(mark.outcome, mark.words)


def _width(text: Text) -> int:
    return max((cell_len(line) for line in text.plain.splitlines()), default=0)


def _blocks(
    columns: Sequence[_Column], room: int, gutter: int
) -> Iterator[tuple[_Column, ...]]:
    """Neighbouring columns that fit beside the rows; one at least."""
    block: list[_Column] = []
    used = 0
    for column in columns:
        wanted = column.width + gutter
        if block and used + wanted > room:
            yield tuple(block)
            block, used = [], 0
        block.append(column)
        used += wanted
    yield tuple(block)


def _table(columns: Sequence[_Column], pen: Pen, gutter: int) -> Table:
    table = Table(
        box=Box(RULE.format("──" if pen.style.unicode else "--")),
        show_edge=False,
        padding=(0, gutter - 1, 0, 0),
        pad_edge=False,
        header_style="",
    )
    for column in columns:
        table.add_column(column.head, no_wrap=True, vertical="bottom")
    for line in zip(*(column.marks for column in columns), strict=True):
        table.add_row(*line)
    return table
