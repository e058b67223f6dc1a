"""What a sweep leaves."""

from __future__ import annotations

from dataclasses import dataclass, field

from compatcheck.model import CellResult, Drift, Verified
from compatcheck.plan import Plan


@dataclass(slots=True, kw_only=True)
class Swept:
    """What a sweep has found so far; complete unless it was stopped."""

    plan: Plan
    results: list[CellResult] = field(default_factory=list)
    drift: tuple[Drift, ...] = ()
    interrupted: bool = False
    unblamed: str | None = None
    """Why it was not found out to the end who is to blame."""
    bug: Exception | None = None
    """What ended that, where it is a fault in this program."""
    pictured: float | None = None
    """Seconds from the start of the run to the end of the first, coarse pass."""
    blaming: float = 0.0
    """Seconds spent on whom to blame."""
    screened: dict[int, CellResult] = field(default_factory=dict)
    """What the wheels alone tell, by the identity of the cell."""
    screening: float = 0.0
    """Seconds spent on that."""
    verified: Verified | None = None
    """How far real environments bear out the results, where that is asked."""
    verifying: float = 0.0
    """Seconds spent on that."""
    shims: str | None = None
    """The shim's release, where cells were asked with it."""
    shimming: float = 0.0
    """Seconds spent on that."""
