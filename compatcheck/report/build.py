"""From what became of each cell to the report: distinct facts once, in one order."""

from __future__ import annotations

import platform as machine
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from packaging.version import Version
from pydantic import JsonValue

from compatcheck import __version__, model
from compatcheck.model import (
    Agreement,
    CellResult,
    Drift,
    Interpreter,
    Outcome,
    Resolution,
    Verified,
)
from compatcheck.report import verified as kept
from compatcheck.report.blamed import kept_drift
from compatcheck.report.conclusion import conclude
from compatcheck.report.document import (
    Axis,
    Cell,
    Disagreement,
    LeftOut,
    Platform,
    Python,
    Report,
    Result,
    Screen,
    Summary,
    Tool,
)
from compatcheck.report.facts import Facts
from compatcheck.report.legible import storable
from compatcheck.report.passing import count_passing
from compatcheck.report.scored import score
from compatcheck.report.space import natural

T = TypeVar("T")

_Build = tuple[str, str]
"""Implementation and full version of an interpreter."""


def build_report(  # noqa: PLR0913 - each is a key of the report, and told by keyword
    results: Sequence[CellResult],
    *,
    axes: Sequence[model.Axis],
    request: Mapping[str, JsonValue],
    isolation: Mapping[str, str],
    generated: datetime,
    timings: Mapping[str, float],
    interrupted: bool = False,
    platform: Platform | None = None,
    drift: Sequence[Drift] = (),
    unblamed: str | None = None,
    agreement: Agreement | None = None,
    verified: Verified | None = None,
    shims: str | None = None,
) -> Report:
    """The report of a run, whatever the order in which its cells were finished.

    `generated` is aware, `timings` are seconds; `platform` is this machine unless
    told otherwise; `shims` is the release of the shim that cells were asked with.
    """
    pythons = _labels([result.cell.interpreter for result in results])
    facts = Facts()
    cells = tuple(_cell(each, pythons, facts) for each in sorted(results, key=_order))
    report = Report(
        conclusion="",
        summary=summarise(cells, facts.results),
        interrupted=interrupted,
        tool=Tool(name="compatcheck", version=__version__),
        generated=instant(generated),
        platform=platform or _here(),
        request=request,
        isolation=_sorted(isolation),
        pythons={
            label: Python(version=version, implementation=implementation)
            for (implementation, version), label in pythons.items()
        },
        axes=tuple(_axis(axis) for axis in axes),
        cells=cells,
        results=_sorted(facts.results),
        failures=_sorted(facts.failures),
        contracts=facts.contracts(),
        uses=facts.uses(),
        locks=_sorted(facts.locks),
        drift=tuple(sorted(map(kept_drift, drift), key=most_first)),
        unblamed=None if unblamed is None else storable(unblamed),
        screen=None if agreement is None else _screen(agreement, pythons),
        verified=None if verified is None else _verified(verified, pythons),
        shims=None if shims is None else score(cells, facts, shims),
        timings=_sorted({name: round(spent, 3) for name, spent in timings.items()}),
    )
    return replace(report, conclusion=conclude(report))


def _screen(agreement: Agreement, pythons: Mapping[_Build, str]) -> Screen:
    def told(each: model.Disagreement) -> Disagreement:
        build = each.cell.interpreter
        return Disagreement(
            pins={pin.distribution: str(pin.version) for pin in each.cell.pins},
            python=pythons[build.implementation, build.version],
            target=storable(each.target),
            screened=each.screened,
            probed=each.probed,
        )

    ordered = sorted(
        agreement.disagreements, key=lambda it: (*_place(it.cell), it.target)
    )
    return Screen(
        cells=agreement.cells,
        agreed=agreement.agreed,
        disagreed=tuple(map(told, ordered)),
    )


def _verified(verified: Verified, pythons: Mapping[_Build, str]) -> kept.Verified:
    def told(each: model.Mismatch) -> kept.Mismatch:
        cell, build = each.cell, each.cell.interpreter
        seen = each.told or each.real
        assert seen is not None  # noqa: S101 - of one of them it was taken
        return kept.Mismatch(
            pins={pin.distribution: str(pin.version) for pin in cell.pins},
            python=pythons[build.implementation, build.version],
            resolution=cell.resolution,
            as_of=None if cell.as_of is None else instant(cell.as_of),
            probe=seen.probe,
            target=storable(seen.target),
            told=None if each.told is None else each.told.outcome,
            real=None if each.real is None else each.real.outcome,
            told_words=_words(each.told),
            real_words=_words(each.real),
        )

    ordered = sorted(verified.differ, key=lambda it: _place(it.cell))
    return kept.Verified(
        cells=verified.cells,
        agree=verified.agree,
        differ=tuple(map(told, ordered)),
        unanswered=verified.unanswered,
    )


def _words(seen: model.Observation | None) -> str | None:
    if seen is None or seen.failure is None:
        return None
    return storable(f"{seen.failure.type}: {seen.failure.message}")


def instant(time: datetime) -> str:
    """An aware time as ISO 8601 in UTC: `2026-11-01T12:00:00Z`."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _cell(found: CellResult, pythons: Mapping[_Build, str], facts: Facts) -> Cell:
    cell, build = found.cell, found.cell.interpreter
    return Cell(
        pins={pin.distribution: str(pin.version) for pin in cell.pins},
        python=pythons[build.implementation, build.version],
        resolution=cell.resolution,
        as_of=None if cell.as_of is None else instant(cell.as_of),
        shims=facts.shimmed(found.shimmed) if found.shimmed else False,
        outcome=found.outcome,
        stage=found.stage,
        reason=None if found.reason is None else storable(found.reason),
        lock=facts.lock(found),
        contract=facts.contract(found),
        result=facts.result(found),
        source=found.source,
    )


def _labels(interpreters: Sequence[Interpreter]) -> dict[_Build, str]:
    """What to call each: `3.12`, more exactly where that would fit two of them."""
    minors = {(each.implementation, each.version): each.minor for each in interpreters}
    families = {
        build: minor if build[0] == "cpython" else f"{build[0]}{minor}"
        for build, minor in minors.items()
    }
    held = Counter(families.values())
    labels = {
        build: family if held[family] == 1 else family + build[1][len(minors[build]) :]
        for build, family in families.items()
    }
    return dict(sorted(labels.items(), key=lambda item: natural(item[1])))


def _order(found: CellResult) -> tuple[object, ...]:
    return _place(found.cell)


def _place(cell: model.Cell) -> tuple[object, ...]:
    return (
        tuple(pin.version for pin in cell.pins),
        natural(cell.interpreter.version),
        cell.interpreter.implementation,
        list(Resolution).index(cell.resolution),
        "" if cell.as_of is None else instant(cell.as_of),
    )


def most_first(drift: Drift) -> tuple[object, ...]:
    """What drift is sorted by: what broke most cells first."""
    versions = (drift.first_bad, drift.last_good, drift.holes, drift.verified)
    return -drift.cells, drift.distribution, *versions


def _axis(axis: model.Axis) -> Axis:
    reasons: dict[str, list[Version]] = {}
    for left in axis.left_out:
        reasons.setdefault(storable(left.reason), []).append(left.version)
    return Axis(
        distribution=axis.distribution,
        extras=axis.extras,
        versions=tuple(str(release.version) for release in axis.candidates),
        left_out=tuple(
            LeftOut(versions=tuple(map(str, sorted(versions))), reason=reason)
            for reason, versions in sorted(reasons.items())
        ),
    )


def summarise(cells: Sequence[Cell], results: Mapping[str, Result]) -> Summary:
    """How many cells came out how."""
    counts = Counter(cell.outcome for cell in cells)
    return Summary(
        cells=len(cells),
        passed=counts[Outcome.PASSED],
        failed=counts[Outcome.FAILED],
        crashed=counts[Outcome.CRASHED],
        unsolvable=counts[Outcome.UNSOLVABLE],
        unknown=counts[Outcome.UNKNOWN],
        not_run=counts[Outcome.NOT_RUN],
        passing=count_passing(cells, results),
    )


def _here() -> Platform:
    return Platform(
        system=machine.system(),
        machine=machine.machine(),
        python=machine.python_version(),
    )


def _sorted(mapping: Mapping[str, T]) -> dict[str, T]:
    return dict(sorted(mapping.items()))
