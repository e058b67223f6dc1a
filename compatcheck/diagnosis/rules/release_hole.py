"""A release that fails between two that work."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.grounds import grounds, is_another_s, sides
from compatcheck.diagnosis.history import turns
from compatcheck.diagnosis.releases import hole
from compatcheck.diagnosis.scene import Scene
from compatcheck.model import Culprit

RANK: Final = 40
TITLE: Final = "older and newer releases work, this one does not"
EXPLANATION: Final = (
    "One release, or a few, lack what older and newer ones have: dropped by"
    " accident and put back. Only `!=` can say so in a requirement."
)
REMEDY: Final = "Take a release on either side."
REFERENCE: Final = (
    "https://packaging.python.org/specifications/version-specifiers/#version-exclusion"
)
EXAMPLE: Final = "ImportError: cannot import name 'Apple' from 'orchard.fruit'"


def matches(case: Case) -> Matched | None:
    """It passes below and above, all else being as it is.

    Whatever else differs in their locks is what that release itself brings.
    """
    for turned in turns(case):
        if turned.last_good is None or turned.good_above is None:
            continue
        if any(is_another_s(case, step, turned) for step in case.steps()):
            continue
        tied = (grounds(case, step, turned) for step in case.steps())
        why = [reason for reason in tied if reason][:1]
        name, own = turned.distribution, turned.own
        return Matched(
            title=f"{name} {own} is a hole: {turned.last_good} and"
            f" {turned.good_above} work",
            culprit=Culprit(distribution=name, version=str(own)),
            evidence=(*why, *sides(turned)),
        )
    return None


def proves(scene: Scene) -> Finding | None:
    """An older and a newer release both have what a distribution imports."""
    return hole(scene)
