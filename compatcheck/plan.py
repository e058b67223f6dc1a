"""Settings and what the index tells, in; axes and cells, out. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, product
from typing import Literal

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from compatcheck.config.settings import Settings
from compatcheck.errors import Problem, UsageError
from compatcheck.model import (
    Axis,
    AxisRequest,
    Cell,
    Interpreter,
    LeftOut,
    Pin,
    Project,
    Release,
    Select,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be asked."""

    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]

    def release(self, pin: Pin) -> Release:
        """The release that a pin of this plan chose. Raises `KeyError` for another."""
        for axis in self.axes:
            for release in axis.candidates:
                if (release.distribution, release.version) == (
                    pin.distribution,
                    pin.version,
                ):
                    return release
        raise KeyError(str(pin))


def make_plan(
    settings: Settings,
    projects: Mapping[str, Project | None],
    interpreters: Sequence[Interpreter],
) -> Plan:
    """Choose the candidates of every axis and multiply them out.

    Raises `UsageError` with every axis that cannot be had as asked.
    """
    problems: list[Problem] = []
    axes = []
    for request in settings.axes:
        match _axis(request, projects[request.distribution], settings, interpreters):
            case Axis() as axis:
                axes.append(axis)
            case problem:
                problems.append(problem)
    problems += _untimed(axes, settings.as_of)
    if problems:
        raise UsageError(*problems)
    return Plan(axes=tuple(axes), cells=tuple(_cells(settings, axes, interpreters)))


def _axis(
    request: AxisRequest,
    project: Project | None,
    settings: Settings,
    interpreters: Sequence[Interpreter],
) -> Axis | Problem:
    name = request.distribution
    if project is None:
        return Problem(
            place=request.place,
            message=f"no configured index has a distribution {name!r}",
            mend="check its spelling, or name the index that has it (UV_INDEX)",
        )
    asked = [r for r in project.releases if _asked_for(r, request.specifier)]
    reasons = {r.version: _unfit(r, request, settings, interpreters) for r in asked}
    fit = [r for r in asked if reasons[r.version] is None]
    select = settings.select_for.get(name, settings.select)
    taken = list(_selected(fit, select))
    if not taken:
        return _nothing(request, project, reasons)
    left_out = [
        LeftOut(version=r.version, reason=reasons[r.version] or f"--select {select}")
        for r in asked
        if r not in taken
    ]
    return Axis(
        distribution=name,
        extras=request.extras,
        candidates=tuple(taken),
        left_out=tuple(left_out),
    )


def _asked_for(release: Release, specifier: SpecifierSet) -> bool:
    return bool(release.files) and specifier.contains(release.version, prereleases=True)


def _unfit(
    release: Release,
    request: AxisRequest,
    settings: Settings,
    interpreters: Sequence[Interpreter],
) -> str | None:
    """Why a release that was asked for is no candidate; None when it is one."""
    if release.yanked and not settings.yanked:
        return "yanked"
    explicit = request.specifier.prereleases is True
    if release.version.is_prerelease and not (settings.pre_releases or explicit):
        return "pre-release"
    python = _requires_python(release)
    pythons = [interpreter.version for interpreter in interpreters]
    if (
        python
        and pythons
        and not any(python.contains(it, prereleases=True) for it in pythons)
    ):
        return f"requires Python {python}"
    if isinstance(settings.as_of, datetime):
        published = release.upload_time
        if published is not None and published >= settings.as_of:
            return f"published after {settings.as_of.astimezone(UTC):%Y-%m-%d %H:%M}Z"
    return None


def _requires_python(release: Release) -> SpecifierSet | None:
    """The release's Requires-Python, if its files agree on one that can be read."""
    stated = {file.requires_python for file in release.files}
    if len(stated) != 1 or not (text := stated.pop()):
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


def _selected(fit: Sequence[Release], select: Select) -> Iterator[Release]:
    match select.rule:
        case "all":
            yield from fit
        case "latest":
            yield from fit[-(select.count or 1) :]
        case "minor":
            for _, patches in groupby(fit, key=lambda r: _minor(r.version)):
                yield list(patches)[-1]


def _minor(version: Version) -> tuple[int, int, int]:
    return version.epoch, version.major, version.minor


def _nothing(
    request: AxisRequest, project: Project, reasons: Mapping[Version, str | None]
) -> Problem:
    wanted = f"{request.distribution}{request.specifier}"
    if reasons:
        told = sorted({reason for reason in reasons.values() if reason})
        return Problem(
            place=request.place,
            message=f"every release that {wanted!r} admits is left out"
            f" ({', '.join(told)})",
            mend=_mend(told),
        )
    versions = [str(release.version) for release in project.releases]
    there = f"{versions[0]} … {versions[-1]}" if versions else "no release at all"
    return Problem(
        place=request.place,
        message=f"no release matches {wanted!r}",
        mend=f"the index has {there}",
    )


def _mend(reasons: Iterable[str]) -> str:
    """What to ask for instead, by the reasons why nothing is left."""
    options = {
        "pre-release": "--pre-releases",
        "yanked": "--yanked",
        "requires": "another --python",
        "published": "a later --as-of",
    }
    words = {reason.split(" ")[0] for reason in reasons}
    ways = [option for word, option in options.items() if word in words]
    return f"ask for other releases, or take these with {' and '.join(ways)}"


def _untimed(
    axes: Iterable[Axis], as_of: datetime | Literal["release"] | None
) -> Iterator[Problem]:
    if as_of is None:
        return
    for axis in axes:
        untimed = [r.version for r in axis.candidates if r.upload_time is None]
        if untimed:
            yield Problem(
                place="--as-of",
                message="no index tells when the files of"
                f" {axis.distribution} {untimed[0]} came out",
                mend="leave --as-of out, or use an index that tells upload times",
            )


def _cells(
    settings: Settings, axes: Sequence[Axis], interpreters: Sequence[Interpreter]
) -> Iterator[Cell]:
    for interpreter, resolution in product(interpreters, settings.resolutions):
        for chosen in product(*(axis.candidates for axis in axes)):
            yield Cell(
                pins=tuple(
                    Pin(
                        distribution=axis.distribution,
                        version=release.version,
                        extras=axis.extras,
                    )
                    for axis, release in zip(axes, chosen, strict=True)
                ),
                interpreter=interpreter,
                resolution=resolution,
                as_of=_instant(settings.as_of, chosen),
            )


def _instant(
    as_of: datetime | Literal["release"] | None, chosen: Sequence[Release]
) -> datetime | None:
    if as_of != "release":
        return as_of
    latest = max(r.upload_time for r in chosen if r.upload_time is not None)
    # uv takes only files from *before* the instant, and indexes tell fractions of a
    # second: the next whole second is the first instant that has them all.
    return latest.replace(microsecond=0) + timedelta(seconds=1)
