"""What became of each adaptation in this process."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from enum import Enum

from compat_shims.adaptation import Adaptation, Fidelity


class State(Enum):
    """What became of an adaptation."""

    WAITING = "waiting"
    """Its target was not imported yet."""
    APPLIED = "applied"
    NOT_NEEDED = "not needed"
    """What it is for is not observed: upstream provides it."""
    SKIPPED = "skipped"
    """Its guard does not hold."""
    REFUSED = "refused"
    """A placeholder that nobody asked for, or strict mode."""
    FAILED = "failed"
    """It could not be read or applied; the module is as upstream made it."""
    OUT_OF_REACH = "out of reach"
    """Its target was imported without us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One adaptation, and what became of it."""

    id: str
    """Its target's module and its file's name: `agents/missing_init`."""
    target: str
    state: State
    reason: str
    remedy: str = ""
    fidelity: Fidelity | None = None
    expired: bool = False
    shipped: bool = False
    """Whether it is one of ours, not one of the app's."""

    def as_json(self) -> dict[str, object]:
        """The same for another process."""
        return {
            "id": self.id,
            "target": self.target,
            "state": self.state.value,
            "reason": self.reason,
            "remedy": self.remedy,
            "fidelity": self.fidelity.value if self.fidelity else None,
            "expired": self.expired,
            "shipped": self.shipped,
        }


KEPT: dict[str, Record] = {}
"""By file. A plain dict: its single operations are atomic, and no lock can be held by
another thread when a process forks."""


def expired(adaptation: Adaptation) -> bool:
    """Whether its day has come (in UTC)."""
    return datetime.now(timezone.utc).date() >= adaptation.expires


def status() -> tuple[Record, ...]:
    """What became of each adaptation, by id. Reads those that were not needed yet."""
    from compat_shims import FINDER, mode
    from compat_shims.reading import written_for

    told = []
    for name in sorted(FINDER.targets):
        for each in written_for(FINDER, name):
            record = KEPT.get(each.file) or each.waiting()
            if record.state is State.WAITING:
                record = _without_us(record, name, active=FINDER in sys.meta_path)
            if mode() == "off":
                record = replace(record, reason="COMPAT_SHIMS=0 turns everything off")
            told.append(record)
    return tuple(sorted(told, key=lambda it: it.id))


def _without_us(record: Record, module: str, *, active: bool) -> Record:
    """What is told of a target that never came by."""
    if module in sys.modules:
        first = (
            ""
            if sys.meta_path[0].__class__.__name__ == "Finder"
            else (
                f"; {type(sys.meta_path[0]).__name__} stands before us on sys.meta_path"
            )
        )
        why = f"{module} was imported, and not through us{first}"
        return replace(record, state=State.OUT_OF_REACH, reason=why)
    if not active:
        return replace(record, reason="compat_shims is not installed in this process")
    return record
