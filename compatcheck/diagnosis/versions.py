"""Is it the release? Proven by asking the same failure with another one.

What wheels tell suggests which release to try; a trial decides. A release that makes
the failure go away, or turn into another one, undoes it; one that leaves it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from compatcheck.diagnosis.bench import Ran, released_before
from compatcheck.diagnosis.scene import Scene, requirements, version_of
from compatcheck.diagnosis.suspects import pairs
from compatcheck.diagnosis.wanted import Wanted, principal, wanted
from compatcheck.errors import CouldNotTell
from compatcheck.model import Failure, Release
from compatcheck.model.inspected import Installed
from compatcheck.model.mending import Install, Mend, mend

_SUSPECTS: Final = 4
_TRIALS: Final = 5
"""In each direction, of each suspect."""
_NEAREST: Final = 12
_FARTHEST: Final = 48
"""Wheels that are looked into, in each direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """Other releases of a provider with which the failure is gone."""

    consumer: Installed | None
    """Who asks; None: the user's own code."""
    provider: Installed
    wanted: Wanted | None
    older: Version | None
    """The nearest older release known to do."""
    newer: Version | None
    """The nearest newer release known to do."""
    gone_above: Version | None = None
    """The newest release that is known to lack it as well."""
    sure: bool
    """Whether no release whose wheel was read has it: only then `none` is an answer."""
    evidence: tuple[str, ...]


def turning(scene: Scene) -> Turning | None:
    """Which release is at fault, if one is; worked out once for all rules."""
    kept = _KEPT.get(id(scene))
    if kept is None or kept[0] is not scene:
        kept = (scene, _turning(scene))
        _KEPT.clear()
        _KEPT[id(scene)] = kept
    return kept[1]


_KEPT: Final[dict[int, tuple[Scene, Turning | None]]] = {}


def _turning(scene: Scene) -> Turning | None:
    nowhere: Turning | None = None
    for consumer, provider in list(pairs(scene))[:_SUSPECTS]:
        own = version_of(provider)
        if own is None or provider.editable:
            continue
        found = _Look(scene, consumer, provider, own).turning()
        if found.older or found.newer:
            if _is_acquitted(scene, provider, own):
                continue
            return found
        nowhere = nowhere or found
    return nowhere


def _is_acquitted(scene: Scene, provider: Installed, own: Version) -> bool:
    """Whether the very release that is installed does, where it is laid anew.

    Then it is not the release, but what became of its files.
    """
    return isinstance(scene.bench.with_release(provider.name, own), Ran)


class _Look:
    """Looks for releases of one provider that do."""

    def __init__(
        self,
        scene: Scene,
        consumer: Installed | None,
        provider: Installed,
        own: Version,
    ) -> None:
        self._scene = scene
        self._consumer = consumer
        self._provider = provider
        self._own = own
        asked = scene.wanted
        # Where nobody has it, the provider was told by its older releases.
        absent = scene.place is None and asked is not None and asked.kind != "attribute"
        mine = asked is not None and (absent or asked.top in provider.tops)
        self._asked = asked if mine else None
        self._evidence: list[str] = []
        self._sure = mine
        self._gone_above: Version | None = None

    def turning(self) -> Turning:
        releases = self._scene.bench.releases(self._provider.name)
        known, whole = self._scene.bench.readable(self._provider.name)
        self._sure = self._sure and (whole or self._is_the_only_one())
        below = self._nearest(
            [it for it in reversed(releases) if it.version < self._own],
            [it for it in reversed(known) if it.version < self._own],
            "older",
        )
        above = self._nearest(
            [it for it in releases if it.version > self._own],
            [it for it in known if it.version > self._own],
            "newer",
        )
        return Turning(
            consumer=self._consumer,
            provider=self._provider,
            wanted=self._asked,
            older=below,
            newer=above,
            gone_above=self._gone_above,
            sure=self._sure and below is None and above is None,
            evidence=tuple(self._evidence),
        )

    def _is_the_only_one(self) -> bool:
        """Whether the index has no other release, wheel or not."""
        shelf = self._scene.bench.shelf
        try:
            project = shelf.index.project(self._provider.name) if shelf else None
        except CouldNotTell:
            return False
        return project is not None and {it.version for it in project.releases} == {
            self._own
        }

    def _nearest(
        self, releases: Sequence[Release], known: Sequence[Release], side: str
    ) -> Version | None:
        """The nearest release on one side with which the failure is gone.

        `known` can be read, `releases` can be tried.
        """
        has, open_ = self._read(known) if self._asked and known else (None, None)
        if has is not None:
            self._sure = False
            # Passed over, as their wheels cannot tell: one of them may do, too.
            passed = {it.version for it in open_ or ()}
            nearer = next((it.version for it in releases if it.version in passed), None)
            if nearer is not None and self._confirms(nearer, read=False):
                return nearer
            return has if self._confirms(has, read=True) else None
        untold = {it.version for it in open_} if open_ is not None else None
        tried = [it for it in releases if untold is None or it.version in untold]
        if untold or (untold is None and releases):
            self._sure = False
        for version in self._worth_a_trial(tried, side) if tried else ():
            if self._confirms(version, read=False):
                return version
        return None

    def _read(
        self, releases: Sequence[Release]
    ) -> tuple[Version | None, list[Release]]:
        """The nearest release whose wheel has it, and those whose wheel cannot tell."""
        assert self._asked is not None  # noqa: S101 - for the types: `_nearest` knows
        untold: list[Release] = []
        spread = _spread(releases)
        for start in range(0, len(spread), _NEAREST):
            group = spread[start : start + _NEAREST]
            told = self._scene.bench.have(group, self._asked.module, self._asked.name)
            for release, one in zip(group, told, strict=True):
                if one.there:
                    return release.version, untold
                if one.there is None:
                    untold.append(release)
                elif release.version > self._own:
                    self._gone_above = release.version
        return None, untold

    def _worth_a_trial(self, releases: Sequence[Release], side: str) -> list[Version]:
        if side == "newer":
            chosen = [releases[0], releases[-1]]
        else:
            majors = {it.version.major: it for it in reversed(releases)}
            minors = [it for it in _minors(releases) if it is not releases[0]]
            older = [it for it in majors.values() if it.version.major < self._own.major]
            chosen = [*self._as_of(releases)[:1], *minors[:1]]
            chosen += sorted(older, key=lambda it: it.version, reverse=True)[:2]
            chosen += [*minors[1:2], releases[0]]
        return list(dict.fromkeys(it.version for it in chosen))[:_TRIALS]

    def _as_of(self, releases: Sequence[Release]) -> list[Release]:
        """Those that were out when the consumer's release came out, newest first."""
        if self._consumer is None:
            return []
        own = version_of(self._consumer)
        all_of = self._scene.bench.releases(self._consumer.name)
        instant = next((it.upload_time for it in all_of if it.version == own), None)
        return released_before(releases, instant)

    def _confirms(self, version: Version, *, read: bool) -> bool:
        """Whether the failure is gone with that release; what was seen is kept."""
        name = f"{self._provider.name} {version}"
        outcome = self._scene.bench.with_release(self._provider.name, version)
        if isinstance(outcome, Ran):
            self._evidence.append(f"with {name} in its place, it runs")
            return True
        if outcome is None:
            if read:
                self._evidence.append(f"{name} has `{self._asked}`; it was not tried")
            return read
        if read and not is_same(outcome, self._scene):
            words = " ".join(outcome.message.split())[:120]
            self._evidence.append(
                f"{name} has `{self._asked}`; with it, the next failure is"
                f" {outcome.type}: {words}"
            )
            return True
        return False


def is_same(outcome: Failure, scene: Scene) -> bool:
    """Whether a failure is the one that is looked into."""
    step, own = principal(outcome), scene.step
    if wanted(step) is not None or scene.wanted is not None:
        asked, known = wanted(step), scene.wanted
        return (asked and (asked.module, asked.name)) == (
            known and (known.module, known.name)
        )
    return (step.type, step.message) == (own.type, own.message)


def _spread(releases: Sequence[Release]) -> list[Release]:
    """The nearest ones, then the nearest of each minor, then evenly what is left."""
    near = list(releases[:_NEAREST])
    firsts = [it for it in _minors(releases) if it not in near]
    chosen = [*near, *firsts]
    if len(chosen) > _FARTHEST:
        step = -(-len(firsts) // (_FARTHEST - len(near)))
        chosen = [*near, *firsts[::step]]
    last = releases[-1]
    return chosen if last in chosen else [*chosen, last]


def _minors(releases: Iterable[Release]) -> list[Release]:
    """Of each minor, the release that comes first."""
    found: dict[tuple[int, ...], Release] = {}
    for release in releases:
        found.setdefault(release.version.release[:2], release)
    return list(found.values())


def ways(turned: Turning) -> tuple[Mend, ...]:
    """The nearest releases with which it is gone, the newer one first."""
    versions = [it for it in (turned.newer, turned.older) if it]
    name = turned.provider.name
    return tuple(mend(Install(requirements=(f"{name}=={it}",))) for it in versions)


def declared(scene: Scene, provider: Installed) -> Requirement | None:
    """What the consumer declares of a provider, if it does."""
    consumer = scene.consumer
    for needed in requirements(consumer) if consumer else ():
        if canonicalize_name(needed.name) == provider.name:
            return needed
    return None
