"""Rich's boxes, which typer draws, too: frames between lines, long lines wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from compatcheck.diagnosis.layouts import HEAD, frame

# With corners, or with plain signs where the terminal is not of Unicode.
_TOP: Final = re.compile(
    r"^[╭┌+][─-]+ (?:Exception Group )?Traceback \(most recent call last\) "
    r"[─-]+[╮┐+]\s*$"
)
_BOTTOM: Final = re.compile(r"^[╰└+][─-]+[╯┘+]\s*$")
_SIDE: Final = ("│", "|")
_INNER: Final = ("╭", "│", "╰", "┌", "└", "+", "|")
_PLACE: Final = re.compile(r"^(?P<file>.+):(?P<line>\d{1,9}) in (?P<function>\S.*)$")
_HERE: Final = re.compile(r"^(?:❱|\\u2771|>) *\d+ (?:│ {3})*(?P<source>.*)$")
_HIDDEN: Final = re.compile(r"^\.\.\. \d+ frames hidden \.\.\.$")
_LINKS: Final = ("The above exception", "During handling")
_LONGEST: Final = 1000
"""Characters of a place."""
_MARGIN: Final = 4
"""What a box takes of a line: a sign and a space on both sides."""


def translated(lines: Sequence[str]) -> list[str]:
    """The lines, each box as the interpreter would have written it."""
    told: list[str] = []
    at = 0
    while at < len(lines):
        if _TOP.match(lines[at]) is None:
            told.append(lines[at])
            at += 1
            continue
        width = len(lines[at].rstrip())
        end = _end(lines, at + 1)
        told += [HEAD, *_frames(lines[at + 1 : end], width - _MARGIN)]
        at = end + 1 if end < len(lines) and _BOTTOM.match(lines[end]) else end
        behind = _behind(lines, at)
        told += _unwrapped(lines[at:behind], width)
        at = behind
    return told


def _end(lines: Sequence[str], at: int) -> int:
    """Where a box ends: at its bottom, or where its side is left."""
    while at < len(lines) and lines[at].startswith(_SIDE):
        at += 1
    return at


def _frames(inside: Iterable[str], width: int) -> Iterator[str]:
    """The places, each with the line of source that is marked."""
    pending, full = "", False
    for line in inside:
        words = line.rstrip()[2:-1].rstrip()
        if not words or words.lstrip().startswith(_INNER) or _HIDDEN.match(words):
            pending = ""
            continue
        if marked := _HERE.match(words):
            yield f"    {marked['source'].strip()}"
        if words[0] == " " or marked:
            continue
        joint = "" if full or not pending else " "
        pending = f"{pending}{joint}{words}"[:_LONGEST]
        full = _is_folded(words, width)
        place = _PLACE.match(pending) if " in " in pending else None
        if place:
            yield frame(place["file"], place["line"], place["function"])
            pending, full = "", False


def _behind(lines: Sequence[str], at: int) -> int:
    """The end of what belongs to a box: the exception, and how the next came of it."""
    while at < len(lines) and _TOP.match(lines[at]) is None:
        after_blank = not lines[at].strip() and at + 1 < len(lines)
        if after_blank and not lines[at + 1].startswith(_LINKS):
            follows = lines[at + 1].strip() and _TOP.match(lines[at + 1]) is None
            if follows:
                return at
        at += 1
    return at


def _unwrapped(lines: Sequence[str], width: int) -> Iterator[str]:
    """Lines that were only broken because they were too long, in one."""
    whole = ""
    last = ""
    for line in lines:
        words = line.rstrip()
        first = words.split(" ", 1)[0]
        if last and words and len(last) + 1 + len(first) > width:
            whole += words if _is_folded(last, width) else f" {words}"
        else:
            if last:
                yield whole
            if not words:
                yield ""
            whole = words
        last = words
    if last:
        yield whole


def _is_folded(line: str, width: int) -> bool:
    """Whether a line ends within a word, which was longer than a line."""
    return len(line) >= width and " " not in line
