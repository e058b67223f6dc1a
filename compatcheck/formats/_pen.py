"""The signs and the words of the text format, in the style that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.text import Text

from compatcheck.formats import Style
from compatcheck.model import Outcome
from compatcheck.report.legible import LONGEST, shown

_SIGNS: Final = {
    Outcome.PASSED: ("✓", "+", "green"),
    Outcome.FAILED: ("✗", "x", "red"),
    Outcome.CRASHED: ("!", "!", "bold magenta"),
    Outcome.UNSOLVABLE: ("⊘", "o", "yellow"),
    Outcome.UNKNOWN: ("?", "?", "cyan"),
    Outcome.NOT_RUN: ("·", ".", "dim"),
}
"""With Unicode, without, and the colour: each tells the same by itself."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes text as data: no control, no markup, no character that is not there."""

    style: Style

    def text(self, text: str, style: str = "", *, longest: int = LONGEST) -> Text:
        """One line of plain characters."""
        told = shown(text, unicode=self.style.unicode, longest=longest)
        return Text(told, style=style)

    def stack(self, lines: tuple[str, ...], style: str = "") -> Text:
        """Lines below each other."""
        return Text("\n").join([self.text(line, style) for line in lines])

    def sign(self, outcome: Outcome, words: str = "") -> Text:
        """The sign of an outcome in its colour, and words beside it."""
        fancy, plain, colour = _SIGNS[outcome]
        sign = fancy if self.style.unicode else plain
        told = shown(words, unicode=self.style.unicode)
        return Text(f"{sign} {told}".rstrip(), style=colour)
