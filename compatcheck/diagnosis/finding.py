"""What a rule says of an environment, once its evidence is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from compatcheck.model import Culprit
from compatcheck.model.inspected import Installed
from compatcheck.model.mending import Mend

UNDETERMINED: Final = "undetermined"
"""Stands where a rule's id would, where no cause could be proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A cause, the evidence that tells it from its neighbours, and what mends it."""

    title: str
    """One sentence, without its full stop."""
    culprit: Culprit | None = None
    evidence: tuple[str, ...] = ()
    """What was seen, a sentence each."""
    mends: tuple[Mend, ...] = ()
    """Least change first."""
    rule: str = ""
    """The id of the rule that found it: set by whoever asked the rule."""


def blame(it: Installed | None) -> Culprit | None:
    """An installed distribution as a culprit."""
    if it is None:
        return None
    return Culprit(distribution=it.name, version=it.version)
