"""Where conversations are kept: one small interface, three stores behind it."""

from __future__ import annotations
