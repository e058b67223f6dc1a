"""Which versions of Python distributions work together, and the evidence for it."""

from __future__ import annotations

__version__ = "0.1.0"
"""The release, read by the build from this line."""
