"""An attribute of another distribution's object is not there."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.grounds import grounds, sides
from compatcheck.diagnosis.history import turns
from compatcheck.diagnosis.releases import dropped
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.words import lacking_attribute
from compatcheck.model import Culprit

RANK: Final = 70
TITLE: Final = "an attribute of another distribution's object is no longer there"
EXPLANATION: Final = (
    "Code of one distribution reads an attribute of another's object. Older"
    " releases have it, and nothing in the metadata keeps the newer one out."
    " The import works; the first use fails."
)
REMEDY: Final = "Hold the provider back, or take a newer consumer."
REFERENCE: Final = (
    "https://docs.python.org/3/reference/datamodel.html#customizing-attribute-access"
)
EXAMPLE: Final = "AttributeError: 'Response' object has no attribute 'text'"


def matches(case: Case) -> Matched | None:
    """An AttributeError in one distribution's code turned at a release of another."""
    for step in case.steps():
        found = lacking_attribute(step)
        for turned in turns(case) if found else ():
            why = grounds(case, step, turned)
            if found is None or turned.last_good is None or why is None:
                continue
            owner, name = found
            return Matched(
                title=f"with {turned.at}, `{owner}` no longer has `{name}`",
                culprit=Culprit(
                    distribution=turned.distribution, version=str(turned.first_bad)
                ),
                evidence=(why, *sides(turned)),
            )
    return None


def proves(scene: Scene) -> Finding | None:
    """All is imported, and with an older release the attribute is there."""
    if not scene.step.type.endswith("AttributeError") or scene.wanted is not None:
        return None
    return dropped(scene, at_import=False)
