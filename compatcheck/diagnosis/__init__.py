"""Why a cell failed: one rule a file, its id the name of the file."""

from __future__ import annotations
