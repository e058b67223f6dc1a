"""The nouns: what the rooms hand to each other. All frozen, slotted, keyword-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from pydantic import PlainSerializer, PlainValidator


def _version(value: Version | str) -> Version:
    return value if isinstance(value, Version) else Version(value)


KeptVersion = Annotated[Version, PlainValidator(_version), PlainSerializer(str)]
"""A version in a noun that is kept as JSON between runs."""


class Outcome(StrEnum):
    """The verdict on a probe or a cell."""

    PASSED = "passed"
    FAILED = "failed"
    """The probe ran and the answer is no."""
    CRASHED = "crashed"
    """The interpreter died or ran out of time or memory."""
    UNSOLVABLE = "unsolvable"
    """The requirements contradict each other, proven."""
    UNKNOWN = "unknown"
    """Our side failed: never green, never red."""
    NOT_RUN = "not_run"
    """Left out by --select, --budget or Ctrl-C."""


class Stage(StrEnum):
    """How deep a probe asks, in order of depth."""

    RESOLVE = "resolve"
    INSTALL = "install"
    IMPORT = "import"
    SYMBOL = "symbol"
    CALL = "call"
    SCENARIO = "scenario"

    @property
    def depth(self) -> int:
        """0 for the shallowest stage, growing."""
        return list(Stage).index(self)


class Resolution(StrEnum):
    """Which of the admitted versions the resolver prefers (uv's `--resolution`)."""

    HIGHEST = "highest"
    LOWEST_DIRECT = "lowest-direct"
    LOWEST = "lowest"


class Source(StrEnum):
    """Where a cell's answer comes from."""

    PROBED = "probed"
    CACHED = "cached"
    SCREENED = "screened"


# --- what exists -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One file of a release as an index tells of it."""

    distribution: str
    """Normalised name (PEP 503)."""
    version: Version
    filename: str
    url: str
    """Where it lies; may hold credentials, so it is never shown."""
    kind: Literal["wheel", "sdist"]
    hashes: Mapping[str, str]
    """Hash name to hex digest, as the index gives them; may be empty."""
    requires_python: str | None
    yanked: str | None
    """None when it is not yanked, else the reason (may be empty)."""
    upload_time: datetime | None
    """Aware, UTC; None where the index does not tell."""
    has_metadata: bool
    """Whether `<url>.metadata` is served beside it (PEP 658/714)."""

    @property
    def sha256(self) -> str | None:
        """The hex digest the index promises, if it promises one."""
        return self.hashes.get("sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version of a distribution, with its files."""

    distribution: str
    version: Version
    files: tuple[ReleaseFile, ...]

    @property
    def yanked(self) -> bool:
        """Whether every file of it is yanked (PEP 592)."""
        return all(file.yanked is not None for file in self.files)

    @property
    def wheels(self) -> tuple[ReleaseFile, ...]:
        """Its wheels, in the order of their names."""
        return tuple(file for file in self.files if file.kind == "wheel")

    @property
    def upload_time(self) -> datetime | None:
        """The instant at which its last file came out; None if any is not told."""
        times = [file.upload_time for file in self.files]
        known = [time for time in times if time is not None]
        return max(known) if known and len(known) == len(times) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Everything that the configured indexes tell of one distribution."""

    distribution: str
    releases: tuple[Release, ...]
    """Ascending by version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelContents:
    """What lies in one wheel: its metadata and what can be imported from it."""

    distribution: str
    version: KeptVersion
    requires_dist: tuple[str, ...]
    requires_python: str | None
    roots: tuple[str, ...]
    """Import names: each regular package or module that no other one contains,
    dotted below a namespace package (`google.genai`); sorted."""
    stubs_only: bool
    """Whether all it holds for an importer is type stubs: then nothing is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportNeed:
    """One import that a module of the consumer makes of somebody else's module."""

    module: str
    """What is imported from: `agents.items`."""
    name: str | None
    """The name taken from it; None for `import agents.items`."""
    optional: bool
    """Whether the source survives its absence (guarded, or made only sometimes)."""
    importer: str
    """The consumer's module."""
    line: int


# --- what is asked -----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """Which of an axis's candidates are taken."""

    rule: Literal["minor", "all", "latest"]
    count: int | None = None
    """With `latest`: how many."""

    def __str__(self) -> str:
        """As the user writes it."""
        return self.rule if self.count is None else f"{self.rule}:{self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisRequest:
    """An axis as it was asked for."""

    distribution: str
    """Normalised name."""
    extras: tuple[str, ...]
    """Normalised, sorted."""
    specifier: SpecifierSet
    place: str
    """Where the user wrote it, for messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A release that an axis does not take, and why not."""

    version: Version
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A distribution with its candidates, ascending."""

    distribution: str
    extras: tuple[str, ...]
    candidates: tuple[Release, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A name in a module, dotted where it is an attribute: `agents`, `Runner.run`."""

    module: str
    name: str

    def __str__(self) -> str:
        """`agents.Runner.run`."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What the consumer needs; all sorted and without repetition."""

    roots: Mapping[str, tuple[str, ...]]
    """Axis distribution to the import names it must offer, consumers first.
    Empty where the distribution holds no module, which is a failed import."""
    modules: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    optional: tuple[str, ...]
    """Read from source and guarded there, so never asked: `agents.extensions.x`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python on this machine that cells can be asked in."""

    executable: Path
    version: str
    """Full: `3.12.1`."""
    implementation: str
    """`cpython`, `pypy`."""
    build: str
    """A digest of all that tells one build from another."""
    markers: Mapping[str, str]
    """The environment of PEP 508 markers."""

    @property
    def minor(self) -> str:
        """`3.12`."""
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The choice on one axis."""

    distribution: str
    version: Version
    extras: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As a requirement: `flask[async]==2.2.2`."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.distribution}{extras}=={self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One choice on every axis."""

    pins: tuple[Pin, ...]
    """In the order of the axes."""
    interpreter: Interpreter
    resolution: Resolution
    as_of: datetime | None
    """Files that came out after this instant do not exist for the resolver."""


# --- what came of it ---------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackage:
    """One distribution of a lock and the files that may be installed for it."""

    distribution: str
    version: KeptVersion
    files: tuple[str, ...]
    """File names, sorted."""
    hashes: tuple[str, ...]
    """`sha256:…` of those files, sorted."""
    timed: bool
    """Whether the index told an upload time for each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """The exact versions that a cell resolves to."""

    packages: tuple[LockedPackage, ...]
    """Sorted by name."""
    pylock: str
    """The lock as PEP 751 text, for the installer; holds addresses, never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsolvable:
    """The requirements contradict each other, and how."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Our side failed at a stage, and how."""

    reason: str
    stage: Stage = Stage.RESOLVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One line of a traceback, its path normalised (`<env>/…`, `<base>/…`)."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What an exception said, without anything of the place where it was seen."""

    type: str
    message: str
    module: str | None
    """The module the message is about (`ImportError.name`), if it says."""
    frames: tuple[Frame, ...]
    chain: tuple[Link, ...] = ()
    """What it came from, nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One step along `__cause__` or `__context__`."""

    relation: Literal["cause", "context"]
    type: str
    message: str
    module: str | None
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one probe saw of one target."""

    probe: str
    stage: Stage
    target: str
    outcome: Outcome
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellResult:
    """All that is known of one cell."""

    cell: Cell
    outcome: Outcome
    stage: Stage | None
    """The deepest that ran, or the first that failed; None when nothing ran."""
    reason: str | None = None
    """Why unsolvable, unknown or not run."""
    lock: Locked | None = None
    contract: Contract | None = None
    observations: tuple[Observation, ...] = ()
    source: Source | None = None
    confirmed: bool = False
    """Whether its failures were seen a second time, alone."""
