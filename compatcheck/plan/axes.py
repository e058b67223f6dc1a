"""Which releases of a distribution are candidates, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Literal

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from compatcheck.config.settings import Settings
from compatcheck.errors import Problem
from compatcheck.model import (
    Axis,
    AxisRequest,
    Interpreter,
    LeftOut,
    Project,
    Release,
    Select,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An axis, and the releases that only `--select` keeps off it."""

    axis: Axis
    spare: tuple[Release, ...]
    """Ascending by version."""


def choose_candidates(
    request: AxisRequest,
    project: Project | None,
    settings: Settings,
    interpreters: Sequence[Interpreter],
) -> Chosen | Problem:
    """The candidates of one axis, or what is wrong with it."""
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
    axis = Axis(
        distribution=name,
        extras=request.extras,
        candidates=tuple(taken),
        left_out=tuple(left_out),
    )
    return Chosen(axis=axis, spare=tuple(r for r in fit if r not in taken))


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


def untimed(
    axes: Iterable[Axis], as_of: datetime | Literal["release"] | None
) -> Iterator[Problem]:
    """What is wrong with asking for the past where an index tells no times."""
    if as_of is None:
        return
    for axis in axes:
        timeless = [r.version for r in axis.candidates if r.upload_time is None]
        if timeless:
            yield Problem(
                place="--as-of",
                message="no index tells when the files of"
                f" {axis.distribution} {timeless[0]} came out",
                mend="leave --as-of out, or use an index that tells upload times",
            )
