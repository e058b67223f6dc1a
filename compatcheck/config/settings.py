"""What a run was asked to do, understood and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from compatcheck.model import (
    AxisRequest,
    EnvironmentKind,
    Outcome,
    Resolution,
    Scenario,
    Select,
    Shard,
    Symbol,
)

DEFAULT_SELECT: Final = Select(rule="minor")
DEFAULT_RESOLUTIONS: Final = (Resolution.HIGHEST,)
DEFAULT_REFINE: Final = False
DEFAULT_BLAME: Final = True
DEFAULT_ENVIRONMENT: Final = EnvironmentKind.STORE
DEFAULT_EXECUTOR: Final = "local"
DEFAULT_FOLDER: Final = "reports"
DEFAULT_TIMEOUT: Final = 120.0
DEFAULT_MEMORY: Final = 4 * 1024**3
DEFAULT_CACHE_SIZE: Final = 40 * 1024**3
DEFAULT_FAIL_ON: Final = (Outcome.FAILED, Outcome.CRASHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputRequest:
    """One telling of the report, and where it goes.

    To `path` where that is given, to stdout where `stdout` says so, else into the
    settings' folder under the format's usual name.
    """

    format: str
    path: Path | None = None
    stdout: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that decides a run."""

    axes: tuple[AxisRequest, ...]
    """In the order in which they were asked for; at least one."""
    place: str
    """What decided the axes: `command line`, `pyproject.toml`, `profile chatkit`."""
    profile: str | None
    """The profile whose contract was added; names joined by `, ` if several were."""
    select: Select
    """For the axes that `select_for` says nothing about."""
    select_for: Mapping[str, Select]
    """By normalised name."""
    pythons: tuple[str, ...]
    """As asked: `3.12`, `3.12.1`, `pypy3.10`, a path; none is the running one."""
    python_places: tuple[str, ...] = ()
    """Where each of `pythons` was asked for: `--python`, a file and dotted key."""
    resolutions: tuple[Resolution, ...]
    as_of: datetime | Literal["release"] | None
    """Aware, UTC."""
    constraints: tuple[str, ...]
    """Requirements; direct addresses in them may hold credentials."""
    overrides: tuple[str, ...]
    """Likewise."""
    pre_releases: bool
    yanked: bool
    probes: tuple[str, ...]
    """The shallow ones first."""
    modules: tuple[str, ...]
    """Sorted; the user's and the profile's."""
    symbols: tuple[Symbol, ...]
    """Sorted; the user's and the profile's."""
    scenarios: tuple[Scenario, ...] = ()
    """The profiles' and the user's, each name once; none where nobody asks for them."""
    sources: tuple[Path, ...]
    """The project's own source folders, for a cell's path."""
    requirements: tuple[str, ...]
    """What each cell has besides its pins; with credentials as in `constraints`."""
    allow_builds: bool
    outputs: tuple[OutputRequest, ...]
    """At most one goes to stdout."""
    folder: Path
    jobs: int | None
    """None: as many as the machine bears."""
    timeout: float
    """Seconds for one question."""
    memory: int
    """Bytes for one question."""
    fail_on: tuple[Outcome, ...]
    refine: bool = DEFAULT_REFINE
    """Whether releases between two whose outcome differs are asked too."""
    blame: bool = DEFAULT_BLAME
    """Whether it is asked who is to blame for what failed."""
    with_shims: bool = False
    """Whether what fails, and some of what passes, is asked again with the shim."""
    adaptations: tuple[Path, ...] = ()
    """Folders of the user's adaptations, for the shim."""
    environment: EnvironmentKind = DEFAULT_ENVIRONMENT
    budget: float | None = None
    """Seconds after which no further cell is begun; None: no limit."""
    shard: Shard | None = None
    """The share of the cells that this run asks; None: all of them."""
    verify: int | None = None
    """How many cells are asked once more in real environments; None: none."""
    cache_size: int = DEFAULT_CACHE_SIZE
    """Bytes that the cache folder may hold after a run."""
    executor: str = DEFAULT_EXECUTOR
    """What asks many cells at a time."""
