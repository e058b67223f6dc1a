"""A cure, tried on every cell that shares the failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compatcheck.blame.cure import Cure
from compatcheck.blame.goal import Goal, Key, Verdict, failing, key
from compatcheck.blame.groups import Group
from compatcheck.blame.worlds import within
from compatcheck.diagnosis import Turn
from compatcheck.diagnosis.case import named
from compatcheck.diagnosis.owners import installed
from compatcheck.model import CellResult, Drift, Outcome, Remedy, Swept
from compatcheck.ports import AskAll


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of trying a cure on the members of a group."""

    cure: Cure
    cured: Mapping[int, CellResult]
    """By the identity of the member, each that was asked, with the cure."""
    mended: tuple[CellResult, ...] = ()
    """Members that were asked, and in which passes what drifted."""
    left: tuple[CellResult, ...]

    @property
    def whole(self) -> int:
        """In how many of the mended nothing fails any more."""
        return sum(self.of(it).outcome is Outcome.PASSED for it in self.mended)

    @property
    def remedy(self) -> Remedy:
        """The cure as a remedy for the mended members."""
        verified = bool(self.mended)
        return Remedy(kind="constraint", command=self.cure.command, verified=verified)

    def of(self, member: CellResult) -> CellResult:
        """A member that was asked, with the cure."""
        return self.cured[id(member)]

    def drift(self) -> Iterator[Drift]:
        """What drifted, and how many of the mended cells have a failing release."""
        for turn in self.cure.turns:
            bad = [
                member
                for member in self.mended
                if turn.is_bad(installed(member).get(turn.distribution))
            ]
            yield Drift(
                distribution=turn.distribution,
                last_good=str(turn.last_good),
                first_bad=str(turn.first_bad),
                holes=tuple(map(str, turn.holes)),
                cells=len(bad),
                verified=all(self.of(it).outcome is Outcome.PASSED for it in bad),
                releases=tuple(_swept(turn)),
            )


def _swept(turn: Turn) -> Iterator[Swept]:
    outcomes = {True: Outcome.PASSED, False: Outcome.FAILED, None: Outcome.UNKNOWN}
    for version, works in turn.swept.items():
        time = turn.came_out.get(version)
        yield Swept(
            version=str(version),
            day=time.date().isoformat() if time else None,
            outcome=outcomes[works],
        )


def try_on(group: Group, cure: Cure, ask: AskAll) -> Tried:
    """Which members a cure mends: those that were asked with it, and then passed.

    What the cure would not change it does not mend, and needs no asking. Where it was
    found in another failure, the lead is asked first: if it is not mended, none is.
    """
    own = group.lead is cure.scene.today
    cured: dict[int, CellResult] = {}

    def ask_with_it(members: Sequence[CellResult]) -> list[CellResult]:
        cells = [within(member.cell, cure.requirements) for member in members]
        answers = ask(cells) if cells else ()
        cured.update(zip(map(id, members), answers, strict=True))
        return [it for it in members if _mends(cure, it, cured[id(it)], own=own)]

    able = [it for it in group.members if it is not group.lead and cure.touches(it)]
    if own:
        (cured[id(group.lead)],) = cure.scene.results([cure.requirements])
        first = [group.lead]
    else:
        first = ask_with_it([group.lead] if cure.touches(group.lead) else [])
    mended = [*first, *ask_with_it(able if first else [])]
    kept = {id(it) for it in mended}
    return Tried(
        cure=cure,
        cured=cured,
        mended=tuple(it for it in group.members if id(it) in kept),
        left=tuple(it for it in group.members if id(it) not in kept),
    )


def _mends(cure: Cure, member: CellResult, cured: CellResult, *, own: bool) -> bool:
    """Whether it passes what drifted; in another group, all that fails."""
    goal = Goal(broken=frozenset(map(key, failing(member))))
    if own:
        drifted = cure.scene.goal
        goal = Goal(broken=goal.broken & drifted.broken, worked=drifted.worked)
    return goal.verdict(cured) is Verdict.GOOD


def tried_on(tried: Tried, size: int) -> str:
    """On how many of a group's cells a cure was tried, and what became of them."""
    asked, mended, whole = len(tried.cured), len(tried.mended), tried.whole
    cells = "cell that fails" if size == 1 else "cells that fail"
    words = f"`{tried.cure.command}` was tried on {asked} of the {size} {cells} so; "
    if asked == whole:
        return f"{words}mends it"
    if mended == whole:
        return f"{words}mends {whole} of them"
    among = "" if mended == 1 else f" in {mended} of them"
    return f"{words}what drifted passes then{among}, {_share(whole, mended)}"


def _share(whole: int, mended: int) -> str:
    if not whole:
        return "but something else fails"
    return f"but in {mended - whole} of these something else fails"


def left_red(
    tried: Tried, keys: frozenset[Key], lead: CellResult, *, never: bool
) -> str:
    """What a cure leaves red in a cell, and what that was before it drifted."""
    scene, (first, *others) = tried.cure.scene, sorted(target for _, target in keys)
    more = f" and {len(others)} more" if others else ""
    cell, day = named(scene.today.cell), scene.released.date().isoformat()
    if never:
        return f"`{first}`{more} failed in {cell} as of its release too, {day}"
    then = {seen.outcome for seen in scene.then.observations if key(seen) in keys}
    was = "was left out" if then == {Outcome.NOT_RUN} else "could not be told"
    return (
        f"with `{tried.cure.command}`, `{first}`{more} fails in {named(lead.cell)} all"
        f" the same; it {was} in {cell} as of its release, {day}"
    )
