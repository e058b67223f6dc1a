"""The history of what a text says is missing: which releases have it.

A text does not say which distribution a module is of. What it says was installed,
what is installed here, what the reader names, counts; a namesake, or what a profile
knows, only if one of its releases has what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from compatcheck.diagnosis.bench import Bench
from compatcheck.diagnosis.telling import Telling, top_of
from compatcheck.diagnosis.wanted import Wanted
from compatcheck.model import Release
from compatcheck.surface.timeline import Point, Span, sentence, spans

_NAME: Final = r"[A-Za-z0-9](?:[\w.-]{0,100}[A-Za-z0-9])?"
_VERSION: Final = r"\d[\w.+!]{0,60}"
# pip's own words, uv's list of changes, and the lines of `pip freeze`.
_INSTALLED: Final = re.compile(r"^Successfully installed (?P<all>.+)$", re.MULTILINE)
_EACH: Final = re.compile(rf"(?P<name>{_NAME}?)-(?P<version>{_VERSION})$")
_LISTED: Final = re.compile(
    rf"^ {{0,3}}(?:\+ )?(?P<name>{_NAME})==(?P<version>{_VERSION})\s*$", re.MULTILINE
)
_MOST_CONSUMERS: Final = 6
"""Distributions of a text of which it is looked up whether it is they that ask."""
_MOST_READ: Final = 200
"""Releases whose wheels are looked into."""
VERSIONS: Final = frozenset(
    {
        *("api-removed", "release-hole", "lower-bound-too-low"),
        *("user-code-other-version", "constraint-violated"),
    }
)
"""The causes that lie in a release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """A distribution that may have what is missing."""

    name: str
    version: Version | None
    """The release that was there, where that is told."""
    known: str
    """How that is known; empty where it is only guessed by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A requirement of whoever asks, held against the release that was there."""

    words: str
    """`press 1.0 requires orchard>=1, which lets orchard 1.1 in`."""
    admits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What the releases of a distribution tell of what is missing."""

    whose: Whose
    asked: Wanted
    spans: tuple[Span, ...]
    declared: Declared | None = None
    """What whoever asks declares of it, where the text tells its release."""

    @property
    def having(self) -> tuple[Version, ...]:
        """The releases that have it, ascending."""
        return tuple(self._told(there=True))

    @property
    def lacking(self) -> tuple[Version, ...]:
        """The releases that do not, ascending."""
        return tuple(self._told(there=False))

    def _told(self, *, there: bool) -> Iterator[Version]:
        for span in self.spans:
            if span.there is there:
                yield from (point.version for point in span.points)

    @property
    def acquits(self) -> bool:
        """Whether no release can be at fault: the one that was there has it, or all."""
        if self.whose.version is not None:
            return self.whose.version in self.having
        return bool(self.having) and all(span.there for span in self.spans)

    @property
    def line(self) -> str:
        """The history in one sentence, with how the distribution is known."""
        told = sentence(f"`{self.asked}`", self.spans)
        name, version = self.whose.name, self.whose.version
        there = f" ({name} {version}: {self.whose.known})" if version else ""
        guessed = "" if self.whose.known else f", if it is {name} that is meant"
        return f"of {name}, {told}{there}{guessed}"

    def rule(self, telling: Telling) -> str | None:
        """The cause, where the release that was there lacks what others have."""
        own = self.whose.version
        if own is None or own not in self.lacking or not self.having:
            return None
        if telling.is_users:
            return "user-code-other-version"
        if self.declared is not None and not self.declared.admits:
            return "constraint-violated"
        older = any(it < own for it in self.having)
        newer = any(it > own for it in self.having)
        if older:
            return "release-hole" if newer else "api-removed"
        return "lower-bound-too-low"

    @property
    def mends(self) -> tuple[str, ...]:
        """The nearest releases that have it, in words."""
        own = self.whose.version
        older = [it for it in self.having if own is None or it < own]
        newer = [it for it in self.having if own is not None and it > own]
        near = (*older[-1:], *newer[:1])
        return tuple(f"{self.whose.name} {it} has it" for it in near)


def recall(
    telling: Telling,
    known: Iterable[Whose],
    guessed: Iterable[str],
    versions: Mapping[str, Version],
    bench: Bench,
) -> Recalled | None:
    """The history of what is missing; None where it is not told whose it is.

    `versions` are those that the text says were installed.
    """
    asked = telling.wanted
    if asked is None or not _is_of_a_release(asked):
        return None
    for whose in known:
        if asked.top in bench.roots(whose.name):
            found = _read(whose, asked, bench)
            declared = _declared(telling, whose, versions, bench)
            return replace(found, declared=declared) if found else None
    for name in dict.fromkeys(map(canonicalize_name, guessed)):
        if asked.top in bench.roots(name):
            whose = Whose(name=name, version=None, known="")
            found = _read(whose, asked, bench)
            if found is not None and found.having:
                return found
    return None


def _declared(
    telling: Telling, whose: Whose, versions: Mapping[str, Version], bench: Bench
) -> Declared | None:
    """What the consumer's release requires of the provider; None where untold."""
    top = telling.importer_top
    if top is None or whose.version is None or bench.shelf is None:
        return None
    alike = sorted(versions, key=lambda it: (top not in it.replace("-", "_"), it))
    for name in alike[:_MOST_CONSUMERS]:
        release = _release(name, versions[name], bench)
        wheel = bench.wheel(release) if release else None
        wheel = wheel or (next(iter(release.wheels), None) if release else None)
        if wheel is None or top not in bench.shelf.presence.roots(wheel):
            continue
        lines = bench.shelf.presence.requires(wheel)
        return _held(f"{name} {versions[name]}", lines, whose)
    return None


def _release(name: str, version: Version, bench: Bench) -> Release | None:
    found = bench.readable(name)[0]
    return next((it for it in found if it.version == version), None)


def _held(consumer: str, lines: Iterable[str], whose: Whose) -> Declared | None:
    for line in lines:
        try:
            needed = Requirement(line)
        except InvalidRequirement:
            continue
        if canonicalize_name(needed.name) != whose.name or needed.marker is not None:
            continue
        assert whose.version is not None  # noqa: S101 - for the types: it was asked
        admits = needed.specifier.contains(whose.version, prereleases=True)
        which = "lets" if admits else "does not let"
        words = f"{consumer} requires {needed}, which {which} {whose.version} in"
        return Declared(words=words, admits=admits)
    return None


def _is_of_a_release(asked: Wanted) -> bool:
    """Whether a release could lack it: part of something that is there."""
    if asked.partial or f"{asked}" == asked.top:
        return False
    return asked.path is None or top_of(asked.path) == asked.top


def _read(whose: Whose, asked: Wanted, bench: Bench) -> Recalled | None:
    releases = _few(bench.readable(whose.name)[0])
    told = bench.have(releases, asked.module, asked.name)
    points: Sequence[Point] = [
        Point(version=release.version, told=one, came_out=release.upload_time)
        for release, one in zip(releases, told, strict=True)
    ]
    return Recalled(whose=whose, asked=asked, spans=spans(points)) if points else None


def _few(releases: Sequence[Release]) -> Sequence[Release]:
    """All of them; of very many the newest of each minor release, the last of these."""
    if len(releases) <= _MOST_READ:
        return releases
    minors = {it.version.release[:2]: it for it in releases}
    return [*minors.values()][-_MOST_READ:]


def logged(text: str) -> Mapping[str, Version]:
    """The distributions that a text says were installed, the last word on each."""
    found: dict[str, str] = {}
    for line in _INSTALLED.finditer(text):
        for word in line["all"].split():
            if each := _EACH.match(word):
                found[canonicalize_name(each["name"])] = each["version"]
    for line in _LISTED.finditer(text):
        found[canonicalize_name(line["name"])] = line["version"]
    return {name: it for name, text in found.items() if (it := _version(text))}


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
