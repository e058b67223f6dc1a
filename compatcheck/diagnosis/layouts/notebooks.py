"""What IPython and notebooks print: a ruled head, cells, arrows before the line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from compatcheck.diagnosis.layouts import HEAD, frame

_TOP: Final = re.compile(
    r"^(?P<type>[A-Za-z_][\w.]*) {2,}Traceback \(most recent call last\)\s*$"
)
_FILE: Final = re.compile(
    r"^File (?P<file>.+?):(?P<line>\d{1,9})(?:, in (?P<function>[^(]+).*)?$"
)
_CELL: Final = re.compile(r"^(?:Cell|Input) In ?\[\d+\](?:, line (?P<line>\d{1,9}))?")
# Until IPython 7: the line's number stands at its arrow alone.
_OLD: Final = re.compile(
    r"^(?P<file><ipython-input-[^>]*>|[~/\\A-Z].*\.\w+)"
    r" in (?P<function>[^(]+)(?:\(.*)?$"
)
_ARROW: Final = re.compile(r"^-+> (?P<line>\d{1,9}) ?(?P<source>.*)$")
_IN_CELL: Final = "<cell>"


def translated(lines: Sequence[str]) -> list[str]:
    """The lines, each of these tracebacks as the interpreter would have written it."""
    told: list[str] = []
    at = 0
    while at < len(lines):
        top = _TOP.match(lines[at])
        end = _raised(lines, at + 1, top["type"]) if top else None
        if end is None:
            told.append(lines[at])
            at += 1
            continue
        told += [HEAD, *_frames(lines[at + 1 : end])]
        at = end
    return told


def _raised(lines: Sequence[str], at: int, kind: str) -> int | None:
    """The line that tells the exception; None where it is not among them."""
    last = kind.rpartition(".")[2]
    for number in range(at, len(lines)):
        if _TOP.match(lines[number]):
            return None
        first = lines[number].partition(":")[0].strip()
        if first and (first == kind or first.rpartition(".")[2] == last):
            return number
    return None


def _frames(lines: Sequence[str]) -> Iterator[str]:
    pending: tuple[str, str | None] | None = None
    for line in lines:
        if place := _FILE.match(line):
            yield frame(place["file"], place["line"], place["function"])
            pending = None
        elif cell := _CELL.match(line):
            pending = (_IN_CELL, None) if cell["line"] is None else None
            if cell["line"] is not None:
                yield frame(_IN_CELL, cell["line"], None)
        elif old := _OLD.match(line):
            pending = (old["file"], old["function"].strip())
        elif arrow := _ARROW.match(line):
            if pending is not None:
                yield frame(pending[0], arrow["line"], pending[1])
                pending = None
            yield f"    {arrow['source'].strip()}"
