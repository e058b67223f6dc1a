"""What blame found out, as cases for the rules, and their diagnoses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compatcheck.blame.cure import Cure, Tried
from compatcheck.blame.goal import Key, failing, key
from compatcheck.blame.grid import Grid
from compatcheck.blame.looks import Look
from compatcheck.blame.telling import worked
from compatcheck.blame.worlds import Scene
from compatcheck.diagnosis import Case, diagnose
from compatcheck.diagnosis.case import named, said
from compatcheck.diagnosis.owners import installed
from compatcheck.model import CellResult, Culprit, Diagnosis, Observation

Told = list[tuple[tuple[CellResult, ...], Diagnosis]]
"""Diagnoses, each with the results that it is about."""


def of_drift(cure: Cure, tried: Tried, group_size: int) -> Diagnosis:
    """Of what worked, and works again with a cure."""
    scene = cure.scene
    evidence = (
        worked(scene),
        *cure.found.proof,
        *cure.notes,
        _cured(cure, tried, group_size),
    )
    failures = tuple(s for s in failing(scene.today) if key(s) in scene.goal.broken)
    return diagnose(_curable(scene.today, failures, cure, evidence, worked=True))


def of_the_same(look: Look, cure: Cure, tried: Tried) -> Diagnosis:
    """Of what never worked, and works with the cure of something else."""
    lead = look.group.lead
    evidence = (
        *look.evidence,
        f"what drifted in {named(cure.scene.today.cell)} is to blame here too:",
        *cure.found.proof,
        *cure.notes,
        _cured(cure, tried, len(look.group.members)),
    )
    case = _curable(lead, failing(lead), cure, evidence, worked=look.worked)
    return diagnose(case)


def _curable(
    result: CellResult,
    failures: tuple[Observation, ...],
    cure: Cure,
    evidence: tuple[str, ...],
    *,
    worked: bool | None,
) -> Case:
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
        remedies=(cure.remedy,),
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


def _cured(cure: Cure, tried: Tried, size: int) -> str:
    command = " ".join(cure.requirements)
    cells = "cell that fails" if size == 1 else "cells that fail"
    return f"`{command}` was tried on {tried.asked} of the {size} {cells} so; mends it"


def of_the_rest(scene: Scene, tried: Tried, grid: Grid) -> Told:
    """Of what failed as of the release already, beside what drifted since."""
    then = {key(seen) for seen in failing(scene.then)}
    keys = frozenset(then & {key(seen) for seen in failing(scene.today)})
    if not keys:
        return []
    day, first = scene.released.date().isoformat(), min(keys)[1]
    more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
    cell = named(scene.today.cell)
    evidence = (f"`{first}`{more} failed in {cell} as of its release too, {day}",)
    return _unworked(tried.mended, keys, grid, scene.today, evidence, worked=False)


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
