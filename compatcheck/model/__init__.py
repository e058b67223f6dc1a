"""The nouns: what the rooms hand to each other. All frozen, slotted, keyword-only."""

from __future__ import annotations

from compatcheck.model.answers import (
    CellResult,
    Failure,
    Frame,
    Link,
    Locked,
    LockedPackage,
    Observation,
    Unknown,
    Unsolvable,
)
from compatcheck.model.asking import (
    Axis,
    AxisRequest,
    Cell,
    Contract,
    Interpreter,
    LeftOut,
    Pin,
    Select,
    Symbol,
)
from compatcheck.model.existing import (
    ImportNeed,
    KeptVersion,
    Project,
    Release,
    ReleaseFile,
    WheelContents,
)
from compatcheck.model.words import (
    Outcome,
    Resolution,
    Source,
    Stage,
)

__all__ = [
    "Axis",
    "AxisRequest",
    "Cell",
    "CellResult",
    "Contract",
    "Failure",
    "Frame",
    "ImportNeed",
    "Interpreter",
    "KeptVersion",
    "LeftOut",
    "Link",
    "Locked",
    "LockedPackage",
    "Observation",
    "Outcome",
    "Pin",
    "Project",
    "Release",
    "ReleaseFile",
    "Resolution",
    "Select",
    "Source",
    "Stage",
    "Symbol",
    "Unknown",
    "Unsolvable",
    "WheelContents",
]
