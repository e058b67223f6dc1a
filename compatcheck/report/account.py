"""How the answers came about: what was left out, what was had, and how long it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from compatcheck.model import Failure, Outcome, Source, Stage
from compatcheck.report.abridged import REST
from compatcheck.report.document import (
    BUDGET,
    Cell,
    LeftOut,
    Observation,
    Report,
)
from compatcheck.report.legible import cut
from compatcheck.report.space import times_of
from compatcheck.report.verified import tell

WALLS: Final = ("network", "files", "processes")
"""The walls that are told when they stand too; the report's JSON has all of them."""


FEW: Final = 3
"""Releases, names or reasons that are told; of more, only the number is."""

LONGEST_REASON: Final = 100
"""Characters of why a scenario was skipped."""


def left_out(report: Report) -> tuple[tuple[str, str], ...]:
    """Per axis, what it does not take and why: `99 releases: not the newest …`."""
    return tuple(
        (axis.distribution, f"{_releases(left)}: {left.reason}")
        for axis in report.axes
        for left in sorted(axis.left_out, key=lambda each: -len(each.versions))
    )


def _releases(left: LeftOut) -> str:
    count = len(left.versions)
    if count <= FEW:
        return ", ".join(left.versions)  # they are scattered, so never a range
    return f"{count:,} releases"


def account(report: Report) -> tuple[tuple[str, str], ...]:
    """Labelled lines: where the cells ran, with which isolation, for how long."""
    lines = (
        ("asked", _asked(report)),
        ("screen", _screen(report)),
        *tell(report.verified),
        ("undecided", _undecided(report)),
        ("calls", _calls(report)),
        ("unread", unread(_modules(report), report.platform.python)),
        ("skipped", _skipped(report)),
        ("unblamed", _unblamed(report)),
        ("isolation", _isolation(report)),
        ("took", _took(report)),
    )
    return tuple((label, text) for label, text in lines if text)


def _screen(report: Report) -> str:
    """Whether the probes bore out what the wheels alone had told."""
    if report.screen is None:
        screened = any(cell.source is Source.SCREENED for cell in report.cells)
        return "read from the wheels: nothing was resolved or run" if screened else ""
    screen = report.screen
    if not screen.cells:
        return "nothing that it told was asked"
    told = f"agreed with {screen.agreed:,} of {screen.cells:,} cells that it can judge"
    wrong = [
        f"{each.target} ({' x '.join(each.pins.values())}:"
        f" screened {each.screened}, {each.probed})"
        for each in screen.disagreed
    ]
    return f"{told}; disagreed on {_few(wrong)}" if wrong else told


def _undecided(report: Report) -> str:
    """What was read from source and wants something that nobody requires here."""
    unrun = (seen for seen in _unrun(report) if seen.failure)
    names = sorted({it.target for it in unrun if it.stage is not Stage.SCENARIO})
    if not names:
        return ""
    return f"{_few(names)}: read from source, wanting what nobody requires here"


def _calls(report: Report) -> str:
    """How many uses of a provider's names were asked of a cell, and how many not."""
    figures = [_figures(report, cell) for cell in report.cells]
    known = [each for each in figures if each is not None]
    if not known:
        return ""
    kinds = ("asked", "left out", "unclear in the source")
    told = [
        f"{'up to ' if min(counts) < max(counts) else ''}{max(counts):,} {kind}"
        for kind, counts in zip(kinds, zip(*known, strict=True), strict=True)
    ]
    return ", ".join(told)


def _figures(report: Report, cell: Cell) -> tuple[int, int, int] | None:
    """Uses that were asked, that the cell left out, that the source keeps unclear."""
    if cell.contract is None or cell.result is None:
        return None
    seen = report.results[cell.result].observations
    calls = [each for each in seen if each.stage is Stage.CALL]
    contract = report.contracts[cell.contract]
    if not calls:
        return None
    unrun = sum(each.outcome is Outcome.NOT_RUN for each in calls)
    has_rest = any(each.target == REST for each in calls)
    asked = (len(contract.uses) if has_rest else len(calls)) - unrun
    return asked, unrun, contract.unclear


def unread(modules: Collection[str], python: str) -> str:
    """Whose needs nobody knows: modules that the Python which reads cannot parse."""
    if not modules:
        return ""
    told = f"{_few(sorted(modules))}: Python {python} cannot parse the source"
    return f"{told}, so what is needed there was not asked"


def _modules(report: Report) -> set[str]:
    asked = {cell.contract for cell in report.cells if cell.contract}
    return {name for each in asked for name in report.contracts[each].unread}


def _skipped(report: Report) -> str:
    """Scenarios that passed over themselves, and why."""
    found = {
        (_words(report.failures[seen.failure]), seen.target)
        for seen in _unrun(report)
        if seen.failure and seen.stage is Stage.SCENARIO
    }
    by_reason: dict[str, list[str]] = {}
    for why, target in sorted(found):
        by_reason.setdefault(why, []).append(target)
    told = [f"{_few(targets)}: {why}" for why, targets in by_reason.items()]
    more = len(told) - FEW
    return "; ".join(told[:FEW]) + (f"; and {more:,} more reasons" if more > 0 else "")


def _words(failure: Failure) -> str:
    return cut(failure.message, LONGEST_REASON) or "no reason was given"


def _unrun(report: Report) -> Iterator[Observation]:
    for result in report.results.values():
        for seen in result.observations:
            if seen.outcome is Outcome.NOT_RUN:
                yield seen


def _few(names: Sequence[str]) -> str:
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more:,} more" if more > 0 else "")


def _unblamed(report: Report) -> str:
    """Failures that nobody looked into, though it was wanted: the time was over."""
    request = report.request
    broken = [c for c in report.cells if c.outcome.is_red and c.result is not None]
    left = sum(not report.results[c.result or ""].diagnoses for c in broken)
    if not left or not request.get("blame") or not request.get("budget"):
        return ""
    cells = "1 cell that fails" if left == 1 else f"{left:,} cells that fail"
    return f"{cells}: {BUDGET} was over before it was found out why"


def _isolation(report: Report) -> str:
    """The walls that matter most, and every one that was missing."""
    walls = report.isolation
    told = [f"{name}: {walls[name]}" for name in WALLS if name in walls]
    open_to = ("missing", "has ")
    missing = [f"{k}: {v}" for k, v in walls.items() if v.startswith(open_to)]
    missing = [each for each in missing if each not in told]
    return "; ".join([*told, *missing]) if walls else ""


def _asked(report: Report) -> str:
    sources = Counter(cell.source for cell in report.cells)
    told = [f"{sources[each]:,} {each.value}" for each in Source if sources[each]]
    how = f" ({', '.join(told)})" if told else ""
    pythons = ", ".join(
        f"{'Python' if each.implementation == 'cpython' else each.implementation} "
        f"{each.version}"
        for each in report.pythons.values()
    )
    modes = ", ".join(sorted({cell.resolution.value for cell in report.cells}))
    cells = f"{len(report.cells):,} cell{'s' * (len(report.cells) != 1)}{how}"
    where = f"{report.platform.system} {report.platform.machine}"
    resolved = f"resolution {modes}" if modes else ""
    facts = (cells, pythons, resolved, instants(report), where)
    return "; ".join(part for part in facts if part)


def instants(report: Report) -> str:
    """As of when cells were resolved; empty where all of it was today."""
    told = dict.fromkeys(times_of(report.cells).values())
    return ", ".join(told) if any(cell.as_of for cell in report.cells) else ""


def _took(report: Report) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {_spent(s)}" for name, s in report.timings.items()
    )


def _spent(seconds: float) -> str:
    """`0.4 s`, `12 s`, `5 min 44 s`."""
    if seconds < 10:  # noqa: PLR2004 - below that, tenths are felt
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
