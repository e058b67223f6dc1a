"""A cell's lock: contradicted by metadata alone, remembered, or from the resolver."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from compatcheck.ask.classes import release_class
from compatcheck.ask.keys import resolve_key
from compatcheck.ask.pages import Pages
from compatcheck.ask.renewals import Renewals
from compatcheck.ask.solves import Question, Solves
from compatcheck.contract.requires import direct_conflict, read_requirement
from compatcheck.model import (
    Cell,
    Locked,
    Pin,
    Release,
    Unknown,
    Unsolvable,
    WheelContents,
)
from compatcheck.observations import ObservationStore
from compatcheck.resolve import ResolveRequest, UvResolver


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveTerms:
    """What is asked of the resolver for every cell, beside its pins."""

    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    overrides: tuple[str, ...]
    pre_releases: bool
    allow_builds: bool
    index: str
    """A digest of where is looked, and of what lies there if that is near."""
    shims: tuple[str, ...] = ()
    """What cells with shims have for the shim's sake."""
    local: frozenset[str] = frozenset()
    """Axes of which a release has a local version, which `==` without one admits too:
    what a pin leads to then hangs on more than the pin."""


def contradiction(
    cell: Cell,
    releases: Sequence[Release],
    contents: Mapping[str, WheelContents],
    terms: ResolveTerms,
) -> Unsolvable | Unknown | None:
    """What the metadata of the pins alone decides; None where it decides nothing.

    `contents` holds the pins whose wheels this interpreter could be given.
    """
    overridden = {_name(line) for line in terms.overrides}
    demanded = {name: _without(it, overridden) for name, it in contents.items()}
    conflict = direct_conflict(cell.pins, demanded, cell.interpreter.markers)
    conflict = conflict or next(_unknown_extras(cell, contents), None)
    if conflict is not None:
        return Unsolvable(reason=conflict)
    lacking = [r for r in releases if r.distribution not in contents]
    if lacking and not terms.allow_builds:
        return _no_wheel(cell, lacking[0])
    return None


def _without(
    contents: WheelContents, overridden: Collection[str | None]
) -> WheelContents:
    """The wheel's metadata without what an override puts out of force."""
    if not overridden:
        return contents
    kept = [r for r in contents.requires_dist if _name(r) not in overridden]
    return replace(contents, requires_dist=tuple(kept))


class Locks:
    """Locks cells. Safe to call from several threads at once."""

    def __init__(
        self,
        resolver: UvResolver,
        store: ObservationStore,
        terms: ResolveTerms,
        pages: Pages,
        renewals: Renewals,
    ) -> None:
        """Resolve on these terms; the rest is as for `Solves`."""
        self._resolver = resolver
        self._solves = Solves(resolver, store, pages, renewals)
        self._terms = terms
        self._known: dict[tuple[object, ...], tuple[object, str | None]] = {}
        """The class of each pin, with what it was read from, so that this stays."""
        self._spoken_of = cache(_names)
        self.forgotten = 0
        """How often a lock was forgotten: those that were lent before may be it."""

    def lock(
        self,
        cell: Cell,
        releases: Sequence[Release],
        contents: Mapping[str, WheelContents],
    ) -> Locked | Unsolvable | Unknown:
        """The lock; or the contradiction, or why neither can be told.

        `releases` are those of the pins, in their order; `contents` holds the pins
        whose wheels this interpreter could be given.
        """
        known = contradiction(cell, releases, contents, self._terms)
        if known is not None:
            return known
        question = self._question(cell, releases, contents)
        return _held(cell, self._solves.resolve(question))

    def at_hand(
        self,
        cell: Cell,
        releases: Sequence[Release],
        contents: Mapping[str, WheelContents],
    ) -> Locked | Unsolvable | Unknown | None:
        """As `lock`, where that is known; else None, and nothing is resolved."""
        known = contradiction(cell, releases, contents, self._terms)
        if known is not None:
            return known
        held = self._solves.at_hand(self._question(cell, releases, contents))
        return None if held is None else _held(cell, held)

    def forget(self, cell: Cell) -> None:
        """Resolve the cell for real next time: its lock could not be installed."""
        self.forgotten += 1
        self._solves.forget(self._key(self._request(cell)))

    def _key(self, request: ResolveRequest) -> str:
        return resolve_key(request, self._terms.index, self._resolver.version)

    def _request(self, cell: Cell) -> ResolveRequest:
        return ResolveRequest(
            requirements=(*map(str, cell.pins), *self._further(cell)),
            constraints=(*self._terms.constraints, *cell.constraints),
            overrides=self._overrides(cell),
            interpreter=cell.interpreter,
            resolution=cell.resolution,
            as_of=cell.as_of,
            pre_releases=self._terms.pre_releases,
            allow_builds=self._terms.allow_builds,
        )

    def _further(self, cell: Cell) -> tuple[str, ...]:
        """What it has besides its pins."""
        ours = (*self._terms.requirements, *(self._terms.shims * cell.shims))
        return (*ours, *cell.requirements)

    def _overrides(self, cell: Cell) -> tuple[str, ...]:
        """The overrides, but that of an axis holds its pin.

        An override replaces whatever anybody requires, and the pin is required by us:
        what others say of that distribution goes, the choice of the cell stays.
        """
        if not self._terms.overrides:
            return ()
        pinned = {pin.distribution: str(pin) for pin in cell.pins}
        named = [(_name(line), line) for line in self._terms.overrides]
        return tuple(dict.fromkeys(pinned.get(n or "", line) for n, line in named))

    def _question(
        self,
        cell: Cell,
        releases: Sequence[Release],
        contents: Mapping[str, WheelContents],
    ) -> Question:
        request = self._request(cell)
        classes = self._classes(cell, releases, contents)
        shared = None
        if classes is not None:
            asked = (*classes, *self._further(cell))
            shared = self._key(replace(request, requirements=asked))
        return Question(
            cell=cell,
            releases=tuple(releases),
            request=request,
            key=self._key(request),
            class_key=shared,
        )

    def _classes(
        self,
        cell: Cell,
        releases: Sequence[Release],
        contents: Mapping[str, WheelContents],
    ) -> list[str] | None:
        """The class of each pin; None where one is in none, or else is spoken of."""
        pins, terms = {pin.distribution for pin in cell.pins}, self._terms
        names = self._spoken_of(
            (*self._further(cell), *terms.constraints, *terms.overrides),
            cell.constraints,
        )
        if None in names or pins & (names | terms.local) or pins - set(contents):
            return None
        classes = [
            self._class(pin, release, contents[pin.distribution], cell.as_of)
            for pin, release in zip(cell.pins, releases, strict=True)
        ]
        found = [it for it in classes if it is not None]
        return found if len(found) == len(classes) else None

    def _class(
        self,
        pin: Pin,
        release: Release,
        contents: WheelContents,
        as_of: datetime | None,
    ) -> str | None:
        # By what was read, too: two interpreters may be given different wheels.
        key = pin, id(contents), as_of
        if key not in self._known:
            known = contents, release_class(pin, release, contents, as_of)
            self._known[key] = known
        return self._known[key][1]


def _names(*lines: tuple[str, ...]) -> frozenset[str | None]:
    """What requirements are about; None among them where one cannot be read."""
    return frozenset(_name(line) for some in lines for line in some)


def _unknown_extras(cell: Cell, contents: Mapping[str, WheelContents]) -> Iterator[str]:
    """Extras that a pin's metadata does not know: a resolver would pass over them."""
    for pin in cell.pins:
        if pin.distribution not in contents:
            continue
        known = contents[pin.distribution].provides_extra
        for extra in sorted(set(pin.extras).difference(known)):
            yield f"{pin.distribution} {pin.version} has no extra {extra!r}"


def _held(
    cell: Cell, resolved: Locked | Unsolvable | Unknown
) -> Locked | Unsolvable | Unknown:
    """Refuse a lock that is not about the cell: its answer would be another's."""
    if not isinstance(resolved, Locked):
        return resolved
    locked = {it.distribution: it.version for it in resolved.packages}
    for pin in cell.pins:
        if locked.get(pin.distribution) != pin.version:
            got = locked.get(pin.distribution, "nothing")
            return Unknown(reason=f"the resolver took {got} where {pin} was asked for")
    return resolved


def _name(line: str) -> str | None:
    requirement = read_requirement(line)
    return None if requirement is None else canonicalize_name(requirement.name)


def _no_wheel(cell: Cell, release: Release) -> Unsolvable | Unknown:
    python = {file.requires_python for file in release.files}
    told = f"{release.distribution} {release.version}"
    if len(python) == 1 and (text := python.pop()):
        conflict = _refused(text, cell.interpreter.version)
        if conflict:
            return Unsolvable(reason=f"{told} requires Python {text}")
    where = f"{cell.interpreter.implementation} {cell.interpreter.minor}"
    return Unknown(
        reason=f"{told} has no wheel for {where} here; a build would be needed"
        " (--allow-builds)"
    )


def _refused(requires_python: str, version: str) -> bool:
    try:
        return not SpecifierSet(requires_python).contains(version, prereleases=True)
    except InvalidSpecifier:
        return False
