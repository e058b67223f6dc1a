"""Which versions of Python distributions work together, and the evidence for it."""

from __future__ import annotations

from typing import Final

__version__: Final = "0.1.0"
"""The release, read by the build from this line."""
