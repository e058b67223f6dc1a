"""Which Pythons are on this machine, and which of them was asked for."""

from __future__ import annotations

from compatcheck.interpreters.choose import available, choose

__all__ = ["available", "choose"]
