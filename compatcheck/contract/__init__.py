"""What a consumer needs of its providers, read from its source and its metadata."""

from __future__ import annotations
