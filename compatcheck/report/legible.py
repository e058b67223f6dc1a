"""Text from distributions as data: nothing in it moves a cursor or turns a line."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 600
"""Characters of one message that a reader is shown; JSON keeps all of them."""

LONGEST_SENTENCE: Final = 4 * LONGEST
"""Characters of the conclusion, which quotes several and ends with what it lacks."""

_OBEYED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that a terminal or browser obeys instead of showing: controls,
format characters (bidi overrides, zero width), surrogates, private use, separators."""

_ASCII: Final = str.maketrans({"…": "...", "→": "->", "\N{EM DASH}": "-"})


_CREDENTIALS: Final = re.compile(r"(?<=://)[^/\s@]+@")


def storable(text: str) -> str:
    """Text that any UTF-8 file can hold, without the credentials of an address."""
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return _CREDENTIALS.sub("***@", whole)


def cut(text: str, longest: int) -> str:
    """One line of at most so many characters, its end told by an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def shown(text: str, *, unicode: bool = True, longest: int = LONGEST) -> str:
    """One line of plain characters: white space folded, controls told as escapes.

    `unicode` False leaves ASCII alone, the rest told as escapes too.
    """
    safe = "".join(_escaped(char) for char in cut(text, longest))
    if unicode:
        return safe
    return safe.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def block(text: str, *, longest: int = LONGEST_SENTENCE) -> str:
    """Lines of plain characters, indented as they were; controls told as escapes."""
    lines = text[:longest].replace("\t", "    ").splitlines()
    told = "\n".join("".join(map(_escaped, line.rstrip())) for line in lines)
    return told + ("…" if len(text) > longest else "")


def _escaped(char: str) -> str:
    if unicodedata.category(char) not in _OBEYED:
        return char
    return char.encode("unicode_escape").decode("ascii")
