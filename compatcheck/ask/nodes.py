"""What a nursery grows: interpreters that wait, and what each has beyond its parent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What a node has beyond its parent."""

    sites: tuple[str, ...]
    """Folders on the path."""
    modules: tuple[str, ...]
    """What is imported, in that order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An interpreter that waits."""

    orders: int
    """The pipe to it."""
    place: Path
    """Where that is."""
    process: int
    """Its number within the cage."""
    learned: tuple[str, ...]
    """Of what it has imported, the modules that need nothing of what is varied."""
    used: tuple[str, ...]
    """The folders of its first layer that had anything to do with that."""
    every: bool
    """Whether it looked at the metadata of all that is installed."""
