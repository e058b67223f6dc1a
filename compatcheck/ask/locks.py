"""A cell's lock: contradicted by metadata alone, remembered, or from the resolver."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from compatcheck.ask.keys import resolve_key
from compatcheck.contract.requires import direct_conflict
from compatcheck.errors import StoreFault
from compatcheck.model import (
    Cell,
    Locked,
    Release,
    Unknown,
    Unsolvable,
    WheelContents,
)
from compatcheck.observations import ObservationStore
from compatcheck.resolve import ResolveRequest, UvResolver

_LIFE: Final = timedelta(minutes=10)
"""How long a lock counts as today's: as long as indexes commonly let their pages be
reused (`Cache-Control: max-age=600`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptLock:
    lock: Locked | None
    unsolvable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveTerms:
    """What is asked of the resolver for every cell, beside its pins."""

    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    overrides: tuple[str, ...]
    pre_releases: bool
    allow_builds: bool
    index: str
    """A digest of where is looked."""


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
        self, resolver: UvResolver, store: ObservationStore, terms: ResolveTerms
    ) -> None:
        """Resolve on these terms and remember in that store."""
        self._resolver = resolver
        self._store = store
        self._terms = terms

    def lock(
        self,
        cell: Cell,
        releases: Sequence[Release],
        contents: Mapping[str, WheelContents],
    ) -> Locked | Unsolvable | Unknown:
        """The lock; or the contradiction, or why neither can be told.

        `contents` holds the pins whose wheels this interpreter could be given.
        """
        known = contradiction(cell, releases, contents, self._terms)
        return known or _held(cell, self._resolve(self._request(cell)))

    def forget(self, cell: Cell) -> None:
        """Resolve the cell anew next time: its lock could not be installed."""
        key = resolve_key(self._request(cell), self._terms.index)
        with contextlib.suppress(StoreFault):
            self._store.drop("locks", key)

    def _request(self, cell: Cell) -> ResolveRequest:
        return ResolveRequest(
            requirements=(*map(str, cell.pins), *self._terms.requirements),
            constraints=(*self._terms.constraints, *cell.constraints),
            overrides=self._overrides(cell),
            interpreter=cell.interpreter,
            resolution=cell.resolution,
            as_of=cell.as_of,
            pre_releases=self._terms.pre_releases,
            allow_builds=self._terms.allow_builds,
        )

    def _overrides(self, cell: Cell) -> tuple[str, ...]:
        """The overrides, but that of an axis holds its pin.

        An override replaces whatever anybody requires, and the pin is required by us:
        what others say of that distribution goes, the choice of the cell stays.
        """
        pinned = {pin.distribution: str(pin) for pin in cell.pins}
        named = [(_name(line), line) for line in self._terms.overrides]
        return tuple(dict.fromkeys(pinned.get(n or "", line) for n, line in named))

    def _resolve(self, request: ResolveRequest) -> Locked | Unsolvable | Unknown:
        key = resolve_key(request, self._terms.index)
        match self._store.get("locks", key, _KeptLock, within=_LIFE):
            case _KeptLock(lock=Locked() as lock):
                return lock
            case _KeptLock(unsolvable=str(reason)):
                return Unsolvable(reason=reason)
            case _:
                pass
        resolved = self._resolver.resolve(request)
        with contextlib.suppress(StoreFault):
            match resolved:
                case Locked():
                    kept = _KeptLock(lock=resolved, unsolvable=None)
                    self._store.put("locks", key, kept)
                case Unsolvable(reason=reason):
                    kept = _KeptLock(lock=None, unsolvable=reason)
                    self._store.put("locks", key, kept)
                case Unknown():
                    pass  # what could not be told now may be told next time
        return resolved


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


def _name(requirement: str) -> str | None:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return None


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
