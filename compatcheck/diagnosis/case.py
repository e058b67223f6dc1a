"""What a rule gets to see of a failure, and what it says when it matches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from packaging.version import Version

from compatcheck.model import (
    Cell,
    CellResult,
    Culprit,
    Failure,
    Link,
    Observation,
    Remedy,
    Resolution,
)

_LONGEST: Final = 200
"""Characters of a message that stand in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Where the outcome turned in a distribution's history, release by release."""

    distribution: str
    last_good: Version
    """The newest release that works."""
    first_bad: Version
    """The first behind it; from here on none works."""
    holes: tuple[Version, ...] = ()
    """Releases below `last_good` that fail between two that work, ascending."""
    tried: int
    """How many releases were told good or bad, both ends included."""
    untold: tuple[tuple[Version, str], ...] = ()
    """Those that could not be asked, and why, ascending."""
    passed_over: tuple[Version, ...] = ()
    """Yanked releases and pre-releases, which were not asked, ascending."""
    came_out: Mapping[Version, datetime] = field(default_factory=dict)
    """When releases came out, as far as the index tells."""
    swept: Mapping[Version, bool | None] = field(default_factory=dict)
    """Each that was to be asked, ascending: whether it works, None if not told."""

    def is_bad(self, version: Version | None) -> bool:
        """Whether a release is among those that fail."""
        return version is not None and (
            version >= self.first_bad or version in self.holes
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A failure to diagnose, with all that is known around it.

    Two cases are never compared; that each is itself lets what is read off it be kept.
    """

    result: CellResult
    """The cell as it fails today: one of those that share the failure."""
    failures: tuple[Observation, ...]
    """What failed, shallowest first; at least one."""
    worked: bool | None
    """Whether it passed as of the cell's release; None if that is not told."""
    culprits: tuple[Turn, ...] = ()
    """The distributions that drifted, proven: held back, all of it passes."""
    together: tuple[str, ...] = ()
    """What else had to move for it to break: `pydantic-core 2.33.2`."""
    alone: bool = False
    """Whether they are all that differs between a world that works and one that does
    not."""
    gone: tuple[str, ...] = ()
    """Distributions that the lock of the release held and today's does not."""
    rows: Mapping[str, tuple[CellResult, ...]] = field(default_factory=dict)
    """By axis, the results of cells that differ in that pin alone, ascending; with
    the cell's own."""
    pythons: tuple[CellResult, ...] = ()
    """The results of the same pins on each Python, ascending; with its own."""
    evidence: tuple[str, ...] = ()
    """What is told whichever rule matches, a sentence each."""
    remedies: tuple[Remedy, ...] = ()
    unsettled: str | None = None
    """Why no rule may be named, as a title: a flaky answer, say."""
    suspect: Culprit | None = None
    """Whom to name where no rule may be."""

    @property
    def whom(self) -> str:
        """Every release that is to blame, by name."""
        held = [f"{turn.distribution} {turn.first_bad}" for turn in self.culprits]
        names = " and ".join(held)
        if self.together:
            names = f"{names} together with {' and '.join(self.together)}"
        return names

    @property
    def first(self) -> Observation:
        """The shallowest of what failed."""
        return self.failures[0]

    def steps(self) -> Iterator[Failure | Link]:
        """The failure, then what it came from; not what was made of it."""
        failure = self.first.failure
        if failure is not None:
            yield failure
            yield from (link for link in failure.chain if link.relation != "effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What a rule says of a case whose evidence it found complete."""

    title: str
    """One sentence, without its full stop."""
    culprit: Culprit | None
    evidence: tuple[str, ...] = ()
    """What this rule rests on, a sentence each."""


def named(cell: Cell) -> str:
    """A cell in words: `press 1.0 with orchard 2.0 on Python 3.11`."""
    pins = " with ".join(f"{pin.distribution} {pin.version}" for pin in cell.pins)
    mode = cell.resolution
    how = "" if mode is Resolution.HIGHEST else f" ({mode} resolution)"
    under = f" with `{' '.join(cell.constraints)}`" if cell.constraints else ""
    return f"{pins} on Python {cell.interpreter.minor}{how}{under}"


def said(step: Failure | Link | None) -> str:
    """What an exception said, in one line of bearable length."""
    if step is None:
        return "no word"
    words = " ".join(step.message.split())
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST - 1]}…"
    kind = step.type.rpartition(".")[2]
    return f"{kind}: {words}" if words else kind
