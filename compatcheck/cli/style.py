"""What standard output can show."""

from __future__ import annotations

import os
import shutil
import sys

from compatcheck.formats import Style


def stdout_style() -> Style:
    """What standard output can show."""
    terminal = sys.stdout.isatty()
    encoding = (sys.stdout.encoding or "ascii").lower()
    return Style(
        width=shutil.get_terminal_size((100, 24)).columns,
        colour=terminal and "NO_COLOR" not in os.environ,
        unicode=encoding.startswith("utf"),
    )
