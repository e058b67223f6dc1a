"""An attribute of another distribution's object is not there."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.grounds import grounds, sides
from compatcheck.diagnosis.history import turns
from compatcheck.diagnosis.words import lacking_attribute
from compatcheck.model import Culprit

RANK: Final = 70
TITLE: Final = "an attribute of another distribution's object is no longer there"


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
