"""Where cells run: strangers' code, caged, and many at a time.

An executor is a module of this folder with a constant `EXECUTOR`, found by its name
(`choose`). Nothing is imported here: each cage starts with this file.
"""

from __future__ import annotations
