"""May an upgrade land? The answer as a document: schema `compatcheck.gate/1`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from compatcheck.model import Outcome, Stage
from compatcheck.report.document import Platform, Tool
from compatcheck.report.legible import storable

SCHEMA: Final = "compatcheck.gate/1"

Verdict = Literal["passed", "failed", "unknown", "unchanged"]
Status = Literal["new", "unchanged", "waived", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in a file of the repository."""

    file: str
    """Relative to where the gate was run, with slashes."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two locks."""

    lock: str
    """Its path."""
    kind: str
    commit: str | None
    """Of base: where head and the ref last were the same; null for a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A distribution that differs between the locks."""

    distribution: str
    before: str | None
    after: str | None
    kind: str
    """`raised`, `lowered`, `added`, `removed`, `other extras`, `another range`."""
    place: Spot
    pythons: tuple[str, ...]
    """Where it is installed and was asked about; none where no asked Python gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What is blamed."""

    distribution: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        """`flask 2.3.0 -> 3.0.0`."""
        before, after = self.before or "none", self.after or "none"
        return f"{self.distribution} {before} -> {after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Something to do."""

    kind: Literal["versions", "pin", "shim"]
    command: str
    """Requirements, side by side; of a shim, the command that switches it on."""
    verified: bool | None
    """Whether it was tried and everything passed; null: not tried."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """The waiver that a finding falls under."""

    reason: str
    expires: date
    expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that head does not do, or of which nothing is known."""

    id: str
    """The same for the same finding in every format and run: of rule, pair, symbol."""
    status: Status
    rule: str
    title: str
    pair: tuple[str, str]
    """Who needs it, and who is blamed for not having it."""
    symbol: str
    outcome: Outcome
    stage: Stage
    target: str
    message: str
    """What was raised, or why it is unknown or unsolvable."""
    upgrades: tuple[Upgrade, ...]
    """The smallest set that breaks it."""
    place: Spot
    evidence: tuple[str, ...]
    ways: tuple[Way, ...]
    """Best first."""
    pythons: tuple[str, ...]
    waiver: Waived | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A cause as the catalogue has it: the same whatever was found."""

    id: str
    title: str
    explanation: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many findings there are of each status."""

    new: int
    unchanged: int
    waived: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """The whole document; its fields are the keys."""

    schema: str = SCHEMA
    tool: Tool
    generated: str
    platform: Platform
    verdict: Verdict
    conclusion: str
    strict: bool
    base: Side
    head: Side
    pythons: tuple[str, ...]
    changes: tuple[Changed, ...]
    findings: tuple[Finding, ...]
    """What gates first."""
    rules: tuple[Rule, ...]
    """Those of the findings, by id."""
    notes: tuple[str, ...]
    """What was not followed or not asked, a sentence each."""
    summary: Summary


def identify(rule: str, pair: Sequence[str], symbol: str) -> str:
    """A finding's id: without versions, so that it stays the same while it lasts."""
    told = "\0".join((rule, *pair, symbol))
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def gates(finding: Finding, *, strict: bool) -> bool:
    """Whether a finding alone keeps the upgrade out."""
    return finding.status == "new" or (strict and finding.status == "unchanged")


def dump(document: Gated) -> str:
    """The document as JSON."""
    from pydantic import TypeAdapter

    from compatcheck.report.stored import escaped

    plain = TypeAdapter(Gated).dump_python(document, mode="json")
    text = json.dumps(plain, indent=2, ensure_ascii=False)
    return f"{storable(escaped(text))}\n"
