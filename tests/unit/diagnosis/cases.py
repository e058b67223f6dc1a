"""Small cases for the rules: a consumer `press`, a provider `orchard`, a third."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from packaging.version import Version

from compatcheck.diagnosis import Case, Turn
from compatcheck.model import (
    CallShape,
    Cell,
    CellResult,
    Contract,
    Failure,
    Frame,
    Interpreter,
    Link,
    Locked,
    LockedPackage,
    Observation,
    Outcome,
    Pin,
    Resolution,
    Stage,
    Use,
)

SITE = "<env>/lib/python3.12/site-packages"
LOCK = {"press": "1.0", "orchard": "2.0", "http": "0.28.1", "setuptools": "81"}


def frames(*files: str) -> tuple[Frame, ...]:
    """A frame in each of these files, `x` standing for site-packages."""
    return tuple(
        Frame(file=file.replace("x/", f"{SITE}/", 1), line=3, function="run")
        for file in files
    )


def failure(
    kind: str,
    message: str,
    *files: str,
    module: str | None = None,
    chain: Sequence[Link] = (),
) -> Failure:
    """An exception raised in the last of these files."""
    return Failure(
        type=kind,
        message=message,
        module=module,
        frames=frames(*(files or ("x/press/mill.py",))),
        chain=tuple(chain),
    )


def failed(
    why: Failure, stage: Stage = Stage.SCENARIO, target: str = "scene.play"
) -> Observation:
    """A target that failed."""
    return Observation(
        probe=stage, stage=stage, target=target, outcome=Outcome.FAILED, failure=why
    )


def interpreter(minor: str) -> Interpreter:
    """A Python that is nowhere."""
    return Interpreter(
        executable=Path("/opt/python"),
        version=f"{minor}.0",
        implementation="cpython",
        build=minor,
        markers={},
    )


def result(
    seen: Sequence[Observation],
    lock: Mapping[str, str],
    *,
    minor: str = "3.12",
    roots: Mapping[str, tuple[str, ...]] | None = None,
    uses: Sequence[Use] = (),
) -> CellResult:
    """What was seen with that lock, whose first two are the pins."""
    pins = tuple(
        Pin(distribution=name, version=Version(lock[name]))
        for name in ("press", "orchard")
    )
    return CellResult(
        cell=Cell(
            pins=pins,
            interpreter=interpreter(minor),
            resolution=Resolution.HIGHEST,
            as_of=None,
        ),
        outcome=Outcome.FAILED,
        stage=Stage.SCENARIO,
        lock=Locked(
            packages=tuple(
                LockedPackage(
                    distribution=name,
                    version=Version(version),
                    files=(),
                    hashes=(),
                    timed=True,
                )
                for name, version in sorted(lock.items())
            ),
        ),
        contract=Contract(
            roots=roots or {"press": ("press",), "orchard": ("orchard",)},
            modules=(),
            symbols=(),
            optional=(),
            uses=tuple(uses),
        ),
        observations=tuple(seen),
    )


def use(module: str, name: str) -> Use:
    """A call of an attribute of an instance."""
    return Use(
        module=module,
        name=name,
        instance=True,
        call=CallShape(positional=0, keywords=()),
    )


def drifted(
    observation: Observation,
    culprit: str = "http",
    *,
    alone: bool = True,
    gone: Sequence[str] = (),
    together: Sequence[str] = (),
) -> Case:
    """A case whose culprit is proven."""
    turn = Turn(
        distribution=culprit,
        last_good=Version("0.27.2"),
        first_bad=Version("0.28.0"),
        tried=5,
    )
    return Case(
        result=result([observation], LOCK),
        failures=(observation,),
        worked=True,
        culprits=(turn,),
        alone=alone,
        gone=tuple(gone),
        together=tuple(together),
    )


def in_row(
    observation: Observation,
    row: Mapping[str, bool | None],
    *,
    axis: str = "orchard",
    moved: Mapping[str, str] | None = None,
    uses: Sequence[Use] = (),
) -> Case:
    """A case that fails with the axis' version in `LOCK`, in a row of others.

    `row` tells of each version of the axis whether it passes; `moved` gives what else
    differs in the locks of those that pass.
    """
    cells = []
    for version, good in row.items():
        lock = {**LOCK, axis: version, **((moved or {}) if good else {})}
        outcome = {True: Outcome.PASSED, False: Outcome.FAILED, None: Outcome.UNKNOWN}
        seen = replace(observation, outcome=outcome[good])
        cells.append(result([seen], lock, uses=uses))
    own = next(
        cell for cell, version in zip(cells, row, strict=True) if version == LOCK[axis]
    )
    return Case(
        result=own,
        failures=(observation,),
        worked=False,
        rows={axis: tuple(cells)},
    )
