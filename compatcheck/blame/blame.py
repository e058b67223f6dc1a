"""Every failure, investigated once: did it ever work, what turned it, what mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from packaging.version import Version

from compatcheck.blame import cases
from compatcheck.blame.again import same_again
from compatcheck.blame.culprits import NotFound, find_culprits
from compatcheck.blame.cure import Cure, find_cure
from compatcheck.blame.door import Door
from compatcheck.blame.goal import failing
from compatcheck.blame.grid import Grid
from compatcheck.blame.groups import Group, group, groups
from compatcheck.blame.looks import Look, WhenReleased, look_among
from compatcheck.blame.steady import settle
from compatcheck.blame.telling import worked
from compatcheck.blame.trial import Tried, try_on
from compatcheck.blame.turning import Releases
from compatcheck.diagnosis.case import named
from compatcheck.diagnosis.owners import seen_in_frames
from compatcheck.errors import OutOfBudget
from compatcheck.model import Cell, CellResult, Diagnosis, Drift
from compatcheck.ports import AskAll
from compatcheck.report.blamed import swept, turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Blamed:
    """Results with their diagnoses, and what drifted."""

    results: tuple[CellResult, ...]
    """In the order in which they were given; unknown where a failure was flaky."""
    drift: tuple[Drift, ...]
    """Sorted; each distribution and turn once."""


def blame(
    results: Sequence[CellResult],
    *,
    ask: AskAll,
    releases: Releases,
    when_released: WhenReleased,
    told: Callable[[str], None],
    found: Callable[[Blamed], None] = lambda _: None,
    unseen: Sequence[Cell] = (),
) -> Blamed:
    """Give every failed cell of a grid its diagnoses, and tell what drifted.

    `results` are confirmed. `releases` are all that the index has of a distribution,
    `when_released` the instant at which a cell's last pin came out (None where the
    index does not tell). `told` gets a line of progress now and then, `found` what is
    settled so far, as often as there is more. Cells that are unknown are not
    investigated: nobody is blamed for a flaky answer. `unseen` are cells of the grid
    that others ask: no rule reads a row that has one of them. Where `ask` raises
    `OutOfBudget`, what was found by then is told, the rest is not.
    """
    inquiry = _Inquiry(results, unseen, ask, releases, when_released, told, found)
    with suppress(OutOfBudget):
        inquiry.run()
    return inquiry.blamed()


class _Inquiry:
    """One investigation of a whole grid."""

    def __init__(
        self,
        results: Sequence[CellResult],
        unseen: Sequence[Cell],
        ask: AskAll,
        releases: Releases,
        when_released: WhenReleased,
        told: Callable[[str], None],
        found: Callable[[Blamed], None],
    ) -> None:
        self._results = list(results)
        self._places = {id(result): place for place, result in enumerate(results)}
        self._diagnoses: dict[int, list[Diagnosis]] = {}
        self._drift: list[Drift] = []
        self._ask_anew, self._ask = ask, Door(ask)
        self._grid = Grid(self._results, self._ask, unseen)
        self._releases, self._when = releases, when_released
        self._told, self._found = told, found
        self._cures: list[Cure] = []
        self._done = self._all = 0

    def run(self) -> None:
        """What drifted goes first: its cures may mend what never worked, too."""
        found = groups(self._results)
        self._all = len(found)
        drifted, others = self._looks(found)
        while drifted or others:
            if drifted:
                left = self._drifted(drifted.pop(0))
            else:
                left = self._others(others.pop(0))
            self._found(self.blamed())
            more_drifted, more_others = self._looks(left)
            drifted += more_drifted
            others += more_others

    def blamed(self) -> Blamed:
        """All that is settled by now."""
        told = [self._diagnoses.get(id(result)) for result in self._results]
        return Blamed(
            results=tuple(
                replace(result, diagnoses=tuple(diagnoses)) if diagnoses else result
                for result, diagnoses in zip(self._results, told, strict=True)
            ),
            drift=_added_up(self._drift),
        )

    def _looks(self, found: Sequence[Group]) -> tuple[list[Look], list[Look]]:
        """A first look at each: at those that worked once, and at the others."""
        if found:
            self._say("did it ever work")
        seen = look_among(found, self._ask, self._when)
        again = {id(it.group.lead): it.again for it in seen if it.again is not None}
        if again:
            return self._looks(self._settled_again(found, again))
        drifted = [each for each in seen if each.scene is not None]
        return drifted, [each for each in seen if each.scene is None]

    def _settled_again(
        self, found: Sequence[Group], again: dict[int, CellResult]
    ) -> list[Group]:
        """What is left of these when what did not repeat is unknown."""
        self._say("what does not repeat, asked again")
        members = [member for each in found for member in each.members]
        settled = settle(members, again, self._ask_anew)
        for member in members:
            if (new := settled.get(id(member))) is not None:
                place = self._places.pop(id(member))
                self._results[place] = new
                self._places[id(new)] = place
        self._grid = Grid(self._results, self._ask)
        self._found(self.blamed())
        left = groups([settled.get(id(member), member) for member in members])
        self._all += len(left) - len(found)
        return left

    def _drifted(self, seen: Look) -> list[Group]:
        """Find what turned it and what mends it; the members that this leaves over."""
        scene = seen.scene
        assert scene is not None  # noqa: S101 - that is why it is here
        for known in self._cures:
            self._say(f"trying {known.command}")
            again = same_again(scene, known)
            if again is not None:
                return self._cured(seen, again)
        self._say(f"{len(scene.changed)} releases differ")
        found = find_culprits(scene, self._suspects(scene.today))
        if isinstance(found, NotFound):
            why = f"{named(scene.today.cell)} worked once; what drifted is no release"
            return self._settled(seen, why, (worked(scene), found.why))
        self._say(f"trying {' and '.join(found.held)}")
        cure = find_cure(scene, found, self._releases, self._say)
        if isinstance(cure, str):
            return self._settled(seen, cure, (worked(scene), *found.proof))
        self._cures.append(cure)
        return self._cured(seen, cure)

    def _suspects(self, today: CellResult) -> list[str]:
        """Who was to blame before, then whose code is in the tracebacks."""
        names = [name for cure in self._cures for name in cure.found.held]
        for seen in failing(today):
            names += seen_in_frames(today, seen.failure) if seen.failure else []
        return list(dict.fromkeys(names))

    def _cured(self, seen: Look, cure: Cure) -> list[Group]:
        """Tell what drifted, once it was tried on all that fail so and may have, too.

        A member that was seen never to have worked is another matter.
        """
        members = seen.group.members
        fit = tuple(it for it in members if id(it) not in seen.never)
        self._say(f"trying {cure.command}")
        tried = try_on(replace(seen.group, members=fit), cure, self._ask)
        rest = cases.of_the_rest(tried, self._grid)
        drift = list(tried.drift())
        self._tell(tried.mended, cases.of_drift(tried, len(fit)))
        for those, diagnosis in rest:
            self._tell(those, diagnosis)
        self._drift += drift
        never = tuple(it for it in members if id(it) in seen.never)
        same = never and try_on(group(never), cure, self._ask).mended
        # What it does not mend either is one matter with what is left.
        return self._over(tried.left, never) if same else self._over(tried.left + never)

    def _others(self, seen: Look) -> list[Group]:
        """Tell of what never worked; the members that a cure leaves over."""
        if seen.unsettled is not None:
            return self._settled(seen, seen.unsettled, ())
        for cure in self._cures:
            if cure.touches(seen.group.lead):
                self._say(f"trying {cure.command}")
                tried = try_on(seen.group, cure, self._ask)
                if tried.mended:
                    return self._same(seen, tried)
        for members, diagnosis in cases.of_unworked(seen, self._grid):
            self._tell(members, diagnosis)
        self._done += 1
        return []

    def _same(self, seen: Look, tried: Tried) -> list[Group]:
        """Tell what never worked, and works with the cure of something else."""
        rest = cases.of_the_rest(tried, self._grid)
        self._tell(tried.mended, cases.of_the_same(seen, tried))
        for those, diagnosis in rest:
            self._tell(those, diagnosis)
        return self._over(tried.left)

    def _settled(self, seen: Look, why: str, evidence: tuple[str, ...]) -> list[Group]:
        """Tell all members that nobody is blamed, and why."""
        self._tell(seen.group.members, cases.of_nothing(seen, why, evidence))
        self._done += 1
        return []

    def _over(self, *left: Sequence[CellResult]) -> list[Group]:
        """What a cure leaves over fails for other reasons: groups of their own."""
        over = [group(members) for members in left if members]
        self._done += 1
        self._all += len(over)
        return over

    def _tell(self, members: Sequence[CellResult], diagnosis: Diagnosis) -> None:
        for member in members:
            self._diagnoses.setdefault(id(member), []).append(diagnosis)

    def _say(self, what: str) -> None:
        self._told(f"whom to blame: {self._done} of {self._all} failures; {what}")


def _added_up(drift: Sequence[Drift]) -> tuple[Drift, ...]:
    """Each turn once, with the cells of all failures that it is to blame for."""
    alike: dict[Drift, list[Drift]] = {}
    for one in drift:
        alike.setdefault(turn(one), []).append(one)
    ordered = sorted(
        alike, key=lambda it: (it.distribution, Version(it.first_bad), it.holes)
    )
    return tuple(
        replace(
            one,
            cells=sum(it.cells for it in alike[one]),
            verified=all(it.verified for it in alike[one]),
            releases=swept(alike[one]),
        )
        for one in ordered
    )
