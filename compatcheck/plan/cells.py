"""Settings and what the index tells, in; axes and cells, out. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Literal

from compatcheck.config.settings import Settings
from compatcheck.errors import Problem, UsageError
from compatcheck.model import Axis, Cell, Interpreter, Pin, Project, Release, Resolution
from compatcheck.plan.axes import Chosen, choose_candidates, untimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be asked."""

    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    spare: Mapping[str, tuple[Release, ...]] = field(default_factory=dict)
    """By distribution, the releases that only `--select` keeps off its axis."""
    as_of: datetime | Literal["release"] | None = None
    """As the settings have it."""

    def release(self, pin: Pin) -> Release:
        """The release that a pin chose, or may choose. Raises `KeyError` for others."""
        for axis in self.axes:
            for release in (*axis.candidates, *self.spare.get(axis.distribution, ())):
                if (release.distribution, release.version) == (
                    pin.distribution,
                    pin.version,
                ):
                    return release
        raise KeyError(str(pin))

    def cell(
        self,
        releases: Sequence[Release],
        interpreter: Interpreter,
        resolution: Resolution,
    ) -> Cell:
        """The cell of these releases, one for each axis in its order."""
        return Cell(
            pins=tuple(
                Pin(
                    distribution=axis.distribution,
                    version=release.version,
                    extras=axis.extras,
                )
                for axis, release in zip(self.axes, releases, strict=True)
            ),
            interpreter=interpreter,
            resolution=resolution,
            as_of=released(releases) if self.as_of == "release" else self.as_of,
        )


def make_plan(
    settings: Settings,
    projects: Mapping[str, Project | None],
    interpreters: Sequence[Interpreter],
) -> Plan:
    """Choose the candidates of every axis and multiply them out.

    Raises `UsageError` with every axis that cannot be had as asked.
    """
    problems: list[Problem] = []
    axes: list[Axis] = []
    spare = {}
    for request in settings.axes:
        project = projects[request.distribution]
        match choose_candidates(request, project, settings, interpreters):
            case Chosen() as chosen:
                axes.append(chosen.axis)
                spare[request.distribution] = chosen.spare
            case Problem() as problem:
                problems.append(problem)
    problems += untimed(axes, settings.as_of)
    if problems:
        raise UsageError(*problems)
    empty = Plan(axes=tuple(axes), cells=(), spare=spare, as_of=settings.as_of)
    return replace(empty, cells=tuple(_cells(empty, settings, interpreters)))


def _cells(
    plan: Plan, settings: Settings, interpreters: Sequence[Interpreter]
) -> Iterator[Cell]:
    for interpreter, resolution in product(interpreters, settings.resolutions):
        for releases in product(*(axis.candidates for axis in plan.axes)):
            yield plan.cell(releases, interpreter, resolution)


def released(releases: Sequence[Release]) -> datetime | None:
    """The instant at which the last of them was out; None where an index hides it.

    uv takes only files from *before* the instant, and indexes tell fractions of a
    second: the next whole second is the first instant that has them all.
    """
    times = [release.upload_time for release in releases]
    known = [time for time in times if time is not None]
    if len(known) < len(times):
        return None
    return max(known).replace(microsecond=0) + timedelta(seconds=1)
