"""What will be asked, and when: axes, cells, their order, and their shares."""

from __future__ import annotations

from compatcheck.plan.between import refined
from compatcheck.plan.cells import Plan, make_plan, released
from compatcheck.plan.order import Order, sharing
from compatcheck.plan.shares import shares

__all__ = ["Order", "Plan", "make_plan", "refined", "released", "shares", "sharing"]
