"""One failing cell, and the worlds in which some distributions are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from packaging.requirements import Requirement
from packaging.version import Version

from compatcheck.blame.goal import Goal, Verdict
from compatcheck.diagnosis.owners import installed
from compatcheck.model import Cell, CellResult
from compatcheck.ports import AskAll

World = tuple[str, ...]
"""Constraints, sorted; the rest is as the resolver likes it today."""


def world(held: Mapping[str, Version]) -> World:
    """The world in which what is wanted of these is of these versions."""
    return tuple(sorted(f"{name}=={version}" for name, version in held.items()))


def within(cell: Cell, held: World) -> Cell:
    """A cell in that world."""
    return replace(cell, constraints=(*cell.constraints, *held))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A cell that worked when it was released and fails today."""

    today: CellResult
    then: CellResult
    released: datetime
    goal: Goal
    ask: AskAll
    known: dict[World, CellResult] = field(default_factory=dict)
    """What was asked here already."""

    @property
    def old(self) -> dict[str, Version]:
        """The lock of then, without the pins."""
        return self._beside_pins(self.then)

    @property
    def new(self) -> dict[str, Version]:
        """The lock of today, without the pins."""
        return self._beside_pins(self.today)

    @property
    def changed(self) -> tuple[str, ...]:
        """What the lock of then held at another version than today's, or alone."""
        old, new = self.old, self.new
        moved = (name for name in old if new.get(name) != old[name])
        return tuple(sorted(moved, key=lambda name: (name not in new, name)))

    def upward(self, name: str) -> bool:
        """Whether a distribution is newer today."""
        return name in self.new and self.new[name] > self.old[name]

    def held(self, names: Sequence[str]) -> World:
        """Today, but these distributions as they were then."""
        return world({name: self.old[name] for name in names})

    def moved(self, names: Sequence[str]) -> World:
        """As it was then, but these distributions as they are today."""
        versions = self.old
        for name in names:
            if name in self.new:
                versions[name] = self.new[name]
            else:
                del versions[name]
        return world(versions)

    def results(
        self, worlds: Sequence[World], *, fresh: bool = False
    ) -> list[CellResult]:
        """What each world shows; asked together, and never what is known here."""
        wanted = dict.fromkeys(worlds)
        if not fresh:
            wanted = dict.fromkeys(w for w in worlds if self._known(w) is None)
        cells = [within(self.today.cell, held) for held in wanted]
        answers = self.ask(cells, fresh=fresh) if cells else ()
        asked = dict(zip(wanted, answers, strict=True))
        if fresh:
            return [asked[held] for held in worlds]
        self.known.update(asked)
        return [known for held in worlds if (known := self._known(held)) is not None]

    def twice(self, worlds: Sequence[World]) -> list[CellResult]:
        """What each shows when it is asked again, if it was not asked twice before."""
        before = dict(zip(worlds, self.results(worlds), strict=True))
        shaky = [held for held, result in before.items() if not result.confirmed]
        again = dict(zip(shaky, self.results(shaky, fresh=True), strict=True))
        return [again.get(held, before[held]) for held in worlds]

    def verdicts(self, worlds: Sequence[World]) -> list[Verdict]:
        """What each world says of the goal."""
        return [self.goal.verdict(result) for result in self.results(worlds)]

    def _known(self, held: World) -> CellResult | None:
        """The result of a world that was asked, or of one that it cannot differ from.

        Where the lock of a looser world is already as a tighter one wants it, the
        resolver has no reason to choose otherwise.
        """
        if held in self.known:
            return self.known[held]
        for looser, result in self.known.items():
            if set(looser) <= set(held) and _keeps(result, held):
                return result
        return None

    def _beside_pins(self, result: CellResult) -> dict[str, Version]:
        pins = {pin.distribution for pin in result.cell.pins}
        return {n: v for n, v in installed(result).items() if n not in pins}


def _keeps(result: CellResult, held: World) -> bool:
    """Whether a lock is as a world wants it."""
    here = installed(result)
    return bool(here) and all(_admits(line, here) for line in held)


def _admits(line: str, here: Mapping[str, Version]) -> bool:
    wanted = Requirement(line)
    version = here.get(wanted.name)
    return version is None or wanted.specifier.contains(version, prereleases=True)
