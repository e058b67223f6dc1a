"""Whom to blame: what drifted since a cell was released, and whether it ever worked."""

from __future__ import annotations

from compatcheck.blame.blame import Blamed, blame

__all__ = ["Blamed", "blame"]
