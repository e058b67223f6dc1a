"""Logs made plain: colours, time stamps, prefixes and JSON around a traceback removed.

Whatever comes in is data of strangers: nothing in it is obeyed, and what is looked at
is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MOST_BYTES: Final = 4 * 1024 * 1024
"""Of a text that is looked at: what lies around its last traceback."""
_BEFORE: Final = MOST_BYTES // 2
_HEAD: Final = "Traceback (most recent call last)"
_ANSI: Final = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)|[@-_])"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED: Final = re.compile(r'\\n\s*(?:Traceback|File \\?")|(?:call last\):)\\n')
_LONGEST_PREFIX: Final = 200
_LONGEST_LINE: Final = 20_000


def plain(data: bytes) -> str:
    """The text around the last traceback in some bytes, without decoration."""
    mark = data.rfind(_HEAD.encode())
    if len(data) > MOST_BYTES:
        start = max(0, mark - _BEFORE) if mark >= 0 else len(data) - MOST_BYTES
        data = data[start : start + MOST_BYTES]
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = _ANSI.sub("", text)
    if _ESCAPED.search(text):
        text = _unescaped(text)
    text = _CONTROL.sub("", text)
    lines = [line[:_LONGEST_LINE] for line in text.split("\n")]
    return "\n".join(_without_prefix(lines))


def _unescaped(text: str) -> str:
    """Line ends, tabs and quotes as JSON writes them, turned back."""
    text = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", "\t")
    return text.replace('\\"', '"').replace("\\u001b", "\x1b").replace("\\\\", "\\")


def _without_prefix(lines: list[str]) -> Iterator[str]:
    """Lines without what a logger or a CI page puts before each of them.

    What stands before the traceback's own first line is the prefix, its digits being
    any digits.
    """
    prefix: re.Pattern[str] | None = None
    for line in lines:
        at = line.find(_HEAD)
        if 0 < at <= _LONGEST_PREFIX and line[:at].strip(" |+"):
            shape = re.sub(r"\d+", "0", line[:at])
            prefix = re.compile(re.escape(shape).replace("0", r"\d+"))
        found = prefix.match(line) if prefix else None
        if found is None and prefix is not None and prefix.match(f"{line} "):
            yield ""
            continue
        yield line[found.end() :] if found else line
