"""Releases measured against each other: questions for a grid, and its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from compatcheck.errors import CouldNotTell, UsageError
from compatcheck.investigate.parties import Parties
from compatcheck.investigate.reproduce import Reproduced
from compatcheck.model import Outcome
from compatcheck.model.inspected import Installed
from compatcheck.report.document import Cell, Report
from compatcheck.report.investigated import Releases, Way, WayCame, WayKind

SHALLOW: Final = ("import", "symbol")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a grid is asked."""

    requirements: tuple[str, ...]
    select: str
    probes: tuple[str, ...] = ()
    """None: all that there are."""
    modules: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    scenario: Path | None = None
    as_of_release: bool = False
    blame: bool = False
    profiled: bool = False
    """Whether the profile of a known pair adds to what is asked."""


Grids: TypeAlias = Callable[[Question], Report]
"""Asks a whole grid. Raises `UsageError` and `CouldNotTell`."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What grids told."""

    ways: tuple[Way, ...]
    pair: Report | None = field(repr=False)
    """These very releases, with all else as it resolves today."""


def measure(parts: Parties, seen: Reproduced, grids: Grids, scratch: Path) -> Measured:
    """These releases, as of then and today; then all releases of each side."""
    if not parts.sides:
        return Measured(ways=(), pair=None)
    pair, today = _pair(parts, grids, as_of_release=False)
    _, then = _pair(parts, grids, as_of_release=True)
    rows = _rows(parts, seen, grids, scratch)
    return Measured(ways=(today, *_held(parts, pair), then, *rows), pair=pair)


def _pair(
    parts: Parties, grids: Grids, *, as_of_release: bool
) -> tuple[Report | None, Way]:
    question = Question(
        requirements=parts.pins,
        select="all",
        as_of_release=as_of_release,
        blame=not as_of_release,
        profiled=True,
    )
    pins = " ".join(parts.pins)
    what = f"{pins}, all else as it resolves today; asked as deep as there are probes"
    if as_of_release:
        what = f"{pins}, all else as it was when they were released; asked as deep"
    report, fault = _asked(grids, question)
    came: WayCame = _came(report.cells) if report else "unknown"
    detail = report.conclusion if report else fault
    kind: WayKind = "as of release" if as_of_release else "pins"
    return report, Way(kind=kind, what=what, outcome=came, detail=detail)


def _held(parts: Parties, pair: Report | None) -> Iterator[Way]:
    """What else would have to be held back, as it was tried for the blame."""
    results = pair.results.values() if pair else ()
    told = {
        (remedy.command, remedy.verified): diagnosis.title
        for result in results
        for diagnosis in result.diagnoses
        for remedy in diagnosis.remedies
    }
    for (command, verified), title in told.items():
        yield Way(
            kind="pins",
            what=f"{' '.join(parts.pins)}, with `{command}`",
            outcome="works" if verified else "not tried",
            detail=f"{title}; with that it passes" if verified else title,
        )


def _rows(
    parts: Parties, seen: Reproduced, grids: Grids, scratch: Path
) -> Iterator[Way]:
    """Releases of each side, the other one held: all read, then some of them asked."""
    for side in parts.sides:
        others = [it for it in parts.sides if it is not side]
        beside = f" with {others[0]}" if others else ""
        question = _question(parts, side, seen, scratch)
        if question.symbols or question.modules:
            read = replace(question, probes=("screen",), select=f"{side.name}=all")
            what = f"every release of {side.name}{beside}, by the wheels alone"
            yield _row(side, grids, read, what)
        what = f"the newest of each minor of {side.name}{beside}, asked in cells"
        yield _row(side, grids, question, what)


def _row(side: Installed, grids: Grids, question: Question, what: str) -> Way:
    report, fault = _asked(grids, question)
    if report is None:
        return Way(kind="releases", what=what, outcome="unknown", detail=fault)
    releases = _releases(side.name, report.cells)
    other = [it for it in releases.passed if it != side.version]
    # Where only wheels were read, nothing was seen to work.
    read = question.probes == ("screen",)
    came: WayCame = ("may work" if read else "works") if other else "fails"
    if not other and releases.unknown:
        came = "unknown"
    return Way(
        kind="releases",
        what=what,
        outcome=came,
        detail=report.conclusion,
        releases=releases,
    )


def _question(
    parts: Parties, side: Installed, seen: Reproduced, scratch: Path
) -> Question:
    """One axis open: the names that are missing asked of each release of it."""
    held = [f"{it.name}=={it.version}" for it in parts.sides if it is not side]
    order = [side.name, *held] if side is parts.sides[0] else [*held, side.name]
    asked, statement = parts.scene.wanted, seen.told.statement
    if asked is not None:
        return Question(
            requirements=tuple(order),
            select=f"{side.name}=minor",
            probes=SHALLOW,
            modules=() if asked.name else (asked.module,),
            symbols=(f"{asked.module}:{asked.name}",) if asked.name else (),
        )
    if statement is None:
        return Question(
            requirements=tuple(order), select=f"{side.name}=minor", probes=SHALLOW
        )
    return Question(
        requirements=tuple(order),
        select=f"{side.name}=minor",
        probes=(*SHALLOW, "scenario"),
        scenario=_scenario(statement, scratch),
    )


def _scenario(statement: str, scratch: Path) -> Path:
    """The statement as a scenario that a cell can run."""
    folder = scratch / "scenario"
    folder.mkdir(exist_ok=True)
    file = folder / "statement.py"
    body = f"exec({statement!r}, {{'__name__': '__main__'}})"
    file.write_text(f"def scenario_statement():\n    {body}\n", encoding="utf-8")
    return file


def _asked(grids: Grids, question: Question) -> tuple[Report | None, str]:
    try:
        report = grids(question)
    except (CouldNotTell, UsageError) as fault:
        return None, str(fault)
    return report, ""


def _came(cells: Sequence[Cell]) -> WayCame:
    """How one cell came out, as a way out."""
    outcomes = {cell.outcome for cell in cells}
    if outcomes == {Outcome.PASSED}:
        return "works"
    if outcomes == {Outcome.UNSOLVABLE}:
        return "unsolvable"
    if outcomes & {Outcome.FAILED, Outcome.CRASHED}:
        return "fails"
    return "unknown"


def _releases(distribution: str, cells: Sequence[Cell]) -> Releases:
    def of(*outcomes: Outcome) -> tuple[str, ...]:
        found = (it.pins[distribution] for it in cells if it.outcome in outcomes)
        return tuple(dict.fromkeys(found))

    return Releases(
        distribution=distribution,
        passed=of(Outcome.PASSED),
        failed=of(Outcome.FAILED, Outcome.CRASHED),
        unsolvable=of(Outcome.UNSOLVABLE),
        unknown=of(Outcome.UNKNOWN, Outcome.NOT_RUN),
    )
