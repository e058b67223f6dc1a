"""A cell in; a lock, a contradiction or an honest "unknown" out."""

from __future__ import annotations

from compatcheck.resolve.course import Course, is_indifferent
from compatcheck.resolve.pylock import lock_release
from compatcheck.resolve.uv_resolver import ResolveRequest, Solved, UvResolver

__all__ = [
    "Course",
    "ResolveRequest",
    "Solved",
    "UvResolver",
    "is_indifferent",
    "lock_release",
]
