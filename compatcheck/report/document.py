"""The report as a document: schema `compatcheck.report/1`, key for key.

Field names are the keys of the JSON. Failures are the model's own nouns, since their
fields are the report's keys already. Every map is written sorted, so equal reports are
equal texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from pydantic import FiniteFloat, JsonValue

from compatcheck.model import (
    Diagnosis,
    Drift,
    Failure,
    Outcome,
    Resolution,
    Source,
    Stage,
)
from compatcheck.report.shimmed import Shimmed, WithShims
from compatcheck.report.verified import Verified

SCHEMA: Final = "compatcheck.report/1"

SELECTED: Final = "--select"
"""The word by which a reason says that a choice of ours, and not its being unfit, left
out a release or a cell."""

BUDGET: Final = "--budget"
SHARDED: Final = "--shard"
"""Likewise, the words by which a reason says that a cell was left out for want of time,
or to another machine. Neither says anything of what lies between its neighbours."""

PICTURED: Final = "first_picture"
"""The timing that tells when a first, coarse pass over the grid was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Who wrote the report."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Where it was written; `python` is the tool's own, not the cells'."""

    system: str
    machine: str
    python: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Python:
    """An interpreter that cells ran in."""

    version: str
    """Full: `3.12.1`."""
    implementation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Releases that an axis does not take, all for the same reason."""

    versions: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A distribution with the releases that were tried, ascending."""

    distribution: str
    extras: tuple[str, ...]
    versions: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def name(self) -> str:
        """As it was asked for: `flask`, `fastapi[standard]`."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.distribution}{extras}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One choice on every axis, and the verdict on it.

    Every key stands in the JSON of every cell, null or not: scripts rely on them.
    """

    pins: Mapping[str, str]
    """In the order of the axes."""
    python: str
    """A key of `pythons`."""
    resolution: Resolution
    as_of: str | None = None
    """An ISO 8601 instant; none for everything that there is today."""
    shims: str | Literal[False] = False
    """What it answered with the shim in it: an id into `shims.answers`. False where it
    was not asked so. All other keys tell of it without."""
    outcome: Outcome
    stage: Stage | None = None
    """The deepest that ran, or the first that failed."""
    reason: str | None = None
    """Why unsolvable, unknown or not run."""
    lock: str | None = None
    contract: str | None = None
    """What was needed: an id into `contracts`."""
    result: str | None = None
    source: Source | None = None

    @property
    def unselected(self) -> bool:
        """Whether `--select` left it out of a grid that was refined elsewhere."""
        return self.outcome is Outcome.NOT_RUN and SELECTED in (self.reason or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one probe saw of one target; `failure` is an id into `failures`."""

    probe: str
    stage: Stage
    target: str
    outcome: Outcome
    failure: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What equal cells share, also those of which not quite the same was needed.

    An observation whose target is `the rest of the contract` stands for all that the
    cell's contract names at its stage and that no other observation is about.
    """

    observations: tuple[Observation, ...]
    deepest: Stage | None = None
    """The deepest stage that ran; a cell's own is the first that failed, if any did."""
    diagnoses: tuple[Diagnosis, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What was needed of the distributions of a cell."""

    roots: Mapping[str, tuple[str, ...]]
    modules: tuple[str, ...]
    symbols: tuple[str, ...]
    optional: tuple[str, ...]
    uses: tuple[int, ...] = ()
    """Calls and attribute reads, as places in the report's `uses`."""
    unclear: int = 0
    """Uses in the source that were left out, because their type is not plain."""
    unread: tuple[str, ...] = ()
    """Modules whose source could not be parsed: what they need is not among this."""
    scenarios: tuple[str, ...] = ()
    """Name and digest of each file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many cells there are, and how many came out how."""

    cells: int
    passed: int
    failed: int
    crashed: int
    unsolvable: int
    unknown: int
    not_run: int
    passing: Mapping[Stage, int] = field(default_factory=dict)
    """How many cells pass each stage that any was asked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """What the screen said for certain of a target, and a probe saw otherwise."""

    pins: Mapping[str, str]
    python: str
    """A key of `pythons`."""
    target: str
    screened: Outcome
    probed: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """How far the probes bear out what the wheels alone had told."""

    cells: int
    """Where the screen decided, and a probe could tell, too."""
    agreed: int
    disagreed: tuple[Disagreement, ...]
    """By cell and target. Each is a fault of the screen: the probe is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a run found, with evidence."""

    schema: Literal["compatcheck.report/1"] = SCHEMA
    conclusion: str
    summary: Summary
    interrupted: bool
    tool: Tool
    generated: str
    """An ISO 8601 instant."""
    platform: Platform
    request: Mapping[str, JsonValue]
    isolation: Mapping[str, str]
    pythons: Mapping[str, Python]
    """What the cells' `python` stands for."""
    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]
    results: Mapping[str, Result]
    failures: Mapping[str, Failure]
    """Each distinct one once, with the frames of the first cell that failed so: between
    releases, lines and the calls on the way may differ."""
    contracts: Mapping[str, Contract]
    uses: tuple[str, ...] = ()
    """Labels of the call probe, sorted: releases of a consumer share most of them."""
    locks: Mapping[str, Mapping[str, str]]
    """What a cell resolves to *beside its pins*: with them, no two cells of a grid
    would share a lock, and the report would grow with cells instead of facts."""
    drift: tuple[Drift, ...] = ()
    unblamed: str | None = None
    """Why it was not found out to the end who is to blame; none where it was."""
    screen: Screen | None = None
    """Where the screen was asked beside other probes."""
    verified: Verified | None = None
    """Where cells were asked once more (`--verify`)."""
    shims: Shimmed | None = None
    """Where cells were asked with the shim (`--with-shims`)."""
    timings: Mapping[str, FiniteFloat] = field(default_factory=dict)
    """Seconds."""

    def lock_of(self, cell: Cell) -> Mapping[str, str] | None:
        """The full lock of a cell, its pins included; None where there is none."""
        if cell.lock is None:
            return None
        return dict(sorted({**self.locks[cell.lock], **cell.pins}.items()))

    def with_shims(self, cell: Cell) -> WithShims | None:
        """What a cell answered with the shim in it; None where it was not asked so."""
        return self.shims.answers[cell.shims] if self.shims and cell.shims else None


def equal(one: Report, other: Report) -> bool:
    """Whether two reports tell the same, whenever and from wherever they know it.

    `generated`, `timings` and the cells' `source` are not compared (design, section 5).
    """
    return _timeless(one) == _timeless(other)


def _timeless(report: Report) -> Report:
    cells = tuple(replace(cell, source=None) for cell in report.cells)
    return replace(report, generated="", timings={}, cells=cells)
