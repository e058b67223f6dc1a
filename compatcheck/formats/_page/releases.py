"""The releases of a culprit on a line of time, the holes among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from compatcheck.model import Drift, Outcome

APART: Final = 16
"""Pixels between two releases at least, so that their names do not overlap."""
ROOM: Final = 720
"""Pixels that the time between the first and the last release gets, if it needs more
than their being apart."""
EDGE: Final = 30
"""Pixels before the first and, for its slanted name, behind the last."""
ABOVE: Final = 72
"""Pixels above the line, for the names."""

_LETTERS: Final = {Outcome.PASSED: "p", Outcome.FAILED: "f"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A release on the line."""

    x: int
    letter: str
    """`p`, `f`, `u`, or `gap` for releases of which nothing is told."""
    version: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A day below the line."""

    x: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Where everything stands, in pixels."""

    stops: tuple[Stop, ...]
    ticks: tuple[Tick, ...]
    summary: str
    width: int
    axis: int = ABOVE
    height: int = ABOVE + 26


@dataclass(frozen=True, slots=True, kw_only=True)
class _Release:
    version: str
    letter: str
    day: date | None = None


def timeline(drift: Drift) -> Line:
    """The line of a distribution that drifted."""
    releases = tuple(_releases(drift))
    places = _places([release.day for release in releases])
    stops = tuple(
        Stop(x=x, letter=it.letter, version=it.version, title=_title(it))
        for x, it in zip(places, releases, strict=True)
    )
    return Line(
        stops=stops,
        ticks=tuple(_ticks(releases, places)),
        summary=_summary(drift),
        width=places[-1] + EDGE * 2,
    )


def _releases(drift: Drift) -> Iterator[_Release]:
    """All that were tried; of an older report the few that it names, with gaps."""
    if drift.releases:
        for it in drift.releases:
            letter = _LETTERS.get(it.outcome, "u")
            day = date.fromisoformat(it.day) if it.day else None
            yield _Release(version=it.version, letter=letter, day=day)
        return
    for hole in drift.holes:
        yield _Release(version=hole, letter="f")
        yield _Release(version="", letter="gap")
    yield _Release(version=drift.last_good, letter="p")
    yield _Release(version=drift.first_bad, letter="f")


def _places(days: Sequence[date | None]) -> list[int]:
    """By time where all have one and come in its order, else one after the other."""
    known = [day for day in days if day is not None]
    if len(known) < len(days) or known != sorted(known) or known[0] == known[-1]:
        return [EDGE + place * APART * 2 for place in range(len(days))]
    scale = max(ROOM, APART * len(days)) / (known[-1] - known[0]).days
    places: list[int] = []
    for day in known:
        wanted = EDGE + round((day - known[0]).days * scale)
        places.append(max(wanted, places[-1] + APART if places else EDGE))
    return places


_LABEL: Final = 74
"""Pixels that a day below the line takes."""


def _ticks(releases: Sequence[_Release], places: Sequence[int]) -> Iterator[Tick]:
    """The days of some releases, as many as have room."""
    free = 0
    for release, x in zip(releases, places, strict=True):
        if release.day is not None and x >= free:
            free = x + _LABEL
            yield Tick(x=max(x, EDGE + 4), label=release.day.isoformat())


def _title(release: _Release) -> str:
    words = {"p": "works", "f": "fails", "u": "could not be told"}
    if release.letter not in words:
        return "releases of which this report does not tell"
    day = f" ({release.day.isoformat()})" if release.day else ""
    return f"{release.version}{day}: {words[release.letter]}"


def _summary(drift: Drift) -> str:
    holes = f", holes {', '.join(drift.holes)}" if drift.holes else ""
    return (
        f"Releases of {drift.distribution}: last good {drift.last_good}, first bad"
        f" {drift.first_bad}{holes}"
    )
