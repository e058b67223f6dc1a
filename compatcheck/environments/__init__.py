"""Places to ask in."""

from __future__ import annotations

from compatcheck.environments.uv import Uv
from compatcheck.environments.venv import VenvEnvironments

__all__ = ["Uv", "VenvEnvironments"]
