"""Each kind of step: a file with KIND, `words` and `do`, found by listing."""

from __future__ import annotations
