"""Text from distributions as data: nothing in it moves a cursor or turns a line."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 600
"""Characters of one message that a reader is shown; JSON keeps all of them."""

_OBEYED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that a terminal or browser obeys instead of showing: controls,
format characters (bidi overrides, zero width), surrogates, private use, separators."""

_ASCII: Final = str.maketrans({"…": "...", "\N{EM DASH}": "-"})


def shown(text: str, *, unicode: bool = True) -> str:
    """One line of plain characters: white space folded, controls told as escapes.

    `unicode` False leaves ASCII alone, the rest told as escapes too.
    """
    line = " ".join(text.split())
    if len(line) > LONGEST:
        line = line[: LONGEST - 1] + "…"
    safe = "".join(_escaped(char) for char in line)
    if unicode:
        return safe
    return safe.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def _escaped(char: str) -> str:
    if unicodedata.category(char) not in _OBEYED:
        return char
    return char.encode("unicode_escape").decode("ascii")
