"""What markets say: a small interface, the service before it, and bundled data."""

from __future__ import annotations
