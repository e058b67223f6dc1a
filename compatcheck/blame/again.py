"""What is known to mend one failure, looked for in another that drifted as well."""

from __future__ import annotations

from dataclasses import replace

from compatcheck.blame.cure import Cure
from compatcheck.blame.goal import Verdict
from compatcheck.blame.worlds import Scene, World, world
from compatcheck.diagnosis.case import named
from compatcheck.diagnosis.owners import installed
from compatcheck.model import Outcome


def same_again(scene: Scene, cure: Cure) -> Cure | None:
    """The cure for this scene, if the same releases turned it here; else None.

    What turned is asked of this cell too: with the last good release it passes, with
    the first bad one it fails, and with the constraint it passes, twice. Only the
    releases around those two are taken from where they were swept.
    """
    if not cure.turns or not cure.touches(scene.today):
        return None
    held = {turn.distribution: turn.last_good for turn in cure.turns}
    good = world(held)
    bad = [world({**held, turn.distribution: turn.first_bad}) for turn in cure.turns]
    asked = [cure.requirements, good, *bad]
    wanted = [Verdict.GOOD, Verdict.GOOD, *(Verdict.BAD for _ in bad)]
    if scene.verdicts(asked) != wanted:
        return None
    (again,) = scene.twice([cure.requirements])
    if scene.goal.verdict(again) is not Verdict.GOOD:
        return None
    proof = [f"what drifted in {named(cure.scene.today.cell)} turned it here too"]
    (best,) = scene.results([good])
    passes = "it passes" if best.outcome is Outcome.PASSED else "what drifted passes"
    proof += [
        f"with {turn.distribution} {turn.last_good} {passes}, with"
        f" {turn.first_bad} it fails"
        for turn in cure.turns
    ]
    alone = len(bad) == 1 and _differ(scene, good, bad[0]) <= set(held)
    found = replace(cure.found, alone=alone, proof=tuple(proof))
    swept = f"swept in {named(cure.scene.today.cell)}:"
    return replace(cure, scene=scene, found=found, notes=(swept, *cure.swept))


def _differ(scene: Scene, good: World, bad: World) -> set[str]:
    """The distributions whose versions differ between two worlds."""
    one, other = (installed(result) for result in scene.results([good, bad]))
    return {name for name in {*one, *other} if one.get(name) != other.get(name)}
