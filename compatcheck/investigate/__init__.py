"""The blocker report: cause, reproduction, and every way out tried and measured."""

from __future__ import annotations

from compatcheck.investigate.grids import Grids, Question
from compatcheck.investigate.investigate import Tools, investigate

__all__ = ["Grids", "Question", "Tools", "investigate"]
