"""The REST way: conversations over plain JSON, for whom a token names."""

from __future__ import annotations
