"""A name across the releases of its distribution: since, until, and its holes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from packaging.version import Version

from compatcheck.surface.names import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One release, and whether it has the name."""

    version: Version
    told: Told
    came_out: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Neighbouring releases of which the same is told."""

    there: bool | None
    points: tuple[Point, ...]

    @property
    def first(self) -> Point:
        """The oldest of them."""
        return self.points[0]

    @property
    def last(self) -> Point:
        """The newest of them."""
        return self.points[-1]


def spans(points: Sequence[Point]) -> tuple[Span, ...]:
    """A history as spans, oldest first."""
    return tuple(
        Span(there=there, points=tuple(group))
        for there, group in groupby(points, key=lambda it: it.told.there)
    )


def holes(told: Sequence[Span]) -> tuple[Span, ...]:
    """The spans without it between two that have it."""
    having = [number for number, span in enumerate(told) if span.there]
    if not having:
        return ()
    inside = told[having[0] : having[-1]]
    return tuple(span for span in inside if span.there is False)


def sentence(asked: str, told: Sequence[Span]) -> str:
    """The history in one sentence."""
    having = [span for span in told if span.there]
    if not having:
        unsure = any(span.there is None for span in told)
        hidden = ", but some cannot be told from source" if unsure else ""
        return f"no release has {asked} for certain{hidden}"
    first, last = having[0].first.version, having[-1].last.version
    since = "from the first" if told[0] is having[0] else f"since {first}"
    still = told[-1] is having[-1]
    until = "to the newest" if still else f"until {last}"
    gaps = [_named(span) for span in holes(told)]
    but = f", but for {', '.join(gaps)}" if gaps else ""
    return f"{asked} is there {since} {until}{but}"


def _named(span: Span) -> str:
    first, last = span.first.version, span.last.version
    return str(first) if first == last else f"{first} … {last}"
