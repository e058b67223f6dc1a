"""Tracebacks as others draw them, written again as the interpreter writes them.

One layout a file, with `translated`: lines in, lines out; what is not its own passes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

HEAD: Final = "Traceback (most recent call last):"

Translation = Callable[[Sequence[str]], list[str]]


def interpreted(lines: Sequence[str]) -> list[str]:
    """The lines with every known drawing of a traceback as the interpreter has it."""
    told = list(lines)
    for translated in _layouts():
        told = translated(told)
    return told


def frame(file: str, line: str | int, function: str | None) -> str:
    """One place on the way, as the interpreter writes it."""
    inside = f", in {function}" if function else ""
    return f'  File "{file}", line {line}{inside}'


@cache
def _layouts() -> tuple[Translation, ...]:
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return tuple(
        importlib.import_module(f"{__name__}.{name}").translated for name in names
    )
