"""Releases measured against each other: questions for a grid, and its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from compatcheck.diagnosis.wanted import Wanted
from compatcheck.errors import CouldNotTell, UsageError
from compatcheck.investigate.asking import Ask
from compatcheck.investigate.parties import Parties
from compatcheck.investigate.reproduce import Reproduced
from compatcheck.model import Outcome
from compatcheck.model.inspected import Installed
from compatcheck.profiles import matching
from compatcheck.report.document import Cell, Report
from compatcheck.report.investigated import Releases, Way, WayCame, WayKind

SCENARIO: Final = "scenario"
_SCREEN: Final = "screen"
_NOTHING: Final = "nothing that you run could be asked outside your folder"
_OTHERS: Final = "what was asked is the provider's alone: other releases may not ask it"
_SCENARIO: Final = """\
def scenario_statement():
    try:
        exec({code!r}, {{"__name__": "__main__"}})
    except SystemExit as ended:
        if ended.code:
            raise RuntimeError(f"it ended with {{ended.code}}") from ended
"""


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
    scenario = _scenario(seen.asked, scratch) if seen.asked is not None else None
    pair, today = _pair(parts, seen, grids, scenario, as_of_release=False)
    _, then = _pair(parts, seen, grids, scenario, as_of_release=True)
    rows = _rows(parts, seen, grids, scenario)
    return Measured(ways=(today, *_held(parts, pair), then, *rows), pair=pair)


def _pair(
    parts: Parties,
    seen: Reproduced,
    grids: Grids,
    scenario: Path | None,
    *,
    as_of_release: bool,
) -> tuple[Report | None, Way]:
    """These very releases: of a pair that a profile knows, all that it asks."""
    deep = bool(matching([it.name for it in parts.sides]))
    question = Question(
        requirements=parts.pins,
        select="all",
        probes=() if deep else (SCENARIO,),
        scenario=scenario,
        as_of_release=as_of_release,
        blame=not as_of_release,
        profiled=deep,
    )
    how = "as it was when they were released" if as_of_release else "as today"
    what = f"{' '.join(parts.pins)}, all else {how}: {_shown(seen)}"
    what += " and all that the profile asks" if deep else ""
    kind: WayKind = "as of release" if as_of_release else "pins"
    if scenario is None and not deep:
        return None, Way(kind=kind, what=what, outcome="not tried", detail=_NOTHING)
    report, fault = _asked(grids, question)
    came: WayCame = _came(report.cells) if report else "unknown"
    detail = report.conclusion if report else fault
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
    parts: Parties, seen: Reproduced, grids: Grids, scenario: Path | None
) -> Iterator[Way]:
    """Releases of each side, the other one held: some of them asked, all read."""
    for side in parts.sides:
        others = [it for it in parts.sides if it is not side]
        beside = f" with {others[0]}" if others else ""
        if side is parts.provider and parts.scene.wanted is not None:
            what = f"every release of {side.name}{beside}, by the wheels alone"
            yield _row(side, grids, _read(parts, side, parts.scene.wanted), what)
        what = f"the newest of each minor of {side.name}{beside}: {_shown(seen)}"
        mute = others and side is not parts.provider and _is_direct(seen)
        if scenario is None or mute:
            detail = _OTHERS if mute else _NOTHING
            yield Way(kind="releases", what=what, outcome="not tried", detail=detail)
            continue
        question = Question(
            requirements=_order(parts, side),
            select=f"{side.name}=minor",
            probes=(SCENARIO,),
            scenario=scenario,
        )
        yield _row(side, grids, question, what)


def _shown(seen: Reproduced) -> str:
    return f"`{seen.asked}`" if seen.asked is not None else "what you run"


def _is_direct(seen: Reproduced) -> bool:
    return seen.asked is not None and seen.asked.direct


def _row(side: Installed, grids: Grids, question: Question, what: str) -> Way:
    report, fault = _asked(grids, question)
    if report is None:
        return Way(kind="releases", what=what, outcome="unknown", detail=fault)
    releases = _releases(side.name, report.cells)
    other = [it for it in releases.passed if it != side.version]
    # Where only wheels were read, nothing was seen to work.
    read = question.probes == (_SCREEN,)
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


def _order(parts: Parties, side: Installed) -> tuple[str, ...]:
    """One axis open, the other held; the consumer stands first."""
    return tuple(
        it.name if it is side else f"{it.name}=={it.version}" for it in parts.sides
    )


def _read(parts: Parties, side: Installed, asked: Wanted) -> Question:
    """What is missing, asked of the wheel of each release."""
    return Question(
        requirements=_order(parts, side),
        select=f"{side.name}=all",
        probes=(_SCREEN,),
        modules=() if asked.name else (asked.module,),
        symbols=(f"{asked.module}:{asked.name}",) if asked.name else (),
    )


def _scenario(asked: Ask, scratch: Path) -> Path:
    """What fails as a scenario for cells; a program may end well by itself."""
    folder = scratch / "scenario"
    folder.mkdir(exist_ok=True)
    file = folder / "statement.py"
    file.write_text(_SCENARIO.format(code=asked.code), encoding="utf-8")
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
