"""Ways out: the newest releases that pass, each seen to, and the pin that follows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from packaging.version import Version

from compatcheck.blame.goal import Key, Verdict
from compatcheck.blame.turning import requirement
from compatcheck.diagnosis import Turn
from compatcheck.errors import CouldNotTell
from compatcheck.gate.blaming import Blamed, Inquiry, verdict
from compatcheck.gate.changes import World
from compatcheck.gate.compare import Standing, compare
from compatcheck.gate.locks import Entry
from compatcheck.model import CellResult, Release
from compatcheck.report.gated import Way

Releases: TypeAlias = Callable[[str], Sequence[Release]]
"""What the index has of a distribution. Raises `CouldNotTell`."""
_SEVERAL: Final = 3
"""Distributions whose releases are tried one by one."""
MOST: Final = 24
"""Releases of one distribution that are tried, those nearest to head's first."""


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What the releases of one distribution do, everything else as in head."""

    distribution: str
    own: Version
    """Head's."""
    told: Mapping[Version, bool | str]
    """Whether a release passes, or why that is not known; ascending."""
    passing: tuple[Version, ...]
    """Those with which nothing at all is worse than in base, ascending."""
    results: Mapping[Version, CellResult]
    passed_over: tuple[Version, ...]

    @property
    def newest(self) -> Version | None:
        """The newest release that passes."""
        return max(self.passing, default=None)

    @property
    def untold(self) -> str:
        """How many releases behind the last that was told nothing is known of."""
        behind = [v for v, it in self.told.items() if isinstance(it, str)]
        turn = self.turn
        more = [it for it in behind if turn is not None and it > turn.first_bad]
        if not more:
            return ""
        return (
            f"{self.distribution}: of {len(more)} releases from {more[0]} on nothing is"
            f" told; of the first: {self.told[more[0]]}"
        )

    @property
    def turn(self) -> Turn | None:
        """Where it turned, if it did going upward and nothing newer passes."""
        good = [version for version, it in self.told.items() if it is True]
        bad = [version for version, it in self.told.items() if it is False]
        last = max(good, default=None)
        behind = [version for version in bad if last is not None and version > last]
        if last is None or not behind:
            return None
        return Turn(
            distribution=self.distribution,
            last_good=last,
            first_bad=min(behind),
            holes=tuple(it for it in bad if min(good) < it < last),
            tried=len(good) + len(bad),
            untold=tuple(
                (version, it)
                for version, it in self.told.items()
                if isinstance(it, str) and version < min(behind)
            ),
            passed_over=self.passed_over,
        )


@dataclass(frozen=True, kw_only=True)
class Sweeper:
    """Tries releases of what is blamed, in head's world."""

    inquiry: Inquiry
    base: CellResult
    """What base shows, beside which nothing may be worse."""
    releases: Releases
    hears: Callable[[str], None]
    _heard: set[str] = field(default_factory=set, init=False)

    def sweep(self, blamed: Blamed, keys: Collection[Key]) -> tuple[Swept, ...]:
        """Each of the blamed distributions alone, as far as head and base have both.

        None of them where that is not proven, or they are many.
        """
        if not blamed.sure or len(blamed.names) > _SEVERAL:
            return ()
        found = (self._swept(name, keys) for name in blamed.names)
        return tuple(swept for swept in found if swept is not None)

    def _swept(self, name: str, keys: Collection[Key]) -> Swept | None:
        """None where it has no history to look at, or that cannot be read."""
        old, new = self.inquiry.base.get(name), self.inquiry.head.get(name)
        if old is None or new is None or old.version is None or new.version is None:
            return None
        try:
            there = {it.version: it for it in self.releases(name)}
        except CouldNotTell:
            return None
        chosen, left, passed_over = _choice(there, old.version, new.version)
        words = f"{name}: {len(chosen)} releases from {old.version} on"
        if words not in self._heard:
            self._heard.add(words)
            self.hears(words)
        worlds = {version: self._with(new, version) for version in chosen}
        results = dict(
            zip(chosen, self.inquiry.results(list(worlds.values())), strict=True)
        )
        told: dict[Version, bool | str] = dict.fromkeys(left, "it was not asked")
        told |= {version: _told(result, keys) for version, result in results.items()}
        well = [v for v, it in results.items() if self._well(it, told[v])]
        while well and not self._again(worlds[max(well)], keys):
            told[max(well)] = "flaky: it passed first, and not when asked again"
            well.remove(max(well))
        return Swept(
            distribution=name,
            own=new.version,
            told=dict(sorted(told.items())),
            passing=tuple(sorted(well)),
            results=dict(sorted(results.items())),
            passed_over=passed_over,
        )

    def _again(self, world: World, keys: Collection[Key]) -> bool:
        """Whether it passes when it is asked afresh: what is told is seen twice."""
        result = self.inquiry.again(world)
        return self._well(result, verdict(result, keys) is Verdict.GOOD)

    def _with(self, entry: Entry, version: Version) -> World:
        own = replace(entry, version=version)
        return {**self.inquiry.head, entry.distribution: own}

    def _well(self, result: CellResult, told: bool | str) -> bool:  # noqa: FBT001 - a verdict
        """Whether it passes what broke, and nothing else is worse than in base."""
        worse = (it.standing for it in compare(self.base, result))
        return told is True and all(it is Standing.UNCHANGED for it in worse)


def _choice(
    there: Mapping[Version, Release], old: Version, new: Version
) -> tuple[list[Version], list[Version], tuple[Version, ...]]:
    """What to try: from the older of both on, the nearest to head's first.

    What is left for want of patience, and what is yanked or a pre-release, beside it.
    """
    low = min(old, new)
    early = old.is_prerelease or new.is_prerelease
    range_ = [version for version in sorted(there) if version >= low]
    odd = tuple(
        version
        for version in range_
        if version not in (old, new)
        and (there[version].yanked or (version.is_prerelease and not early))
    )
    fit = [v for v in range_ if v not in odd and there[v].wheels]
    fit += [version for version in (old, new) if version not in fit]
    place = sorted(fit).index(new)
    ranks = {version: abs(n - place) for n, version in enumerate(sorted(fit))}
    ranked = sorted(fit, key=lambda v: (v not in (old, new), ranks[v], v))
    return sorted(ranked[:MOST]), sorted(ranked[MOST:]), odd


def _told(result: CellResult, keys: Collection[Key]) -> bool | str:
    match verdict(result, keys):
        case Verdict.GOOD:
            return True
        case Verdict.BAD:
            return False
        case Verdict.UNTOLD:
            return result.reason or "it could not be told"


def ways(blamed: Blamed, swept: Sequence[Swept], inquiry: Inquiry) -> Iterator[Way]:
    """What to do, what was seen to work first."""
    singles = [(it, newest) for it in swept if (newest := it.newest) is not None]
    for each, newest in sorted(singles, key=lambda it: _steps_back(*it)):
        newer = newest > each.own
        yield Way(
            kind="versions",
            command=f"{each.distribution}=={newest}",
            verified=True,
            words=f"{'a newer' if newer else 'the newest'} release that passes",
        )
    if not singles and blamed.held is Verdict.GOOD:
        held = [inquiry.base[name] for name in blamed.names if name in inquiry.base]
        gone = [name for name in blamed.names if name not in inquiry.base]
        yield Way(
            kind="versions",
            command=" ".join(
                [*(it.requirement for it in held), *(f"(no {name})" for name in gone)]
            ),
            verified=True,
            words="as they were in base",
        )
    for each in swept:
        turn = each.turn
        if turn is not None and len(swept) == 1:
            yield Way(
                kind="pin",
                command=requirement(turn),
                # What is behind it is out, whatever it does.
                verified=not turn.untold,
                words="keeps every release out that was seen to fail",
            )
        elif turn is None and each.told.get(each.own) is False and each.passing:
            yield Way(
                kind="pin",
                command=f"{each.distribution}{_excluded(each)}",
                verified=True,
                words="keeps every release out that was seen to fail",
            )


def _excluded(swept: Swept) -> str:
    bad = [version for version, it in swept.told.items() if it is False]
    return ",".join(f"!={version}" for version in bad)


def _steps_back(swept: Swept, newest: Version) -> tuple[int, str]:
    """How many releases lie between head's and the one that passes."""
    order = list(swept.told)
    return abs(order.index(swept.own) - order.index(newest)), swept.distribution
