"""Classes of releases that a resolver cannot tell apart but by their version.

Two cells that differ only by such releases are resolved once: the other one's lock is
the same with its own pins put in. That is sound because the resolver would do there,
step for step, what it did here. All that it looks at is

- what the pins' metadata and files say but for version, place and hash: equal by
  `release_class`, down to the tags of each wheel, so that of the release put in it
  would read and list the wheels of those tags that it read and listed here;
- what others demand of the pins: every such demand that it met on its way, those of
  releases included that it dropped, treats the versions alike (`resolve.course`).
  Looking at the packages of the finished lock alone would not do: the newest `x` may
  require `b>=2`, so that `b 1.0` gets an older one, of which nothing points to `b`;
- what there is of all other distributions, which is the same index.

Whatever cannot be shown so is resolved for real.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from packaging.requirements import Requirement
from packaging.utils import (
    InvalidWheelFilename,
    canonicalize_name,
    parse_wheel_filename,
)

from compatcheck.ask.keys import digest
from compatcheck.contract.requires import read_requirement
from compatcheck.errors import ResolverFault
from compatcheck.model import (
    Cell,
    Locked,
    LockedPackage,
    Pin,
    Release,
    ReleaseFile,
    WheelContents,
)
from compatcheck.resolve import Solved, is_indifferent, lock_release
from compatcheck.surface.choose import choose_wheel

_HASH: Final = "sha256"
_EXTRA: Final = re.compile(r'(?:^|\band )\(?extra == "([^"]*)"')
"""How packaging writes it, whichever way round it stood."""
Demands = Mapping[str, tuple[str, ...]]
"""Pinned distribution to what others demanded of it, in the resolver's words."""
Image = Callable[[LockedPackage, Release], LockedPackage | None]
"""Makes a release's entry in a lock like that of another one, if it can."""


def release_class(
    pin: Pin, release: Release, contents: WheelContents, as_of: datetime | None
) -> str | None:
    """A digest of all that a resolver sees of a release, but for which one it is.

    None for a release that is like no other: one of which a file is yanked, has no
    SHA-256, lies in several places or cannot be told from its neighbour, or whose wheel
    names another version.
    """
    shapes = [_shape(file, as_of) for file in release.files]
    version = release.version
    same = contents.version == version and contents.distribution == pin.distribution
    if None in shapes or version.local or not same or _wheels_by_tags(release) is None:
        return None
    return digest(
        {
            "distribution": pin.distribution,
            "extras": sorted(pin.extras),
            # In their order, in which a resolver comes to them.
            "requires": _in_force(contents, pin.extras),
            "python": contents.requires_python,
            "preliminary": version.is_prerelease,
            "files": sorted(map(repr, shapes)),
        }
    )


def _in_force(contents: WheelContents, extras: Iterable[str]) -> list[str]:
    """Its requirements without those that only extras bring which nobody asked for.

    Whoever else asks for an extra of a pin is not `is_indifferent`. A wheel that
    requires itself may ask for any of its own: then all its requirements count.
    """
    told = [(line, read_requirement(line)) for line in contents.requires_dist]
    names = {canonicalize_name(it.name) for _, it in told if it is not None}
    if contents.distribution in names:
        return [*contents.requires_dist]
    return [line for line, it in told if it is None or _needed(it) <= {*extras}]


def _needed(requirement: Requirement) -> set[str]:
    """The extras without which a requirement is certainly not in force."""
    marker = str(requirement.marker or "")
    if " or " in marker:
        return set()
    return {canonicalize_name(extra) for extra in _EXTRA.findall(marker)}


def demands_on(
    cell: Cell, releases: Sequence[Release], solved: Solved
) -> Demands | None:
    """What was demanded of a cell's pins, where its lock may serve others of its class.

    None where the course is not known or went by another wheel of a pin than the one
    that we read, or where the lock's entry of a pin is not what the index tells of its
    release, so that no other one could be made in its image.
    """
    course = solved.course
    if course is None:
        return None
    entries = {package.distribution: package for package in solved.lock.packages}
    for release in releases:
        name, wheel = release.distribution, choose_wheel(release, cell.interpreter)
        if wheel is None or course.taken.get(name) != (wheel.filename,):
            return None
        if name not in entries or not _tells(release, entries[name]):
            return None
    return {it.distribution: course.demands.get(it.distribution, ()) for it in releases}


class Lender:
    """A lock that serves others of its class, with their pins put in.

    Dozens of cells have the same pin: what stands for it is worked out once. Safe to
    call from several threads.
    """

    def __init__(self, lock: Locked, demands: Demands, image: Image) -> None:
        """Lend that lock, on whose way there were these demands on its pins."""
        self._packages = {package.distribution: package for package in lock.packages}
        self._demands = demands
        self._image = image
        self._known: dict[tuple[int, Pin], tuple[Release, LockedPackage | None]] = {}

    def lend(self, cell: Cell, releases: Sequence[Release]) -> Locked | None:
        """The lock of another cell of the class.

        None where a demand may treat a pin otherwise than what it stands in for.
        """
        packages = dict(self._packages)
        for pin, release in zip(cell.pins, releases, strict=True):
            entry = self._entry(pin, release)
            if entry is None:
                return None
            packages[pin.distribution] = entry
        return Locked(packages=tuple(packages.values()))

    def _entry(self, pin: Pin, release: Release) -> LockedPackage | None:
        key = id(release), pin
        if key not in self._known:
            # The release is held, so that no other one can have its identity.
            self._known[key] = release, self._put_in(pin, release)
        return self._known[key][1]

    def _put_in(self, pin: Pin, release: Release) -> LockedPackage | None:
        entry = self._packages.get(pin.distribution)
        if entry is None or not all(
            is_indifferent(demand, pin.extras, entry.version, pin.version)
            for demand in self._demands[pin.distribution]
        ):
            return None
        return entry if entry.version == pin.version else self._image(entry, release)


def in_the_image_of(entry: LockedPackage, release: Release) -> LockedPackage | None:
    """The entry of another release: its wheels of the same tags; None if one lacks."""
    wheels = _wheels_by_tags(release)
    found = [wheels and wheels.get(_tags(name) or "") for name in entry.files]
    alike = tuple(file for file in found if file)
    if len(alike) < len(found):
        return None
    try:
        return lock_release(release, alike)
    except ResolverFault:
        return None


def _tells(release: Release, entry: LockedPackage) -> bool:
    """Whether the index tells the same of a release as the lock has of it."""
    told = {file.filename: file for file in release.wheels}
    if not entry.files or any(name not in told for name in entry.files):
        return False
    hashes = sorted(f"{_HASH}:{told[name].sha256}" for name in entry.files)
    timed = all(told[name].upload_time is not None for name in entry.files)
    return (tuple(hashes), timed) == (entry.hashes, entry.timed)


def _wheels_by_tags(release: Release) -> Mapping[str, ReleaseFile] | None:
    """The wheels of a release by what tells them apart; None where it does not."""
    tags = [_tags(file.filename) for file in release.wheels]
    if None in tags or any(count > 1 for count in Counter(tags).values()):
        return None
    found = zip(tags, release.wheels, strict=True)
    return {tag: file for tag, file in found if tag is not None}


def _shape(file: ReleaseFile, as_of: datetime | None) -> tuple[object, ...] | None:
    """What a resolver sees of a file, but for its release; None where it stands alone.

    Where it lies is part of it: of several indexes, not each counts alike.
    """
    known = set(file.hashes) == {_HASH}
    tags = "sdist" if file.kind == "sdist" else _tags(file.filename)
    if file.yanked is not None or not known or tags is None or file.places > 1:
        return None
    place = urlsplit(file.url)
    time = file.upload_time
    out = as_of is None or (time is not None and time < as_of)
    requires = file.requires_python
    return tags, place.scheme, place.netloc, requires, time is not None, out


def _tags(filename: str) -> str | None:
    """Build number and tags of a wheel, equal for equal ones; None for no wheel."""
    try:
        _, _, build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return None
    return f"{build} {sorted(map(str, tags))}"
