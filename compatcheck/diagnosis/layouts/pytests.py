"""pytest's reports: `file:line: in function`, and the exception behind an `E`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from compatcheck.diagnosis.layouts import HEAD, frame

_SECTION: Final = re.compile(r"^(?:_{3,}|={3,}) .* (?:_{3,}|={3,})$")
_PLACE: Final = re.compile(
    r"^(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*):(?P<line>\d{1,9}):"
    r"(?: in (?P<function>\S.*))? ?$"
)
# The long form tells the place behind the exception.
_RAISED_AT: Final = re.compile(
    r"^(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*):(?P<line>\d{1,9}): [A-Za-z_][\w.]*$"
)
_WORDS: Final = re.compile(r"^E(?: {3}(?P<words>.*))?$")
_TOLD: Final = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt)\b")


def translated(lines: Sequence[str]) -> list[str]:
    """The lines, each of these failures as the interpreter would have written it."""
    told: list[str] = []
    places: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if _SECTION.match(line):
            places.clear()
        if place := _PLACE.match(line):
            places.append(frame(place["file"], place["line"], place["function"]))
        elif _WORDS.match(line):
            end = _end(lines, at)
            words = lines[at:end]
            at = end
            if raised := _raised_at(lines[end : end + 2]):
                places.append(frame(raised["file"], raised["line"], None))
                at += 2
            told += _failure(places, words)
            places.clear()
            continue
        told.append(line)
        at += 1
    return told


def _end(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and _WORDS.match(lines[at]):
        at += 1
    return at


def _raised_at(lines: Sequence[str]) -> re.Match[str] | None:
    """The place, behind an empty line, where the long form tells it."""
    return _RAISED_AT.match(lines[1]) if lines[1:] and not lines[0].strip() else None


def _failure(places: Sequence[str], words: Sequence[str]) -> list[str]:
    """A traceback; the words alone where they name no exception, as of an `assert`."""
    plain = [line.removeprefix("E").removeprefix("   ") for line in words]
    depth = len(plain[0]) - len(plain[0].lstrip())
    told = [line[depth:] for line in plain]
    return [HEAD, *places, *told] if _TOLD.match(told[0]) else told
