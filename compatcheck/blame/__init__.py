"""Whom to blame: what drifted since a cell was released, and whether it ever worked."""

from __future__ import annotations
