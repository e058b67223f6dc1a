"""What is wanted came later than the floor that is declared."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.grounds import grounds, sides
from compatcheck.diagnosis.history import Turned, turns
from compatcheck.diagnosis.releases import not_yet
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.words import lacking, lacking_attribute, misfit
from compatcheck.model import Culprit, Failure, Link

RANK: Final = 50
TITLE: Final = "the consumer wants what came later than its declared floor"
EXPLANATION: Final = (
    "What a consumer uses came later than the oldest release that its"
    " metadata lets in, and such an old one is installed."
)
REMEDY: Final = "Take a newer release of the provider."
REFERENCE: Final = "https://packaging.python.org/specifications/dependency-specifiers/"
EXAMPLE: Final = "ImportError: cannot import name 'TypeIs' from 'typing_extensions'"


def matches(case: Case) -> Matched | None:
    """It is absent in this and all older releases, and present in a newer one."""
    for step in case.steps():
        wanted = _wanted(step)
        if wanted is None:
            continue
        for turned in turns(case):
            if turned.last_good is not None or turned.good_above is None:
                continue
            why = grounds(case, step, turned)
            if why is not None:
                return _told(case, turned, wanted, why)
    return None


def _wanted(step: Failure | Link) -> str | None:
    if missing := lacking(step):
        return f"`{missing}`"
    if attribute := lacking_attribute(step):
        return f"`{attribute[1]}` of `{attribute[0]}`"
    call = misfit(step)
    if call and call.refused:
        return f"the argument `{call.refused}` of `{call.callee}`"
    return None


def _told(case: Case, turned: Turned, wanted: str, why: str) -> Matched:
    name = turned.distribution
    others = [pin for pin in case.result.cell.pins if pin.distribution != name]
    # Of two axes, it is the other one that let this release in.
    consumer = others[0] if len(others) == 1 else None
    who = f"{consumer.distribution} {consumer.version}" if consumer else "a consumer"
    return Matched(
        title=f"{who} lets {name} {turned.own} in, but wants {wanted},"
        f" which {turned.good_above} has",
        culprit=Culprit(
            distribution=consumer.distribution, version=str(consumer.version)
        )
        if consumer
        else None,
        evidence=(why, *sides(turned)),
    )


def proves(scene: Scene) -> Finding | None:
    """No older release has what a distribution imports, and a newer one does."""
    return not_yet(scene)
