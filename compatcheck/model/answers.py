"""What came of it: locks, observations, results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from compatcheck.model.asking import Cell, Contract
from compatcheck.model.existing import KeptVersion
from compatcheck.model.words import Outcome, Source, Stage

Gist: TypeAlias = tuple[str, str, str | None, str, str]
"""Type, message and module of what was raised; file and function that raised it."""


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
    entry: str = field(default="", compare=False, repr=False)
    """Its part of the lock, for the installer: a `[[packages]]` of PEP 751. Holds
    addresses, so it is never shown; not compared, for the files are what counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """The exact versions that a cell resolves to."""

    packages: tuple[LockedPackage, ...]
    """Sorted by name."""


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

    @property
    def gist(self) -> Gist:
        """What two failures share that are one to a reader.

        The lines and the way there differ between releases; what was said and the
        function that said it do not.
        """
        return _gist(self)

    @property
    def story(self) -> tuple[object, ...]:
        """The gist of it and of each step that led to it or came of it."""
        return self.gist, *((link.relation, _gist(link)) for link in self.chain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One step along `__cause__` or `__context__`."""

    relation: Literal["cause", "context", "effect"]
    """`effect`: what a scenario made of an exception that was only logged."""
    type: str
    message: str
    module: str | None
    frames: tuple[Frame, ...]


def _gist(step: Failure | Link) -> Gist:
    last = step.frames[-1] if step.frames else Frame(file="", line=0, function="")
    return step.type, step.message, step.module, last.file, last.function


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """An adaptation of compat_shims that was applied."""

    id: str
    """Its target's module and its file's name: `garden.plants/rose`."""
    fidelity: str
    """How near it comes to the real thing: `alias`, `adapter`, `placeholder`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one probe saw of one target."""

    probe: str
    stage: Stage
    target: str
    outcome: Outcome
    failure: Failure | None = None
    adapted: tuple[Adapted, ...] = ()
    """What the shim had applied by then in the process that was asked, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Culprit:
    """The release to blame; no version where the whole distribution is."""

    distribution: str
    version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A change that should help.

    Verified when it was tried in every cell that it is told to, and what failed there
    passed; a further diagnosis of a cell tells what failed all the same.
    """

    kind: Literal["constraint", "pin"]
    """A `constraint` on a transitive distribution; a `pin` of an axis."""
    command: str
    """What to write: a requirement (`httpx<0.28`)."""
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A rule that matched, with its evidence."""

    rule: str
    """Its stable id, `undetermined` where none matched."""
    title: str
    """One sentence."""
    culprit: Culprit | None
    evidence: tuple[str, ...]
    """What was seen, a sentence each."""
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """A release of a distribution that drifted, and what became of it."""

    version: str
    day: str | None
    """When it came out, as an ISO 8601 date; None where the index does not tell."""
    outcome: Outcome
    """Passed, failed, or unknown where it could not be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A distribution that broke cells which worked when they were released."""

    distribution: str
    last_good: str
    """Its newest release that works."""
    first_bad: str
    """The first behind it, from which on none does."""
    holes: tuple[str, ...]
    """Older releases that fail between two that work, ascending."""
    cells: int
    """How many cells have one of these releases, and were seen to pass what drifted
    when it was held back."""
    verified: bool
    """Whether nothing else failed in any of these cells then."""
    releases: tuple[Swept, ...] = ()
    """All that were tried from one lock to the other, ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """What a screen said for certain, and a probe saw otherwise."""

    cell: Cell
    target: str
    screened: Outcome
    probed: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far probes bear out what was screened before."""

    cells: int
    """Where the screen decided, and a probe could tell, too."""
    agreed: int
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A target that a cell was told of otherwise than a real environment answers."""

    cell: Cell
    told: Observation | None
    """None where nothing was told of it."""
    real: Observation | None
    """None where it was not even asked; unknown where it was now so, now otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How far real environments, asked afterwards, bear out what was told."""

    cells: int
    """That they answered."""
    agree: int
    """Of those, in which every target came out alike, and every failure."""
    unanswered: int
    """Cells more that were to be asked, for which our side failed or had no time."""
    differ: tuple[Mismatch, ...]


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
    diagnoses: tuple[Diagnosis, ...] = ()
    """Why it failed, best first."""
    shimmed: CellResult | None = None
    """What the same cell answered with the shim in it, if it was asked so."""
