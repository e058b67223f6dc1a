"""All names are there and the result differs."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched, said
from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.grounds import sides
from compatcheck.diagnosis.history import turns
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.versions import turning, ways
from compatcheck.diagnosis.words import complains_of_a_name
from compatcheck.model import Culprit, Stage

RANK: Final = 100
TITLE: Final = "all names are there and the result differs"
EXPLANATION: Final = (
    "All modules, names and arguments are there, and what a function does differs."
)
REMEDY: Final = "Hold the provider back to the release that a scenario passes with."
REFERENCE: Final = "https://docs.python.org/3/glossary.html#term-provisional-API"
EXAMPLE: Final = "AssertionError: the answer has no status"


def matches(case: Case) -> Matched | None:
    """Nothing but scenarios fails, for no missing name, and it turned at a release."""
    bad = [seen for seen in case.result.observations if seen.outcome.is_red]
    if any(seen.stage is not Stage.SCENARIO for seen in bad):
        return None
    if any(complains_of_a_name(step) for step in case.steps()):
        return None
    for turned in turns(case):
        if turned.last_good is None or not (turned.proven or turned.sure):
            continue
        return Matched(
            title=f"{case.whom or turned.at} broke it: {said(case.first.failure)}",
            culprit=Culprit(
                distribution=turned.distribution, version=str(turned.first_bad)
            ),
            evidence=(
                "no import, name or call fails; what it does differs",
                *sides(turned),
            ),
        )
    return None


def proves(scene: Scene) -> Finding | None:
    """Your own line fails over what a call answers; with another release it runs."""
    if not scene.is_users or any(complains_of_a_name(it) for it in scene.steps):
        return None
    turned = turning(scene) if scene.wanted is None else None
    if turned is None or not (turned.older or turned.newer):
        return None
    words = " ".join(scene.step.message.split())[:120]
    said = f"{scene.step.type}: {words}" if words else scene.step.type
    at = f" at {scene.at(scene.importer)}" if scene.importer else ""
    return Finding(
        title=f"{turned.provider} does otherwise than another release: {said}",
        culprit=blame(turned.provider),
        evidence=(
            f"it comes up{at}, in your own code",
            "no import, name or call fails; what it does differs",
            *turned.evidence,
        ),
        mends=ways(turned),
    )
