"""The order of an investigation: reproduce, measure, rule out, recommend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from compatcheck.diagnosis.bench import Bench
from compatcheck.diagnosis.examine import Examined, examine, scene_of
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.scene import Scene
from compatcheck.environments import Uv
from compatcheck.environments.live import Process
from compatcheck.investigate.affected import affected
from compatcheck.investigate.fresh import Nursery
from compatcheck.investigate.grids import Grids, Measured, measure
from compatcheck.investigate.parties import Parties, location, parties, versions
from compatcheck.investigate.reproduce import Reproduced, reproduce, untold
from compatcheck.investigate.ruled import ruled_out
from compatcheck.investigate.summing import recommended, summary
from compatcheck.investigate.upstream import upstream
from compatcheck.investigate.ways import neighbours, renames, repairs
from compatcheck.model import Failure
from compatcheck.remedies import Trials
from compatcheck.remedies.at import At
from compatcheck.report.diagnosed import Looked, ToldDiagnosis, normalised
from compatcheck.report.investigated import Investigated, Way

Tells = Callable[[Finding, At], ToldDiagnosis]
"""Puts a finding into words."""
_SIGNS: Final = ("<env>", "<base>", "<work>")


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What an investigation works with."""

    bench: Bench
    trials: Trials
    uv: Uv
    scratch: Path
    grids: Grids
    shims: Callable[[Scene], Iterable[Way]]
    """What an import-time shim does for the failure."""
    tells: Tells
    hears: Callable[[str], None]
    """Is told what is done next."""


def investigate(
    process: Process,
    failure: Failure,
    looked: Looked,
    replayed: str,
    tools: Tools,
) -> Investigated:
    """All that can be found out about a failure. Raises `CouldNotTell`."""
    bench = replace(tools.bench, process=process)
    tools.hears("looking for the cause")
    original = scene_of(process, failure, bench)
    examined = examine(process, failure, bench)
    parts = parties(examined)
    at = At(process=process, uv=None, has_pip="pip" in original.inspection.by_name)
    finding = _mended(examined, original, tools)
    nursery = _nursery(bench, original, parts, tools)
    tools.hears("asking fresh environments")
    seen = reproduce(parts, process, nursery)
    measured, ways = _ways(parts, original, finding, seen, at, tools)
    bench.unchecked.extend(untold(nursery))
    places = _places(original)
    return Investigated(
        summary=summary(parts, seen, measured),
        healthy=False,
        compatible=seen.works if parts.sides[1:] else None,
        environment=looked,
        replayed=replayed,
        failure=normalised(failure, places),
        location=location(parts),
        versions=tuple(versions(parts)),
        diagnosis=tools.tells(finding, at) if finding else None,
        reproduction=seen.told,
        ways=ways,
        ruled_out=tuple(ruled_out(parts, seen)),
        recommended=recommended(ways),
        affected=affected(parts, process.folder),
        upstream=upstream(parts, seen, ways, places),
        unchecked=tuple(bench.unchecked),
    )


def _mended(examined: Examined, original: Scene, tools: Tools) -> Finding | None:
    """What was found, with its remedies tried."""
    if not examined.findings:
        return None
    tools.hears("trying remedies in copies")
    mends = tools.trials.verified(examined, original, every=True)
    return replace(examined.findings[0], mends=mends)


def _nursery(bench: Bench, original: Scene, parts: Parties, tools: Tools) -> Nursery:
    return Nursery(
        uv=tools.uv,
        scratch=tools.scratch,
        bench=bench,
        scenes=(original, parts.scene),
    )


def _ways(
    parts: Parties,
    original: Scene,
    finding: Finding | None,
    seen: Reproduced,
    at: At,
    tools: Tools,
) -> tuple[Measured, tuple[Way, ...]]:
    """Every way out, the least change first."""
    ways = list(repairs(finding.mends if finding else (), at))
    tools.hears("trying other releases in copies")
    innocent = bool(seen.works)
    ways += neighbours(parts, original, tools.trials, at, innocent=innocent)
    tools.hears("measuring the releases against each other")
    measured = measure(parts, seen, tools.grids, tools.scratch)
    ways += measured.ways
    ways += renames(parts, ways)
    tools.hears("trying the shim")
    ways += tools.shims(original)
    return measured, tuple(ways)


def _places(scene: Scene) -> Sequence[tuple[str, str]]:
    python = scene.inspection.python
    folders = (python.prefix, python.base_prefix, str(scene.process.folder))
    return tuple(zip(folders, _SIGNS, strict=True))
