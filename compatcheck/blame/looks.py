"""The first look at a failure: whether it repeats, and whether it ever worked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from compatcheck.blame.goal import drifted, failing, key, passing, why_untold
from compatcheck.blame.groups import Group
from compatcheck.blame.worlds import Scene
from compatcheck.diagnosis.case import named, said
from compatcheck.model import Cell, CellResult
from compatcheck.ports import AskAll

WhenReleased = Callable[[Cell], datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known of a group's lead before anybody is blamed."""

    group: Group
    scene: Scene | None = None
    """Where it worked when it was released."""
    worked: bool | None = None
    again: CellResult | None = None
    """The lead as it answered the second time, where that was another answer."""
    unsettled: str | None = None
    """Why nothing may be said of it: it answered two ways as of its release."""
    evidence: tuple[str, ...] = ()
    never: frozenset[int] = frozenset()
    """The identities of members that were seen to fail as of their release, too."""


def look(
    groups: Sequence[Group], ask: AskAll, when_released: WhenReleased
) -> list[Look]:
    """Ask the lead of each group again, and as of its release.

    What is asked of all groups is asked at once, and nothing that was seen twice.
    """
    leads = [group.lead for group in groups]
    unsure = [None if lead.confirmed else lead.cell for lead in leads]
    again = [
        answer if answer and not _alike(lead, answer) else None
        for lead, answer in zip(leads, _asked(ask, unsure, fresh=True), strict=True)
    ]
    released = [when_released(lead.cell) for lead in leads]
    cells = [
        None if shaky else _then(lead, when)
        for lead, when, shaky in zip(leads, released, again, strict=True)
    ]
    thens = _asked(ask, cells, fresh=False)
    looks = [
        Look(group=group, again=shaky) if shaky else _seen(group, when, then, ask)
        for group, when, then, shaky in zip(groups, released, thens, again, strict=True)
    ]
    return _steady(looks, ask)


def look_among(
    groups: Sequence[Group], ask: AskAll, when_released: WhenReleased
) -> list[Look]:
    """A look at each group; where its lead never worked, at a few others as well.

    One that worked then leads the group: what it tells may be true of them all.
    """
    looks = look(groups, ask, when_released)
    members = [
        member
        for seen in looks
        if not (seen.scene or seen.again or seen.unsettled)
        for member in seen.group.spread()
    ]
    released = {id(it): when_released(it.cell) for it in members}
    cells = [_then(it, released[id(it)]) for it in members]
    thens = _asked(ask, cells, fresh=False)
    told = dict(zip(map(id, members), thens, strict=True))
    return [again for seen in looks for again in _led(seen, told, ask, when_released)]


def _led(
    seen: Look,
    told: Mapping[int, CellResult | None],
    ask: AskAll,
    when_released: WhenReleased,
) -> list[Look]:
    others = [it for it in seen.group.spread() if told.get(id(it)) is not None]
    alike = [it for it in others if _fails_alike(it, told[id(it)])]
    never = frozenset(map(id, alike))
    if seen.worked is False:
        never |= {id(seen.group.lead)}
    for member in reversed(others):
        then = told[id(member)]
        if then is not None and drifted(then, member).broken:
            found = look([replace(seen.group, lead=member)], ask, when_released)
            return [replace(it, never=never - {id(member)}) for it in found]
    if seen.worked is False and alike:
        number = len(alike)
        words = (
            f"so did {number} more of the cells that fail so, of {len(others)} asked"
        )
        return [replace(seen, evidence=(*seen.evidence, words))]
    return [seen]


def _fails_alike(today: CellResult, then: CellResult | None) -> bool:
    """Whether something that fails today failed then, too."""
    failed = {*map(key, failing(today))}
    return then is not None and any(key(seen) in failed for seen in failing(then))


def _then(lead: CellResult, when: datetime | None) -> Cell | None:
    """The cell as of its release; None where that is not known, or it is just that."""
    as_of = lead.cell.as_of
    if when is None or (as_of is not None and as_of <= when):
        return None
    return replace(lead.cell, as_of=when)


def _asked(
    ask: AskAll, cells: Sequence[Cell | None], *, fresh: bool
) -> list[CellResult | None]:
    """The answers to those that are questions, in the same order."""
    real = [cell for cell in cells if cell is not None]
    answers = iter(ask(real, fresh=fresh) if real else ())
    return [None if cell is None else next(answers) for cell in cells]


def _seen(
    group: Group, when: datetime | None, then: CellResult | None, ask: AskAll
) -> Look:
    """What the cell as of its release says."""
    if when is None:
        return _untold(group, "the index does not tell when it came out")
    day = when.date().isoformat()
    lead = group.lead
    if then is None:
        words = f"{named(lead.cell)} was asked as of its release, {day}"
        return Look(group=group, worked=False, evidence=(words,))
    goal = drifted(then, lead)
    if goal.broken:
        scene = Scene(
            today=lead, then=then, released=when, goal=goal, ask=ask, known={(): lead}
        )
        return Look(group=group, scene=scene, worked=True)
    failed = {key(seen) for seen in failing(then)}
    same = [seen for seen in failing(then) if key(seen) in {*map(key, failing(lead))}]
    if not same:
        why = why_untold(then) if then.reason or failed else "it was left out there"
        return _untold(group, f"{why} ({day})")
    alike = said(same[0].failure) in {said(seen.failure) for seen in failing(lead)}
    how = "" if alike else f", with {said(same[0].failure)}"
    words = f"{named(lead.cell)} failed as of its release too, {day}{how}"
    return Look(group=group, worked=False, evidence=(words,))


def _untold(group: Group, why: str) -> Look:
    words = f"{named(group.lead.cell)} could not be asked as of its release: {why}"
    return Look(group=group, evidence=(words,))


def _steady(looks: Sequence[Look], ask: AskAll) -> list[Look]:
    """The looks, but unsettled where what worked then does not when asked again."""
    scenes = [look.scene for look in looks]
    cells = [
        scene.then.cell if scene and not scene.then.confirmed else None
        for scene in scenes
    ]
    checked = []
    for seen, again in zip(looks, _asked(ask, cells, fresh=True), strict=True):
        scene = seen.scene
        if scene and again and not scene.goal.broken <= passing(again):
            shaky = _shaky(scene.then, again)
            checked.append(Look(group=seen.group, unsettled=shaky))
        else:
            checked.append(seen)
    return checked


def _alike(before: CellResult, again: CellResult) -> bool:
    """Whether a failure repeats."""
    return {*map(key, failing(before))} == {*map(key, failing(again))}


def _shaky(before: CellResult, again: CellResult) -> str:
    cell, when = named(before.cell), "as of its release"
    if again.reason is not None and not again.observations:
        return f"{cell} could not be asked again {when}: {again.reason}"
    return f"flaky: {cell} {when} was first {_outcome(before)}, then {_outcome(again)}"


def _outcome(result: CellResult) -> str:
    bad = failing(result)
    what = f" (`{bad[0].target}`: {said(bad[0].failure)})" if bad else ""
    return f"{result.outcome}{what}"
