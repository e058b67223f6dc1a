"""A cell in; a lock, a contradiction or an honest "unknown" out."""

from __future__ import annotations

from compatcheck.resolve.uv_resolver import ResolveRequest, UvResolver

__all__ = ["ResolveRequest", "UvResolver"]
