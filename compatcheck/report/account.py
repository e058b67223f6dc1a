"""How the answers came about: what was left out, what was had, and how long it took."""

from __future__ import annotations

from collections import Counter
from typing import Final

from compatcheck.model import Outcome, Source
from compatcheck.report.document import LeftOut, Report

WALLS: Final = ("network", "files", "processes")
"""The walls that are told when they stand too; the report's JSON has all of them."""

FEW: Final = 3
"""Releases that are named; of more, only the number is told."""


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
        ("undecided", _undecided(report)),
        ("isolation", _isolation(report)),
        ("took", _took(report)),
    )
    return tuple((label, text) for label, text in lines if text)


def _undecided(report: Report) -> str:
    """What was read from source and wants something that nobody requires here."""
    names = sorted(
        {
            seen.target
            for result in report.results.values()
            for seen in result.observations
            if seen.outcome is Outcome.NOT_RUN
        }
    )
    if not names:
        return ""
    more = len(names) - FEW
    told = ", ".join(names[:FEW]) + (f" and {more:,} more" if more > 0 else "")
    return f"{told}: read from source, wanting what nobody requires here"


def _isolation(report: Report) -> str:
    """The walls that matter most, and every one that was missing."""
    walls = report.isolation
    told = [f"{name}: {walls[name]}" for name in WALLS if name in walls]
    missing = [f"{k}: {v}" for k, v in walls.items() if v.startswith("missing")]
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
    return "; ".join(part for part in (cells, pythons, resolved, where) if part)


def _took(report: Report) -> str:
    return ", ".join(f"{name} {_spent(s)}" for name, s in report.timings.items())


def _spent(seconds: float) -> str:
    """`0.4 s`, `12 s`, `5 min 44 s`."""
    if seconds < 10:  # noqa: PLR2004 - below that, tenths are felt
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
