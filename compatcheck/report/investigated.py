"""The blocker report as a document: schema `compatcheck.investigation/1`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from compatcheck.model import Failure
from compatcheck.report.diagnosed import Looked, ToldDiagnosis
from compatcheck.report.legible import storable

SCHEMA: Final = "compatcheck.investigation/1"

Came = Literal["works", "fails", "fails otherwise", "not made", "unknown"]
"""`fails`: as the original does. `not made`: the environment could not be had."""

WayKind = Literal[
    "repair", "release here", "pins", "as of release", "releases", "import", "shim"
]
WayCame = Literal["works", "may work", "fails", "unsolvable", "unknown", "not tried"]
"""`may work`: what was read says so, and nothing was run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where exactly it came up."""

    at: str
    """`orchard/fruit.py:12`."""
    text: str
    """That line of source; empty where it cannot be read."""
    owner: str | None
    """The distribution whose file it is; null: the user's own, or Python's."""
    wanted: str | None
    """What is not there: `orchard.fruit.Apple`."""
    way: tuple[str, ...]
    """How it was come to, the outermost place first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Something that takes part, in the release that is installed."""

    name: str
    version: str
    role: str
    """What it does in the failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """An environment that was made anew, and what was seen in it."""

    what: str
    commands: tuple[str, ...]
    """What was run; `fresh` stands for the folder."""
    pins: tuple[str, ...]
    """All that is installed in it."""
    outcome: Came
    said: str
    """The exception, or why it could not be made; empty where it works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """The shortest way to the failure, as far as it was found."""

    statement: str | None
    """What fails by itself; null where only the user's whole command does."""
    conclusion: str
    """One sentence: which commands fail, or that a fresh environment works."""
    worlds: tuple[World, ...]
    """Every fresh environment that was asked."""
    minimal: int | None
    """Which of them is the minimal reproduction; null where none fails so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """How the releases of one distribution came out, ascending."""

    distribution: str
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    unsolvable: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way out, tried and measured, or why it was not."""

    kind: WayKind
    what: str
    """In words."""
    outcome: WayCame
    detail: str
    """What was seen."""
    command: str | None = None
    """What to run or to change; several steps stand in several lines."""
    releases: Releases | None = None
    newer_of: str | None = None
    """The distribution that a newer release was taken of, where that is the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledOut:
    """A cause that people would think of, and how it was seen not to be one."""

    what: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A line of the project that takes something from those concerned."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Whether the makers of a distribution should hear of it."""

    innocent: bool | None
    """Null: that could not be told."""
    sentence: str
    to: str | None = None
    """The distribution whose makers the report is for."""
    report: str | None = None
    """Markdown, ready to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """The step to take."""

    what: str
    command: str | None
    verified: bool
    """Whether it was seen to work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigated:
    """The whole document; its fields are the keys."""

    schema: str = SCHEMA
    summary: str
    healthy: bool
    compatible: bool | None
    """Whether the releases concerned work together in a fresh environment; null:
    that could not be told, or there are not two."""
    environment: Looked
    replayed: str | None
    failure: Failure | None
    location: Location | None
    versions: tuple[Version, ...] = ()
    diagnosis: ToldDiagnosis | None
    reproduction: Reproduction | None
    ways: tuple[Way, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    recommended: Recommended | None = None
    affected: tuple[Affected, ...] = ()
    upstream: Upstream | None = None
    unchecked: tuple[str, ...] = ()


def dump(document: Investigated) -> str:
    """The document as JSON."""
    text = TypeAdapter(Investigated).dump_json(document, indent=2).decode()
    return f"{storable(text)}\n"
