"""Every failure, investigated once: did it ever work, what turned it, what mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from packaging.version import Version

from compatcheck.blame import cases
from compatcheck.blame.again import same_again
from compatcheck.blame.culprits import NotFound, find_culprits
from compatcheck.blame.cure import Cure, Tried, find_cure, try_on
from compatcheck.blame.goal import failing
from compatcheck.blame.grid import Grid
from compatcheck.blame.groups import Group, group, groups
from compatcheck.blame.looks import Look, WhenReleased, look_among
from compatcheck.blame.sweep import Releases
from compatcheck.blame.telling import worked
from compatcheck.diagnosis.case import named
from compatcheck.diagnosis.owners import seen_in_frames
from compatcheck.errors import OutOfBudget
from compatcheck.model import Cell, CellResult, Diagnosis, Drift
from compatcheck.ports import AskAll


@dataclass(frozen=True, slots=True, kw_only=True)
class Blamed:
    """Results with their diagnoses, and what drifted."""

    results: tuple[CellResult, ...]
    """In the order in which they were given."""
    drift: tuple[Drift, ...]
    """Sorted; each distribution and turn once."""


def blame(
    results: Sequence[CellResult],
    *,
    ask: AskAll,
    releases: Releases,
    when_released: WhenReleased,
    told: Callable[[str], None],
    unseen: Sequence[Cell] = (),
) -> Blamed:
    """Give every failed cell of a grid its diagnoses, and tell what drifted.

    `results` are confirmed. `releases` are all that the index has of a distribution,
    `when_released` the instant at which a cell's last pin came out (None where the
    index does not tell), and `told` gets a line of progress now and then. Cells that
    are unknown are not investigated: nobody is blamed for a flaky answer. `unseen`
    are cells of the grid that others ask: no rule reads a row that has one of them.
    Where `ask` raises `OutOfBudget`, what was found by then is told, the rest is not.
    """
    grid = Grid(results, unseen)
    inquiry = _Inquiry(results, grid, ask, releases, when_released, told)
    with suppress(OutOfBudget):
        inquiry.run()
    return Blamed(
        results=tuple(
            replace(result, diagnoses=tuple(inquiry.diagnoses.get(id(result), ())))
            if id(result) in inquiry.diagnoses
            else result
            for result in results
        ),
        drift=_added_up(inquiry.drift),
    )


class _Inquiry:
    """One investigation of a whole grid."""

    def __init__(
        self,
        results: Sequence[CellResult],
        grid: Grid,
        ask: AskAll,
        releases: Releases,
        when_released: WhenReleased,
        told: Callable[[str], None],
    ) -> None:
        self.diagnoses: dict[int, list[Diagnosis]] = {}
        self.drift: list[Drift] = []
        self._groups = groups(results)
        self._grid = grid
        self._ask, self._releases, self._when = ask, releases, when_released
        self._told = told
        self._cures: list[Cure] = []
        self._done = 0
        self._all = len(self._groups)

    def run(self) -> None:
        """What drifted goes first: its cures may mend what never worked, too."""
        drifted, others = self._looks(self._groups)
        while drifted or others:
            if drifted:
                left = self._drifted(drifted.pop(0))
            else:
                left = self._others(others.pop(0))
            more_drifted, more_others = self._looks(left)
            drifted += more_drifted
            others += more_others

    def _looks(self, found: Sequence[Group]) -> tuple[list[Look], list[Look]]:
        """A first look at each: at those that worked once, and at the others."""
        if found:
            self._say("did it ever work")
        seen = look_among(found, self._ask, self._when)
        drifted = [each for each in seen if each.scene is not None]
        return drifted, [each for each in seen if each.scene is None]

    def _drifted(self, seen: Look) -> list[Group]:
        """Find what turned it and what mends it; the members that this leaves over."""
        scene = seen.scene
        assert scene is not None  # noqa: S101 - that is why it is here
        for known in self._cures:
            self._say(f"trying {' '.join(known.requirements)}")
            again = same_again(scene, known)
            if again is not None:
                return self._cured(seen.group, again)
        failure = failing(scene.today)[0].failure
        suspects = [name for cure in self._cures for name in cure.found.held]
        suspects += seen_in_frames(scene.today, failure) if failure else []
        self._say(f"{len(scene.changed)} releases differ")
        found = find_culprits(scene, suspects)
        if isinstance(found, NotFound):
            why = f"{named(scene.today.cell)} worked once; what drifted is no release"
            return self._settled(seen, why, (worked(scene), found.why))
        self._say(f"trying {' and '.join(found.held)}")
        cure = find_cure(scene, found, self._releases)
        if isinstance(cure, str):
            return self._settled(seen, cure, (worked(scene), *found.proof))
        self._cures.append(cure)
        return self._cured(seen.group, cure)

    def _cured(self, found: Group, cure: Cure) -> list[Group]:
        """Tell what drifted, once it was tried on others that fail so."""
        tried = try_on(found, cure, self._ask)
        self.drift += cure.drift(tried.mended)
        size = len(found.members)
        self._tell(tried.mended, cases.of_drift(cure, tried, size))
        for members, diagnosis in cases.of_the_rest(cure.scene, tried, self._grid):
            self._tell(members, diagnosis)
        return self._over(tried)

    def _others(self, seen: Look) -> list[Group]:
        """Tell of what never worked; the members that a cure leaves over."""
        if seen.unsettled is not None:
            return self._settled(seen, seen.unsettled, ())
        for cure in self._cures:
            if cure.touches(seen.group.lead):
                self._say(f"trying {' '.join(cure.requirements)}")
                tried = try_on(seen.group, cure, self._ask)
                if tried.mended:
                    self._tell(tried.mended, cases.of_the_same(seen, cure, tried))
                    return self._over(tried)
        for members, diagnosis in cases.of_unworked(seen, self._grid):
            self._tell(members, diagnosis)
        self._done += 1
        return []

    def _settled(self, seen: Look, why: str, evidence: tuple[str, ...]) -> list[Group]:
        """Tell all members that nobody is blamed, and why."""
        self._tell(seen.group.members, cases.of_nothing(seen, why, evidence))
        self._done += 1
        return []

    def _over(self, tried: Tried) -> list[Group]:
        """What a cure leaves over fails for another reason: a group of its own."""
        self._done += 1
        self._all += bool(tried.left)
        return [group(tried.left)] if tried.left else []

    def _tell(self, members: Sequence[CellResult], diagnosis: Diagnosis) -> None:
        for member in members:
            self.diagnoses.setdefault(id(member), []).append(diagnosis)

    def _say(self, what: str) -> None:
        self._told(f"whom to blame: {self._done} of {self._all} failures; {what}")


def _added_up(drift: Sequence[Drift]) -> tuple[Drift, ...]:
    """Each turn once, with the cells of all failures that it is to blame for."""
    cells: dict[Drift, int] = {}
    for one in drift:
        same = replace(one, cells=0)
        cells[same] = cells.get(same, 0) + one.cells
    ordered = sorted(
        cells, key=lambda it: (it.distribution, Version(it.first_bad), it.holes)
    )
    return tuple(replace(one, cells=cells[one]) for one in ordered)
