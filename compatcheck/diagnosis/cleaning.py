"""Logs made plain: colours, time stamps, prefixes and JSON around a traceback removed.

Whatever comes in is data of strangers: nothing in it is obeyed, and what is looked at
is bounded, however long the text is.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from compatcheck.diagnosis.layouts import interpreted

MOST_BYTES: Final = 2 * 1024 * 1024
"""Of a text that is looked at: what lies around its last traceback."""
_BEFORE: Final = MOST_BYTES // 2
_CHUNK: Final = 1024 * 1024
_MARKS: Final = (b"(most recent call last)", b"Error: ", b"Exception: ")
"""What is looked for, the surest first: each is followed to its last place."""
_RAISED: Final = re.compile(
    rb"^(?! )[^\n]{0,300}?\w(?:Error|Exception|Exit|Interrupt|Warning)(?::|\s*$)",
    re.MULTILINE,
)
"""A line with what was raised, whatever a logger put before it."""
_HEAD: Final = "Traceback (most recent call last)"
_ANSI: Final = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)|[@-_])"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ESCAPED: Final = re.compile(r'\\n\s*(?:Traceback|File \\?")|(?:call last\):)\\n')
# As GitHub's pages put it before every line of a job, a traceback's or not.
_STAMP: Final = re.compile(
    r"^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z ", re.MULTILINE
)
# What belongs to the drawing of a traceback, not to a logger.
_DRAWN: Final = re.compile(
    r"(?:[╭┌+][─-]+ *(?:Exception Group )?"
    r"|[A-Za-z_][\w.]*(?:Error|Exception|Exit) {2,})$"
)
_LONGEST_PREFIX: Final = 200
_LONGEST_LINE: Final = 20_000


@dataclass(slots=True)
class _Held:
    """A window of a stream, and the mark that it lies around."""

    at: int
    """Where the mark is in the stream."""
    mark: int
    """Where it is in the text."""
    text: bytes


def plain(stream: BinaryIO) -> str:
    """The text around the last traceback of a stream, without decoration.

    It is as the interpreter would have written it, whoever drew it.
    """
    text = _window(stream).decode("utf-8", "replace")
    text = _ANSI.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _ESCAPED.search(text):
        text = _ANSI.sub("", _unescaped(text))
    text = _STAMP.sub("", _CONTROL.sub("", text))
    lines = [line[:_LONGEST_LINE] for line in text.split("\n")]
    return "\n".join(interpreted(list(_without_prefix(lines))))


def _window(stream: BinaryIO) -> bytes:
    """What lies around the last mark, of the surest kind that there is; else the end.

    The stream is read once, and never more of it is held than a few windows.
    """
    recent, length = b"", 0
    held: dict[bytes, _Held] = {}
    for chunk in _chunks(stream):
        whole = recent + chunk
        for mark in _MARKS:
            at = whole.rfind(mark, max(0, len(recent) - len(mark) + 1))
            if at >= 0:
                start = max(0, at - _BEFORE)
                held[mark] = _Held(length - len(recent) + at, at - start, whole[start:])
            elif mark in held and len(held[mark].text) < MOST_BYTES:
                held[mark].text += chunk
        recent, length = whole[-_BEFORE:], length + len(chunk)
    found = [held[mark] for mark in _MARKS if mark in held]
    if not found:
        return recent
    first, *rest = found
    window = first.text[:MOST_BYTES]
    if len(first.text) < MOST_BYTES or _RAISED.search(window, first.mark):
        return window
    return _ends(first, rest, recent, length)


def _ends(first: _Held, rest: Sequence[_Held], recent: bytes, length: int) -> bytes:
    """Both ends of a traceback that is longer than a window: what was raised is last.

    Of what lies between them a half of each window is left.
    """
    after = first.at - first.mark + MOST_BYTES
    late = [it for it in rest if it.at > after]
    last = max(late, key=lambda it: it.at, default=_Held(length, len(recent), recent))
    head = first.text[first.mark :][: _BEFORE // 2].rpartition(b"\n")[0]
    tail = last.text[max(0, last.mark - _BEFORE // 2) :][:_BEFORE].partition(b"\n")[2]
    before = first.text[: first.mark].rpartition(b"\n")[2]
    return before + head + b"\n" + tail


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream as UTF-8: what PowerShell redirects is UTF-16, and says so first."""
    chunk = stream.read(_CHUNK)
    if not chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        while chunk:
            yield chunk
            chunk = stream.read(_CHUNK)
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "replace")
        chunk = stream.read(_CHUNK)


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
        before = _DRAWN.sub("", line[:at]) if 0 < at <= _LONGEST_PREFIX else ""
        if before.strip(" |+"):
            shape = re.sub(r"\d+", "0", before)
            prefix = re.compile(re.escape(shape).replace("0", r"\d+"))
        found = prefix.match(line) if prefix else None
        if found is None and prefix is not None and prefix.match(f"{line} "):
            yield ""
            continue
        yield line[found.end() :] if found else line
