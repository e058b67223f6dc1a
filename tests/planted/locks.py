"""Locks of planted wheels."""

from __future__ import annotations

from collections.abc import Iterable

from compatcheck.environments import Uv
from compatcheck.model import Interpreter, Locked, Resolution
from compatcheck.resolve import ResolveRequest, UvResolver


def locked(uv: Uv, interpreter: Interpreter, requirements: Iterable[str]) -> Locked:
    """What these resolve to, which must be anything."""
    request = ResolveRequest(
        requirements=tuple(requirements),
        constraints=(),
        overrides=(),
        interpreter=interpreter,
        resolution=Resolution.HIGHEST,
        as_of=None,
        pre_releases=False,
        allow_builds=False,
    )
    answer = UvResolver(uv).resolve(request)
    assert isinstance(answer, Locked), answer
    return answer
