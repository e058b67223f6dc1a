"""What the tests plant for the tool to find: wheels, indexes, and their sins."""

from __future__ import annotations
