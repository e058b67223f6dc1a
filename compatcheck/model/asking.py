"""What is asked: axes, cells, and what they need of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from compatcheck.model.existing import Release
from compatcheck.model.words import Resolution


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
    read: tuple[str, ...] = ()
    """Which of the modules and symbols nobody named: they were read from source, where
    not every module is there for every user (`b.contrib.redis`)."""
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
