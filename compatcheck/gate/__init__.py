"""May this upgrade land? Two locks compared, and what got worse in between."""

from __future__ import annotations
