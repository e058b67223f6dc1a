"""Which upgrades break it: the smallest set, proven by moving and by holding back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from compatcheck.blame.goal import Key, Verdict, key
from compatcheck.blame.minimise import minimal
from compatcheck.diagnosis.owners import owner_of_module, seen_in_frames
from compatcheck.diagnosis.words import lacking
from compatcheck.gate.changes import Change, World
from compatcheck.gate.compare import WHOLE
from compatcheck.model import (
    CellResult,
    Failure,
    Link,
    Observation,
    Outcome,
    Stage,
)

AskWorlds: TypeAlias = Callable[[Sequence[World]], Sequence[CellResult]]
"""What each shows with head's own source, in the same order."""
_SUSPECTS: Final = 4
"""Upgrades that are tried alone before the rest is halved."""
_SOURCE: Final = (
    "with the versions of base it fails, too: what changed in the source is to blame,"
    " and no upgrade"
)
_ROUNDS: Final = 8
"""Sets that may break the same thing, each by itself, before it is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blamed:
    """The upgrades that broke it, as far as that was proven."""

    names: tuple[str, ...]
    """Sorted; empty where no upgrade is to blame."""
    proof: tuple[str, ...]
    """What was seen, a sentence each."""
    held: Verdict = Verdict.UNTOLD
    """What holding all of them back does."""
    sure: bool = False
    """Whether they were seen to break base, and no fewer of them do."""
    alone: bool = False
    """Whether nothing else differs between head and head with them held back."""


@dataclass(kw_only=True)
class Inquiry:
    """One Python's two worlds, and all those between them that were asked."""

    base: World
    head: World
    changed: Sequence[Change]
    today: CellResult
    """What head shows."""
    ask: AskWorlds
    afresh: AskWorlds
    """The same, in an environment of its own, whatever is known already."""
    known: dict[frozenset[object], CellResult] = field(default_factory=dict)
    _known_again: dict[frozenset[object], CellResult] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        """Take note of head, which was asked."""
        self.known[_identity(self.head)] = self.today

    @property
    def names(self) -> list[str]:
        """What changed."""
        return [change.distribution for change in self.changed]

    def moved(self, names: Collection[str]) -> World:
        """Base, but these as they are in head."""
        return self._mixed(self.base, self.head, names)

    def held(self, names: Collection[str]) -> World:
        """Head, but these as they were in base."""
        return self._mixed(self.head, self.base, names)

    def _mixed(self, one: World, other: World, names: Collection[str]) -> World:
        mixed = {name: it for name, it in one.items() if name not in names}
        return mixed | {name: other[name] for name in names if name in other}

    def results(self, worlds: Sequence[World]) -> list[CellResult]:
        """What each shows; asked together, and never twice."""
        missing = {
            _identity(it): it for it in worlds if _identity(it) not in self.known
        }
        if missing:
            answers = self.ask(list(missing.values()))
            self.known.update(zip(missing, answers, strict=True))
        return [self.known[_identity(world)] for world in worlds]

    def again(self, world: World) -> CellResult:
        """What it shows a second time; asked once, for whatever is to be known.

        What was seen twice already, in an earlier run too, is what it was then.
        """
        identity = _identity(world)
        (first,) = self.results([world])
        if first.confirmed:
            return first
        if identity not in self._known_again:
            (self._known_again[identity],) = self.afresh([world])
        return self._known_again[identity]

    def verdicts(self, worlds: Sequence[World], keys: Collection[Key]) -> list[Verdict]:
        """What each says of these questions."""
        return [verdict(result, keys) for result in self.results(worlds)]

    def find(self, seen: Observation) -> Blamed:
        """The smallest set of upgrades that breaks what head says no to."""
        keys = (key(seen),)
        (before,) = self.verdicts([self.base], keys)
        if before is Verdict.BAD:
            return Blamed(
                names=(),
                proof=(_SOURCE,),
            )
        names: tuple[str, ...] = ()
        for _ in range(_ROUNDS):
            rest = [name for name in self._ordered(seen) if name not in names]
            more = self._smallest(rest, keys)
            if not more:
                break
            names = (*names, *more)
            (after,) = self.verdicts([self.held(names)], keys)
            if after is not Verdict.BAD:
                break
        if not names:
            return self._unproven(keys)
        return self.proven(tuple(sorted(names)), keys)

    def _unproven(self, keys: Collection[Key]) -> Blamed:
        """All that changed: what of it breaks base cannot be told."""
        (base, held) = self.verdicts([self.base, self.held(self.names)], keys)
        (before,) = self.results([self.base])
        why = before.reason or "what is between them could not be asked"
        words = "which of the changes is to blame could not be told"
        proof = (f"{words}: {why}" if base is Verdict.UNTOLD else words,)
        return Blamed(names=tuple(self.names), proof=proof, held=held)

    def _ordered(self, seen: Observation) -> list[str]:
        """What changed, the likeliest first."""
        likely = suspects(self.today, seen)
        rank = {name: place for place, name in enumerate(likely)}
        return sorted(self.names, key=lambda name: (rank.get(name, len(rank)), name))

    def _smallest(self, names: list[str], keys: Collection[Key]) -> tuple[str, ...]:
        """The fewest of these that break base; none where they do not."""

        def breaks(parts: Sequence[Sequence[str]]) -> list[bool]:
            worlds = [self.moved(part) for part in parts]
            return [it is Verdict.BAD for it in self.verdicts(worlds, keys)]

        if len(names) > 1:
            first = names[:_SUSPECTS]
            told = breaks([[name] for name in first])
            alone = [name for name, bad in zip(first, told, strict=True) if bad]
            if alone:
                return (alone[0],)
        return minimal(names, breaks) if names and breaks([names])[0] else ()

    def proven(self, names: tuple[str, ...], keys: Collection[Key]) -> Blamed:
        """The finding, with both of its ends asked a second time."""
        ends = [self.moved(names), self.held(names)]
        first = self.results(ends)
        again = [self.again(world) for world in ends]
        told = [verdict(result, keys) for result in first]
        settled = [
            one if one is verdict(other, keys) else Verdict.UNTOLD
            for one, other in zip(told, again, strict=True)
        ]
        return Blamed(
            names=names,
            proof=tuple(self._sentences(names, settled, first)),
            held=settled[1],
            sure=settled[0] is Verdict.BAD,
            alone=self._is_all(names, first[1]),
        )

    def _is_all(self, names: Sequence[str], mended: CellResult) -> bool:
        one, two = _versions(self.today), _versions(mended)
        differing = {it for it in {*one, *two} if one.get(it) != two.get(it)}
        return bool(two) and differing <= {*names}

    def _sentences(
        self,
        names: Sequence[str],
        told: Sequence[Verdict],
        results: Sequence[CellResult],
    ) -> list[str]:
        new = " and ".join(_told(name, self.head) for name in names)
        old = " and ".join(_told(name, self.base) for name in names)
        others = len(self.changed) - len(names)
        said = []
        if others and told[0] is Verdict.BAD:
            only = "alone" if len(names) == 1 else "together"
            said.append(f"everything else as in base, {new} {only} breaks it")
        elif others:
            why = results[0].reason or "it could not be told for certain"
            said.append(f"everything else as in base, {new}: {why}")
        match told[1]:
            case Verdict.GOOD:
                said.append(f"everything else as in head, {old} mends it")
            case Verdict.BAD:
                said.append(f"everything else as in head, {old} does not mend it")
            case Verdict.UNTOLD:
                why = results[1].reason or "it could not be told for certain"
                said.append(f"everything else as in head, {old}: {why}")
        if len(names) > 1:
            said += self._each(names)
        return said

    def _each(self, names: Sequence[str]) -> list[str]:
        """What each of several does alone."""
        results = self.results([self.moved([name]) for name in names])
        said = []
        for name, result in zip(names, results, strict=True):
            if result.outcome is Outcome.PASSED:
                said.append(f"{_told(name, self.head)} alone is innocent: all passes")
            elif result.outcome is Outcome.UNSOLVABLE:
                said.append(f"{_told(name, self.head)} cannot be had alone")
        return said


def verdict(result: CellResult, keys: Collection[Key]) -> Verdict:
    """What a world says of what head says no to.

    A question that nobody has there is none that fails, unless the asking ended early.
    """
    if WHOLE_KEY in keys:
        if result.outcome is Outcome.UNSOLVABLE:
            return Verdict.BAD
        known = result.outcome not in {Outcome.UNKNOWN, Outcome.NOT_RUN}
        return Verdict.GOOD if known else Verdict.UNTOLD
    answers = {key(seen): seen.outcome for seen in result.observations}
    told = [answers.get(it) for it in keys]
    if any(outcome is not None and outcome.is_red for outcome in told):
        return Verdict.BAD
    if result.outcome in {Outcome.UNSOLVABLE, Outcome.UNKNOWN, Outcome.NOT_RUN}:
        well = bool(answers) and all(it is Outcome.PASSED for it in told)
        return Verdict.GOOD if well else Verdict.UNTOLD
    ended = any(
        seen.outcome.is_red and seen.stage is Stage.IMPORT
        for seen in result.observations
    )
    unclear = [it for it in told if it not in {Outcome.PASSED, Outcome.NOT_RUN, None}]
    if unclear or (ended and None in told):
        return Verdict.UNTOLD
    return Verdict.GOOD


WHOLE_KEY: Final = key(WHOLE)


def suspects(result: CellResult, seen: Observation) -> list[str]:
    """Who may have broken it: whose name is missing, then whose code raised."""
    failure = seen.failure
    if failure is None:
        return []
    found: dict[str, None] = {}
    steps: tuple[Failure | Link, ...] = (failure, *failure.chain)
    for step in steps:
        missing = lacking(step)
        owner = owner_of_module(result, missing.module) if missing else None
        if owner is not None:
            found.setdefault(owner)
    if (owner := owner_of_module(result, seen.target)) is not None:
        found.setdefault(owner)
    found.update(dict.fromkeys(seen_in_frames(result, failure)))
    return list(found)


def _versions(result: CellResult) -> dict[str, str]:
    packages = result.lock.packages if result.lock else ()
    return {it.distribution: str(it.version) for it in packages}


def _told(name: str, world: World) -> str:
    entry = world.get(name)
    return f"{name} {entry.version}" if entry else f"no {name}"


def _identity(world: World) -> frozenset[object]:
    return frozenset((it.distribution, it.version, it.extras) for it in world.values())
