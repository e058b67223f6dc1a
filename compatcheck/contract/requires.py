"""What a wheel's metadata says of other distributions, in one marker environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from compatcheck.model import Pin, WheelContents


def requires(
    consumer: WheelContents,
    provider: str,
    markers: Mapping[str, str],
    extras: Iterable[str] = (),
) -> tuple[Requirement, ...]:
    """List the consumer's Requires-Dist that name the provider and apply here.

    `markers` is the whole environment of PEP 508 markers; `extras` are those that the
    consumer is asked for with, and bring along those that it requires of itself.
    A line that cannot be read or decided says nothing and is left out.
    """
    wanted = canonicalize_name(provider)
    return tuple(
        requirement
        for requirement in _applying(consumer, markers, extras)
        if canonicalize_name(requirement.name) == wanted
    )


def direct_conflict(
    pins: Sequence[Pin],
    contents: Mapping[str, WheelContents],
    markers: Mapping[str, str],
) -> str | None:
    """Say why these pins contradict each other or this Python; None if they do not.

    The metadata of the pins alone decides, so a None proves nothing. The reason is
    the first in the order of the pins: `flask 2.2.2 requires werkzeug>=2.2.0`.
    """
    conflicts = (
        reason
        for pin in pins
        if (wheel := contents.get(pin.distribution)) is not None
        for reason in (
            *_python_conflict(pin, wheel, markers),
            *_unmet(pin, wheel, pins, markers),
        )
    )
    return next(conflicts, None)


def _unmet(
    pin: Pin, wheel: WheelContents, pins: Sequence[Pin], markers: Mapping[str, str]
) -> Iterator[str]:
    """Give the requirements of one pin that another pin's version does not meet."""
    chosen = {canonicalize_name(other.distribution): other.version for other in pins}
    for requirement in _applying(wheel, markers, pin.extras):
        name = canonicalize_name(requirement.name)
        version = chosen.get(name)
        if version is None or requirement.url is not None:
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            needed = f"{name}{requirement.specifier}"
            yield f"{pin.distribution} {pin.version} requires {needed}"


def _python_conflict(
    pin: Pin, wheel: WheelContents, markers: Mapping[str, str]
) -> Iterator[str]:
    """Say so where Requires-Python does not admit this Python.

    A pre-release of Python is taken for the release that it leads to.
    """
    admits = _admits(wheel.requires_python or "", markers["python_full_version"])
    if admits is False:
        admitted = SpecifierSet(wheel.requires_python or "")
        yield f"{pin.distribution} {pin.version} requires Python {admitted}"


@lru_cache(maxsize=1 << 10)
def _admits(requires_python: str, version: str) -> bool | None:
    """Whether a Python is admitted; None where that cannot be read."""
    try:
        full = Version(version.rstrip("+"))
        admitted = SpecifierSet(requires_python)
    except (InvalidSpecifier, InvalidVersion):
        return None
    return admitted.contains(full.base_version, prereleases=True)


def _applying(
    wheel: WheelContents, markers: Mapping[str, str], extras: Iterable[str]
) -> tuple[Requirement, ...]:
    """List the readable requirements whose markers hold with one of the extras."""
    return _applying_lines(
        wheel.distribution,
        tuple(wheel.requires_dist),
        tuple(sorted(markers.items())),
        tuple(extras),
    )


@lru_cache(maxsize=1 << 12)
def _applying_lines(
    distribution: str,
    lines: tuple[str, ...],
    markers: tuple[tuple[str, str], ...],
    extras: tuple[str, ...],
) -> tuple[Requirement, ...]:
    """As above. Remembered: every cell of a grid asks it of the same few wheels."""
    requirements = list(_readable(lines))
    environment = dict(markers)
    active = _with_own_extras(distribution, requirements, environment, extras)
    return tuple(it for it in requirements if _holds(it, environment, active))


def _with_own_extras(
    distribution: str,
    requirements: Sequence[Requirement],
    markers: Mapping[str, str],
    extras: Iterable[str],
) -> set[str]:
    """Add the extras that a wheel requires of itself (`all` = `pkg[a,b]`)."""
    active: set[str] = {canonicalize_name(extra) for extra in extras}
    own = [it for it in requirements if canonicalize_name(it.name) == distribution]
    while True:
        named = {
            canonicalize_name(extra)
            for requirement in own
            if _holds(requirement, markers, active)
            for extra in requirement.extras
        }
        if named <= active:
            return active
        active |= named


def _readable(lines: Iterable[str]) -> Iterator[Requirement]:
    for line in lines:
        requirement = read_requirement(line)
        if requirement is not None:
            yield requirement


@lru_cache(maxsize=1 << 14)
def read_requirement(line: str) -> Requirement | None:
    """A line of metadata or of the user's, to be looked at only; None if it is none.

    Remembered, as reading it is slow and every cell of a grid looks at the same ones.
    """
    try:
        return Requirement(line)
    except InvalidRequirement:
        return None


def _holds(
    requirement: Requirement, markers: Mapping[str, str], extras: Iterable[str]
) -> bool:
    marker = requirement.marker
    if marker is None:
        return True
    try:
        return any(
            marker.evaluate({**markers, "extra": extra}) for extra in ("", *extras)
        )
    except (UndefinedComparison, UndefinedEnvironmentName):
        return False
