"""What blame found out, as cases for the rules, and their diagnoses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compatcheck.blame.goal import Key, failing, key
from compatcheck.blame.grid import Grid
from compatcheck.blame.looks import Look
from compatcheck.blame.telling import worked
from compatcheck.blame.trial import Tried, left_red, tried_on
from compatcheck.blame.worlds import Scene
from compatcheck.diagnosis import Case, diagnose
from compatcheck.diagnosis.case import named, said
from compatcheck.diagnosis.owners import installed
from compatcheck.model import CellResult, Culprit, Diagnosis, Observation, Outcome

Told = list[tuple[tuple[CellResult, ...], Diagnosis]]
"""Diagnoses, each with the results that it is about."""


def of_drift(tried: Tried, group_size: int) -> Diagnosis:
    """Of what worked, and works again with a cure."""
    cure = tried.cure
    scene = cure.scene
    evidence = (
        worked(scene),
        *cure.found.proof,
        *cure.notes,
        tried_on(tried, group_size),
    )
    failures = tuple(s for s in failing(scene.today) if key(s) in scene.goal.broken)
    return diagnose(_curable(scene.today, failures, tried, evidence, worked=True))


def of_the_same(look: Look, tried: Tried) -> Diagnosis:
    """Of what never worked, and works with the cure of something else."""
    lead, cure = look.group.lead, tried.cure
    evidence = (
        *look.evidence,
        f"what drifted in {named(cure.scene.today.cell)} is to blame here too:",
        *cure.found.proof,
        *cure.notes,
        tried_on(tried, len(look.group.members)),
    )
    case = _curable(lead, failing(lead), tried, evidence, worked=look.worked)
    return diagnose(case)


def _curable(
    result: CellResult,
    failures: tuple[Observation, ...],
    tried: Tried,
    evidence: tuple[str, ...],
    *,
    worked: bool | None,
) -> Case:
    cure = tried.cure
    scene, found = cure.scene, cure.found
    case = Case(
        result=result,
        failures=failures,
        worked=worked,
        culprits=cure.turns,
        together=tuple(_today(scene, name) for name in found.together),
        alone=found.alone,
        gone=tuple(sorted(set(installed(scene.then)) - set(installed(scene.today)))),
        evidence=evidence,
        remedies=(tried.remedy,),
    )
    if cure.turns:
        return case
    held = found.held[0]
    return replace(
        case,
        unsettled=f"{' and '.join(found.held)} drifted and broke"
        f" {named(result.cell)}: {said(case.first.failure)}",
        suspect=Culprit(distribution=held, version=None),
    )


def _today(scene: Scene, name: str) -> str:
    return f"{name} {scene.new[name]}" if name in scene.new else f"the end of {name}"


def of_the_rest(tried: Tried, grid: Grid) -> Told:
    """Of whatever is not green in the mended cells when they have the cure."""
    scene = tried.cure.scene
    then = {key(seen) for seen in failing(scene.then)}
    alike: dict[tuple[frozenset[Key], bool], list[CellResult]] = {}
    for member in tried.mended:
        red = _still_red(member, tried.of(member))
        for keys, never in ((red & then, True), (red - then, False)):
            if keys:
                alike.setdefault((keys, never), []).append(member)
    told: Told = []
    for (keys, never), members in alike.items():
        lead = scene.today if any(it is scene.today for it in members) else members[-1]
        evidence = (left_red(tried, keys, lead, never=never),)
        worked = False if never else None
        told += _unworked(members, keys, grid, lead, evidence, worked=worked)
    return told + _of_what_came_after(tried)


def _still_red(member: CellResult, cured: CellResult) -> frozenset[Key]:
    """What fails today and, with a cure, neither passes nor is left out there."""
    well = {
        key(seen)
        for seen in cured.observations
        if seen.outcome in {Outcome.PASSED, Outcome.NOT_RUN}
    }
    return frozenset(map(key, failing(member))) - well


def _of_what_came_after(tried: Tried) -> Told:
    """Of what was not red without the cure, and is neither green with it."""
    alike: dict[tuple[Key, ...], list[CellResult]] = {}
    for member in tried.mended:
        new = tuple(map(key, _new(member, tried.of(member))))
        if new:
            alike.setdefault(new, []).append(member)
    return [(tuple(members), _after(members[-1], tried)) for members in alike.values()]


def _new(member: CellResult, cured: CellResult) -> tuple[Observation, ...]:
    failed = {key(seen) for seen in failing(member)}
    new = (
        seen
        for seen in cured.observations
        if (seen.outcome.is_red or seen.outcome is Outcome.UNKNOWN)
        and key(seen) not in failed
    )
    return tuple(sorted(new, key=lambda seen: seen.stage.depth))


def _after(member: CellResult, tried: Tried) -> Diagnosis:
    cured = tried.of(member)
    failures = _new(member, cured)
    first, more = failures[0], len(failures) - 1
    others = f" and {more} more" if more else ""
    what = f"{first.stage} `{first.target}`{others}"
    cell = named(member.cell)
    return diagnose(
        Case(
            result=cured,
            failures=failures,
            worked=None,
            unsettled=f"`{tried.cure.command}` is not all that {cell} needs: {what}"
            f" is {first.outcome} with it: {said(first.failure)}",
        )
    )


def of_unworked(look: Look, grid: Grid) -> Told:
    """Of what never worked, or may have: what the rows of the grid tell."""
    lead, members = look.group.lead, look.group.members
    keys = frozenset(key(seen) for seen in failing(lead))
    return _unworked(members, keys, grid, lead, look.evidence, worked=look.worked)


def of_nothing(look: Look, why: str, evidence: tuple[str, ...]) -> Diagnosis:
    """Of what cannot be settled, and why not."""
    lead = look.group.lead
    failures = failing(lead)
    return diagnose(
        Case(
            result=lead,
            failures=failures,
            worked=look.worked,
            evidence=(*look.evidence, *evidence),
            unsettled=why,
        )
    )


def _unworked(
    members: Sequence[CellResult],
    keys: frozenset[Key],
    grid: Grid,
    lead: CellResult,
    evidence: tuple[str, ...],
    *,
    worked: bool | None,
) -> Told:
    """One diagnosis for all members whose rows tell the same cause and culprit."""
    grid.align(members)

    def case(member: CellResult) -> Case:
        return Case(
            result=member,
            failures=tuple(seen for seen in failing(member) if key(seen) in keys),
            worked=worked if member is lead else None,
            rows=grid.rows(member.cell),
            pythons=grid.pythons(member.cell),
        )

    alike: dict[tuple[str, Culprit | None], list[CellResult]] = {}
    for member in members:
        found = diagnose(case(member))
        alike.setdefault((found.rule, found.culprit), []).append(member)
    told: Told = []
    for those in alike.values():
        shown = next((it for it in those if it is lead), those[-1])
        full = replace(
            case(shown),
            evidence=(*evidence, *grid.sentences(shown.cell)),
            remedies=tuple(grid.remedies(shown.cell, those)),
        )
        told.append((tuple(those), diagnose(full)))
    return told
