"""What is the same for every cell of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compatcheck.environments.shims import Shims
from compatcheck.executors.process import Limits
from compatcheck.model import Scenario
from compatcheck.probes import Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms every cell of a run is asked."""

    probes: tuple[Probe, ...]
    limits: Limits
    sources: tuple[Path, ...]
    place: Mapping[str, object]
    """What else an answer depends on: platform, isolation, limits, source digest."""
    scratch: Path
    """A folder for what lives as long as one visit."""
    cache: Path
    """The folder that messages call `<cache>`."""
    scenarios: tuple[Scenario, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    """Those of the user's that are set and that a scenario asks for."""
    shims: Shims | None = None
    """What a cell with shims has beside its lock; None where no cell has them."""
