"""May this upgrade land? Two locks compared, and what got worse from one to the other."""

from __future__ import annotations
