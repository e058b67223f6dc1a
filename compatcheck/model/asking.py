"""What is asked: axes, cells, and what they need of each other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, Literal

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from compatcheck.model.existing import CallShape, Release
from compatcheck.model.words import Resolution

DEFAULT_SCENARIO_SECONDS: Final = 30.0


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
class Shard:
    """One share of a grid that several machines ask."""

    number: int
    """From 1 to `count`."""
    count: int

    def __str__(self) -> str:
        """As the user writes it: `2/4`."""
        return f"{self.number}/{self.count}"


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
class Use:
    """A call or an attribute read that must be possible."""

    module: str
    name: str
    """Dotted, as in `UseNeed`."""
    instance: bool
    call: CallShape | None

    @property
    def key(self) -> tuple[str, str, bool, int, tuple[str, ...], bool]:
        """What uses are sorted by; reads before calls."""
        shape = self.call or CallShape(positional=-1, keywords=())
        written = (shape.positional, shape.keywords, shape.partial)
        return (self.module, self.name, self.instance, *written)

    def __str__(self) -> str:
        """`flask.Flask.route(…, methods=…)`, `flask.Request().args`."""
        name = f"{self.module}.{self.name}"
        if self.instance:
            owner, _, last = name.rpartition(".")
            name = f"{owner}().{last}"
        if self.call is None:
            return name
        written = ["…"] * self.call.positional
        written += [f"{keyword}=…" for keyword in self.call.keywords]
        return f"{name}({', '.join(written + ['*'] * self.call.partial)})"


@cache
def _digest(files: tuple[tuple[str, str], ...], rest: tuple[object, ...]) -> str:
    """Worked out once: every cell asks for it."""
    told = hashlib.sha256(repr(files).encode())
    told.update(repr(rest).encode())
    return told.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A file of small programs, each of which passes if it returns."""

    name: str
    """The file's, without its suffix: `serving`."""
    functions: tuple[str, ...]
    """Its `scenario_*` functions, in the order of the file."""
    files: tuple[tuple[str, str], ...]
    """Name and text of the file itself, then of the `_*.py` beside it, by name."""
    requirements: tuple[str, ...] = ()
    """What it needs beside the pins (PEP 723)."""
    network: bool = False
    """Whether it asks for the network."""
    variables: tuple[str, ...] = ()
    """Names of the user's variables that it asks for, sorted."""
    seconds: float = DEFAULT_SCENARIO_SECONDS
    """How long each of its functions may take."""

    @property
    def companions(self) -> tuple[tuple[str, str], ...]:
        """Name and text of what lies beside it."""
        return self.files[1:]

    @property
    def digest(self) -> str:
        """SHA-256 of all that it is: a changed scenario is another question."""
        return _digest(self.files, (self.network, self.variables, self.seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What the consumer needs; all sorted and without repetition."""

    roots: Mapping[str, tuple[str, ...]]
    """Axis distribution to the import names it must offer, consumers first.
    Empty where the distribution holds no module, which is a failed import."""
    modules: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    read: tuple[str, ...] = ()
    """Which of the modules and symbols nobody named: they were read from source, where
    not every module is there for every user (`b.contrib.redis`)."""
    optional: tuple[str, ...]
    """Read from source and guarded there, so never asked: `agents.extensions.x`."""
    uses: tuple[Use, ...] = ()
    """Calls and attribute reads whose type is plain from the source."""
    unclear: int = 0
    """Places in the source that use what may be the provider's and were left out,
    because what they read it off, or how they call it, is not plain."""
    unread: tuple[str, ...] = ()
    """Modules whose source the Python that reads it cannot parse: what they need is not
    among all this."""
    scenarios: tuple[Scenario, ...] = ()


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
    constraints: tuple[str, ...] = ()
    """Bounds on what gets installed in this cell alone: what blame tries."""
    shims: bool = False
    """Whether compat_shims is in it, and adapts what is imported."""
    requirements: tuple[str, ...] = ()
    """What this cell has besides its pins, and no other need have: the rest of a lock
    that a gate asks about."""
