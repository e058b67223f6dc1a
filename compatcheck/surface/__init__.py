"""What lies in a distribution: its import names, its metadata, what it imports."""

from __future__ import annotations
