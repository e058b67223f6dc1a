"""A call of another distribution's function no longer binds."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.grounds import grounds, sides
from compatcheck.diagnosis.history import turns
from compatcheck.diagnosis.releases import dropped
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.words import Misfit, misfit
from compatcheck.diagnosis.words import misfit as _misfit
from compatcheck.model import Culprit

RANK: Final = 80
TITLE: Final = "a call of another distribution's function no longer binds"
EXPLANATION: Final = (
    "A function of another distribution takes other arguments than it did,"
    " and nothing in the metadata keeps the newer release out."
)
REMEDY: Final = "Hold the provider back, or take a newer consumer."
REFERENCE: Final = "https://docs.python.org/3/reference/expressions.html#calls"
EXAMPLE: Final = (
    "TypeError: Client.__init__() got an unexpected keyword argument 'proxies'"
)


def matches(case: Case) -> Matched | None:
    """A TypeError on arguments, in the caller's code, turned at a release of another.

    Python raises it before the function is entered: the last frame is the caller's.
    """
    for step in case.steps():
        call = misfit(step)
        for turned in turns(case) if call else ():
            why = grounds(case, step, turned)
            if call is None or turned.last_good is None or why is None:
                continue
            return Matched(
                title=f"{turned.at} {_what(call)}",
                culprit=Culprit(
                    distribution=turned.distribution, version=str(turned.first_bad)
                ),
                evidence=(why, *sides(turned)),
            )
    return None


def _what(call: Misfit) -> str:
    if call.refused:
        return f"no longer takes a `{call.refused}` argument (`{call.callee}`)"
    if call.wanted:
        return f"now wants the argument `{call.wanted}` (`{call.callee}`)"
    return f"no longer takes the arguments that `{call.callee}` is given"


def proves(scene: Scene) -> Finding | None:
    """A call does not bind, and with an older release of the callee it does."""
    if _misfit(scene.step) is None:
        return None
    return dropped(scene, at_import=None)
