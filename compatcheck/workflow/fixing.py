"""A verified remedy, applied to the user's own environment."""

from __future__ import annotations

from compatcheck.model.mending import Mend
from compatcheck.remedies import apply
from compatcheck.workflow.doctor import Seen


def fix_now(mend: Mend, seen: Seen, seconds: float) -> bool:
    """Take the steps for real, and replay; whether it runs now.

    Raises `EnvironmentFault` where a step cannot be taken.
    """
    at = apply(mend.steps, seen.at)
    told = at.process.run(seconds)
    return told.code == 0 and not told.late
