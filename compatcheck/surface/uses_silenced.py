"""Where a source tells a type checker that it knows better."""

from __future__ import annotations

import re
from typing import Final

SILENCE: Final = re.compile(
    rb"#\s*(?:type|mypy|pyright|basedpyright|pyrefly|ty|pyre|pytype|zuban)\s*:?\s*-?"
    rb"(?:ignore|fixme|disable)"
    rb"|#\s*pylint:\s*disable\s*=[^#]*\b(?:no-member|no-name-in-module|"
    rb"unexpected-keyword-arg|no-value-for-parameter|too-many-function-args|E1\d+)",
    re.IGNORECASE,
)
"""The comments of mypy and PEP 484, pyright, pyrefly, ty, pyre, pytype and pylint.

A plain `noqa` is for linters, which know no types.
"""


def silenced_lines(source: bytes) -> frozenset[int]:
    """The lines, from 1, of which a type checker is told to say nothing.

    A comment that stands alone is meant for the line below (pyrefly, pyre). What looks
    like a comment in a string counts too, which leaves out too much, not too little.
    """
    found: set[int] = set()
    lines = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for number, line in enumerate(lines, start=1):
        if b"#" in line and SILENCE.search(line):
            alone = line.lstrip().startswith(b"#")
            found.add(number + 1 if alone else number)
    return frozenset(found)
