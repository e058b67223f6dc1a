"""Python's tracebacks as text, read back into failures.

The layout is that of CPython's `traceback` module from 3.6 on; frames may come with
several lines of source and carets, blocks may be chained, and either end may be cut.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from compatcheck.model import Failure, Frame, Link

_HEAD: Final = re.compile(r"^\s*(?:\+ )?(?:Exception Group )?Traceback \(most recent")
_FRAME: Final = re.compile(
    r'^\s*(?:\| +)?File "(?P<file>.*)", line (?P<line>\d{1,9})'
    r"(?:, in (?P<function>.*))?$"
)
_RAISED: Final = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$")
_ALONE: Final = re.compile(
    r"(?P<type>(?<![\w.])[A-Za-z_][\w.]{0,200}(?:Error|Exception|Warning)):"
    r" (?P<message>.+)$"
)
_CAUSE: Final = "The above exception was the direct cause of the following exception"
_CONTEXT: Final = "During handling of the above exception, another exception occurred"
_NAMED: Final = re.compile(r"No module named '?(?P<module>[\w.]+)'?")
_FROM: Final = re.compile(
    r"^cannot import name .* from (?:partially initialized module )?"
    r"'(?P<module>[\w.]+)'"
)
_LONGEST: Final = 4000
"""Characters of one message."""
_MOST_FRAMES: Final = 1000
_MOST_LINES: Final = 200
"""Lines of one message."""
_MOST_LINKS: Final = 50
"""Exceptions of one chain, the last ones of a text."""
_NEXT: Final = re.compile(
    r"^\[?\d{4}-\d\d-\d\d[T ]|^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL|##\[\w+\])\b"
    r"|^[=_!-]{3,}(?: .* [=_!-]{3,})?$|^\$ "
)
"""Where something else begins behind an exception: a log's next entry, a rule."""
_NAKED: Final = ("AssertionError", "KeyboardInterrupt", "StopIteration", "SystemExit")

Relation = Literal["cause", "context"]


@dataclass(slots=True)
class _Block:
    """One exception as it is being read."""

    frames: list[Frame] = field(default_factory=list)
    headed: bool = False
    """Whether its first line was there."""
    type: str = ""
    message: list[str] = field(default_factory=list)
    ended: bool = False
    """Whether its message is complete."""
    into: Relation | None = None
    """How the next block came of this one."""


def read_failure(text: str) -> Failure | None:
    """The last failure that a text tells of, with all that led to it; None if none."""
    blocks = (block for block in _blocks(text.splitlines()) if block.type)
    told = list(deque(blocks, maxlen=_MOST_LINKS))
    if not told:
        return _last_line(text)
    chain: list[Link] = []
    last = told[-1]
    for block in reversed(told[:-1]):
        if block.into is None:
            break
        chain.append(_link(block, block.into))
    return Failure(
        type=last.type,
        message=_message(last),
        module=_module(last.type, _message(last)),
        frames=tuple(last.frames),
        chain=tuple(chain),
    )


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    """Each exception in the order in which it was printed."""
    block: _Block | None = None
    for line in lines:
        if _HEAD.match(line):
            if block is not None:
                yield block
            block = _Block(headed=True)
        elif (found := _FRAME.match(line)) is not None:
            if block is not None and block.type:
                yield block
                block = None
            block = block or _Block()
            _add(block, found)
        elif block is not None:
            _go_on(block, line)
    if block is not None:
        yield block


def _add(block: _Block, found: re.Match[str]) -> None:
    if len(block.frames) >= _MOST_FRAMES:
        del block.frames[_MOST_FRAMES // 2]  # where it began and came up stays
    block.frames.append(
        Frame(
            file=found["file"],
            line=int(found["line"]),
            function=found["function"] or "<module>",
        )
    )


def _go_on(block: _Block, line: str) -> None:
    """Read what follows the frames: source, then what was raised, then its words."""
    words = line.strip()
    if words.startswith(_CAUSE):
        block.into = "cause"
    elif words.startswith(_CONTEXT):
        block.into = "context"
    elif block.type:
        block.ended = block.ended or block.into is not None or bool(_NEXT.match(line))
        if not block.ended and len(block.message) < _MOST_LINES:
            block.message.append(line)
    elif (block.frames or block.headed) and (raised := _RAISED.match(line)):
        if raised["message"] is None and not _may_be_naked(raised["type"]):
            return
        block.type = raised["type"]
        block.message.append(raised["message"] or "")


def _may_be_naked(name: str) -> bool:
    """Whether a word alone on its line is an exception without a message."""
    last = name.rpartition(".")[2]
    return last.endswith(("Error", "Exception")) or last in _NAKED


def _message(block: _Block) -> str:
    return "\n".join(block.message).strip()[:_LONGEST]


def _link(block: _Block, relation: Relation) -> Link:
    return Link(
        relation=relation,
        type=block.type,
        message=_message(block),
        module=_module(block.type, _message(block)),
        frames=tuple(block.frames),
    )


def _module(kind: str, message: str) -> str | None:
    """The module that an ImportError is about, as far as its words tell."""
    if kind.rpartition(".")[2] not in ("ImportError", "ModuleNotFoundError"):
        return None
    found = _NAMED.search(message) or _FROM.search(message)
    return found["module"] if found else None


def _last_line(text: str) -> Failure | None:
    """A failure of which only the line that names it is left."""
    found = None
    for line in text.splitlines():
        found = _ALONE.search(line) or found
    if found is None:
        return None
    message = found["message"].strip()[:_LONGEST]
    return Failure(
        type=found["type"],
        message=message,
        module=_module(found["type"], message),
        frames=(),
    )
