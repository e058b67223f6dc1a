"""Places to ask in."""

from __future__ import annotations

from compatcheck.environments.store import StoreEnvironments
from compatcheck.environments.uv import Uv
from compatcheck.environments.venv import VenvEnvironments
from compatcheck.environments.wheels import WheelStore

__all__ = ["StoreEnvironments", "Uv", "VenvEnvironments", "WheelStore"]
