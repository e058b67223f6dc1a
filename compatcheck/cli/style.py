"""What standard output can show."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Final

from compatcheck.cli.colours import Colour, wanted_colour
from compatcheck.formats import Style

WIDTH: Final = 100
"""Columns where there is no terminal to ask."""


def stdout_style() -> Style:
    """What standard output can show."""
    encoding = (sys.stdout.encoding or "ascii").lower()
    return Style(
        width=shutil.get_terminal_size((WIDTH, 24)).columns,
        colour=_colours(terminal=sys.stdout.isatty()),
        unicode=encoding.startswith("utf"),
    )


def _colours(*, terminal: bool) -> bool:
    match wanted_colour():
        case Colour.ALWAYS:
            return True
        case Colour.NEVER:
            return False
        case Colour.AUTO:
            return terminal and os.environ.get("TERM") != "dumb"
