"""One warning and one log record for each adaptation, and neither breaks an import."""

from __future__ import annotations

import logging
import sys
import warnings
from contextlib import suppress
from types import FrameType

from compat_shims.adaptation import CompatShimWarning

_LOG = logging.getLogger("compat_shims")
_PASSED_BY = ("compat_shims", "importlib")


def tell(text: str) -> None:
    """Warn where the import stands, and log it."""
    file, line = _importer()
    # Under `-W error` a warning is raised here, and a user's hook may raise anything.
    with suppress(Exception):
        warnings.warn_explicit(text, CompatShimWarning, file, line)
    with suppress(Exception):
        _LOG.warning("%s", text)


def note(text: str) -> None:
    """Log what went otherwise than asked."""
    with suppress(Exception):
        _LOG.warning("%s", text)


def _importer() -> tuple[str, int]:
    """The nearest line that is neither ours nor the import system's."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - as `warnings` does
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in _PASSED_BY:
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return "sys", 1
