"""Parses strangers' source without a sound."""

from __future__ import annotations

import ast
import threading
import warnings

PARSING = threading.Lock()
"""What filters warnings belongs to the process: one thread at a time may change it."""

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `ast.parse` raises: the last is how CPython's parser says "too deep"."""


def parse_source(source: bytes) -> ast.Module:
    """Parse, silently: strangers' invalid escapes are no business of our user.

    Raises one of `UNREADABLE` where the source is not that of this Python.
    """
    with PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)
