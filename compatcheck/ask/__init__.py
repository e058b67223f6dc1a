"""A cell and probes in, observations out: the only door to whatever answers."""

from __future__ import annotations

from compatcheck.ask.asker import Asker

__all__ = ["Asker"]
