"""Reports as runs would leave them, made by hand: what the golden files tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Final

from packaging.version import Version

from compatcheck.model import (
    Adapted,
    Axis,
    Cell,
    CellResult,
    Contract,
    Diagnosis,
    Drift,
    Failure,
    Frame,
    Interpreter,
    LeftOut,
    Link,
    Locked,
    LockedPackage,
    Observation,
    Outcome,
    Pin,
    Release,
    Resolution,
    Source,
    Stage,
    Symbol,
    Verified,
)
from compatcheck.report.build import build_report
from compatcheck.report.document import Platform, Report, Tool

WHEN: Final = datetime(2026, 11, 1, 12, tzinfo=UTC)
ELSEWHERE: Final = Platform(system="Linux", machine="x86_64", python="3.12.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a cell, without the cell."""

    outcome: Outcome = Outcome.PASSED
    stage: Stage | None = Stage.SYMBOL
    reason: str | None = None
    observations: tuple[Observation, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    contract: Contract | None = None
    """None for the usual one."""


def passed(*targets: str) -> Answer:
    """Everything imports, and the names are there."""
    return Answer(
        observations=(
            seen("import", "storefront"),
            *(seen("symbol", target) for target in targets or ("payments.Payment",)),
        )
    )


def seen(
    probe: str, target: str, failure: Failure | None = None, *, crashed: bool = False
) -> Observation:
    """One observation; it failed, or crashed, when there is a failure."""
    outcome = Outcome.PASSED if failure is None else Outcome.FAILED
    return Observation(
        probe=probe,
        stage=Stage(probe),
        target=target,
        outcome=Outcome.CRASHED if crashed else outcome,
        failure=failure,
    )


def failed(*observations: Observation) -> Answer:
    """What was seen held a no, at the stage of the first one."""
    no = {Outcome.FAILED, Outcome.CRASHED}
    broken = next(each for each in observations if each.outcome in no)
    return Answer(outcome=broken.outcome, stage=broken.stage, observations=observations)


def unsolvable(reason: str) -> Answer:
    """The requirements contradict each other."""
    return Answer(outcome=Outcome.UNSOLVABLE, stage=Stage.RESOLVE, reason=reason)


def unknown(reason: str, stage: Stage = Stage.RESOLVE) -> Answer:
    """Our side failed."""
    return Answer(outcome=Outcome.UNKNOWN, stage=stage, reason=reason)


def not_run(reason: str) -> Answer:
    """Nobody asked."""
    return Answer(outcome=Outcome.NOT_RUN, stage=None, reason=reason)


def lost(name: str, module: str, where: str = "storefront/pay.py") -> Failure:
    """The failure of an import that finds no such name."""
    return Failure(
        type="ImportError",
        message=f"cannot import name {name!r} from {module!r} (<env>/{module}.py)",
        module=module,
        frames=(Frame(file=f"<env>/{where}", line=7, function="<module>"),),
    )


def missing(symbol: str) -> Failure:
    """The failure of a look at an attribute that is not there."""
    module, name = symbol.rsplit(".", 1)
    return Failure(
        type="AttributeError",
        message=f"module {module!r} has no attribute {name!r}",
        module=None,
        frames=(),
    )


def caused(failure: Failure, by: Failure) -> Failure:
    """The failure, raised from another one."""
    link = Link(
        relation="cause",
        type=by.type,
        message=by.message,
        module=by.module,
        frames=by.frames,
    )
    return replace(failure, chain=(link,))


def axis(
    name: str,
    versions: Iterable[str],
    left_out: Mapping[str, str] | None = None,
    *,
    extras: tuple[str, ...] = (),
) -> Axis:
    """An axis with candidates that have no files."""
    return Axis(
        distribution=name,
        extras=extras,
        candidates=tuple(
            Release(distribution=name, version=Version(version), files=())
            for version in versions
        ),
        left_out=tuple(
            LeftOut(version=Version(version), reason=reason)
            for version, reason in (left_out or {}).items()
        ),
    )


def python(version: str, implementation: str = "cpython") -> Interpreter:
    """An interpreter that is nowhere."""
    return Interpreter(
        executable=Path("python"),
        version=version,
        implementation=implementation,
        build=version,
        markers={},
    )


def locked(pins: Sequence[Pin], others: Mapping[str, str]) -> Locked:
    """A lock with the pins and other distributions."""
    versions = {pin.distribution: pin.version for pin in pins}
    versions |= {name: Version(version) for name, version in others.items()}
    return Locked(
        packages=tuple(
            LockedPackage(
                distribution=name, version=version, files=(), hashes=(), timed=True
            )
            for name, version in sorted(versions.items())
        ),
    )


CONTRACT: Final = Contract(
    roots={"storefront": ("storefront",), "payments": ("payments",)},
    modules=("payments.cards",),
    symbols=(Symbol(module="payments", name="Payment"),),
    optional=("payments.extras",),
)
LOCK: Final = {"pydantic": "2.11.0", "typing-extensions": "4.15.0"}


def cells(
    axes: Sequence[Axis],
    answer: Callable[..., Answer],
    *,
    pythons: Sequence[Interpreter] = (python("3.12.1"),),
    resolutions: Sequence[Resolution] = (Resolution.HIGHEST,),
    as_of: Sequence[datetime | None] = (None,),
) -> list[CellResult]:
    """Every cell, answered by its versions in the order of the axes, then Python."""
    choices = product(*(each.candidates for each in axes))
    return [
        _result(
            Cell(
                pins=tuple(
                    Pin(distribution=each.distribution, version=each.version)
                    for each in choice
                ),
                interpreter=interpreter,
                resolution=resolution,
                as_of=instant,
            ),
            answer(*(str(each.version) for each in choice), interpreter.minor),
        )
        for choice in choices
        for interpreter in pythons
        for resolution in resolutions
        for instant in as_of
    ]


def with_shims(
    found: CellResult, answer: Answer, adapted: Mapping[str, str]
) -> CellResult:
    """The result, with what it answered once more when these were applied."""
    cell = replace(found.cell, shims=True)
    applied = tuple(Adapted(id=it, fidelity=how) for it, how in adapted.items())
    seen = tuple(replace(it, adapted=applied) for it in answer.observations)
    again = _result(cell, replace(answer, observations=seen))
    return replace(found, shimmed=again)


def _result(cell: Cell, answer: Answer) -> CellResult:
    ran = bool(answer.observations)
    return CellResult(
        cell=cell,
        outcome=answer.outcome,
        stage=answer.stage,
        reason=answer.reason,
        lock=locked(cell.pins, LOCK) if ran else None,
        contract=(answer.contract or CONTRACT) if ran else None,
        observations=answer.observations,
        diagnoses=answer.diagnoses,
        source=None if answer.outcome is Outcome.NOT_RUN else Source.PROBED,
    )


def report(
    results: Sequence[CellResult],
    axes: Sequence[Axis],
    *,
    interrupted: bool = False,
    drift: Sequence[Drift] = (),
    verified: Verified | None = None,
    shims: str | None = None,
) -> Report:
    """The report of a run at a fixed time on a fixed machine."""
    built = build_report(
        results,
        axes=axes,
        request={"probes": ["import", "symbol"]},
        isolation={"files": "private home", "network": "none", "processes": "own pids"},
        generated=WHEN,
        timings={"resolve": 4.23, "probe": 344.0},
        interrupted=interrupted,
        platform=ELSEWHERE,
        drift=drift,
        verified=verified,
        shims=shims,
    )
    # Golden files outlive a release of the tool.
    return replace(built, tool=Tool(name="compatcheck", version="0"))
