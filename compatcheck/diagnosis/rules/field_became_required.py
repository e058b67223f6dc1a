"""A model gained a required field, or lost a default."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.grounds import sides
from compatcheck.diagnosis.history import Turned, turns
from compatcheck.diagnosis.releases import dropped
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.words import missing_fields
from compatcheck.model import Culprit

RANK: Final = 90
TITLE: Final = "a model of another distribution wants a field that it did without"
EXPLANATION: Final = (
    "A model of another distribution gained a required field, or lost a"
    " default. Whoever builds it without that field fails at the first"
    " message, not at import."
)
REMEDY: Final = "Hold the provider back, or take a newer consumer."
REFERENCE: Final = "https://docs.pydantic.dev/latest/errors/validation_errors/#missing"
EXAMPLE: Final = (
    "pydantic_core.ValidationError: 1 validation error for Usage:"
    " cached_tokens Field required"
)

_LIBRARIES: Final = ("pydantic", "pydantic-core")
"""Where these are to blame, the models are somebody else's and did not change."""


def matches(case: Case) -> Matched | None:
    """A validation that lacks a field turned at a release, and nothing else differs."""
    for step in case.steps():
        found = missing_fields(step)
        for turned in turns(case) if found else ():
            if found is None or not _holds(turned):
                continue
            model, fields = found
            names = ", ".join(f"`{field}`" for field in fields)
            return Matched(
                title=f"{turned.at} wants {names} in `{model}`",
                culprit=Culprit(
                    distribution=turned.distribution, version=str(turned.first_bad)
                ),
                evidence=(
                    f"{turned.distribution} is all that differs between good and bad",
                    *sides(turned),
                ),
            )
    return None


def _holds(turned: Turned) -> bool:
    blamed = turned.distribution not in _LIBRARIES
    return blamed and turned.sure and turned.last_good is not None


def proves(scene: Scene) -> Finding | None:
    """A validation misses a field, and with an older release it does not."""
    if missing_fields(scene.step) is None:
        return None
    return dropped(scene, at_import=None)
