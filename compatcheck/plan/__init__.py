"""What will be asked: axes and their candidates, cells, and what lies between them."""

from __future__ import annotations

from compatcheck.plan.between import refined
from compatcheck.plan.cells import Plan, make_plan, released

__all__ = ["Plan", "make_plan", "refined", "released"]
