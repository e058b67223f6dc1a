"""Places to ask in."""

from __future__ import annotations

from compatcheck.environments.shims import ShimmedEnvironments, Shims
from compatcheck.environments.store import StoreEnvironments
from compatcheck.environments.uv import Uv
from compatcheck.environments.venv import VenvEnvironments
from compatcheck.environments.wheels import WheelStore

__all__ = [
    "ShimmedEnvironments",
    "Shims",
    "StoreEnvironments",
    "Uv",
    "VenvEnvironments",
    "WheelStore",
]
