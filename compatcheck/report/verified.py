"""What `--verify` found, as the report has it and as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from compatcheck.model import Outcome, Resolution
from compatcheck.report.legible import cut

MOST: Final = 20
"""Wrong answers of ours that are told one by one; the JSON has the rest of a flood."""
_LONGEST_WORDS: Final = 100
"""Characters of what a failure said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A target that a cell was told of otherwise than a real environment answers."""

    pins: Mapping[str, str]
    python: str
    """A key of `pythons`."""
    resolution: Resolution
    as_of: str | None
    probe: str
    target: str
    told: Outcome | None
    """None where nothing was told of it."""
    real: Outcome | None
    """None where it was not even asked; unknown where it was now so, now otherwise."""
    told_words: str | None
    """What the failure said, if it was one: type and message."""
    real_words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How far real environments, asked afterwards, bear out what was told."""

    cells: int
    """That they answered."""
    agree: int
    """Of those, in which every target came out alike, and every failure."""
    differ: tuple[Mismatch, ...]
    """By cell and target. Each is a fault of compatcheck; the cell itself is told as
    the real environment answered."""
    unanswered: int = 0
    """Cells more that were to be asked, for which our side failed or had no time."""


def tell(verified: Verified | None) -> Iterator[tuple[str, str]]:
    """Labelled lines: whether real environments bore us out, and where they did not."""
    if verified is None:
        return
    cells = f"{verified.cells:,} cell{'s' * (verified.cells != 1)}"
    more = f"; {verified.unanswered:,} more could not be asked"
    words = f"{cells} in real environments: {_how_many(verified)}"
    yield "verified", words + more * bool(verified.unanswered)
    for each in verified.differ[:MOST]:
        yield "wrong", _mismatch(each)
    if (others := len(verified.differ) - MOST) > 0:
        yield "wrong", f"and {others:,} more answers of ours"


def _how_many(verified: Verified) -> str:
    if verified.differ:
        wrong = verified.cells - verified.agree
        return f"{verified.agree:,} agree, {wrong:,} told wrongly by compatcheck"
    return "all agree" if verified.cells else "nothing was there to compare"


def _mismatch(each: Mismatch) -> str:
    where = [" x ".join(each.pins.values()), f"Python {each.python}"]
    where += [each.resolution, *([f"as of {each.as_of}"] if each.as_of else [])]
    told = _answer(each.told, each.told_words)
    real = _answer(each.real, each.real_words)
    place = f"{each.probe} {each.target} ({', '.join(where)})"
    return f"{place}: told {told}, really {real}"


def _answer(outcome: Outcome | None, words: str | None) -> str:
    if outcome is None:
        return "not asked"
    return f"{outcome} ({cut(words, _LONGEST_WORDS)})" if words else str(outcome)
