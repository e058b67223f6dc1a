"""All names are there and the result differs."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched, said
from compatcheck.diagnosis.grounds import sides
from compatcheck.diagnosis.history import turns
from compatcheck.diagnosis.words import lacking, lacking_attribute, misfit
from compatcheck.model import Culprit, Failure, Link, Stage

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
    if any(_complains_of_a_name(step) for step in case.steps()):
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


def _complains_of_a_name(step: Failure | Link) -> bool:
    return any(read(step) for read in (lacking, lacking_attribute, misfit))
