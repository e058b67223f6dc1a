"""Which releases of a distribution work, as a report has it: known, not guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from packaging.version import Version

from compatcheck.model import Outcome
from compatcheck.report.document import Axis, Cell, Report

_TOLD: Final = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.CRASHED})
_UNTOLD: Final = frozenset({Outcome.UNKNOWN, Outcome.NOT_RUN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a report knows of the releases of one distribution."""

    distribution: str
    good: tuple[Version, ...]
    """Those that work, whatever else of the grid they are put together with."""
    bad: Mapping[Version, str]
    """Those that were seen to fail, and with what."""
    untold: tuple[Version, ...]
    """Those of which nothing certain is known, left out ones too."""

    @property
    def every(self) -> tuple[Version, ...]:
        """All of them, ascending."""
        return tuple(sorted({*self.good, *self.bad, *self.untold}))


def known(report: Report) -> tuple[Known, ...]:
    """Each axis of a report, in its order.

    A release works if every cell of it that is told passes. Cells that fail with all
    releases of a distribution say nothing of it: then something else is to blame.
    """
    return tuple(_of_axis(axis, report) for axis in report.axes)


def _of_axis(axis: Axis, report: Report) -> Known:
    name = axis.distribution
    hopeless = _hopeless(name, report)
    cells: dict[Version, list[Cell]] = {Version(it): [] for it in axis.versions}
    for cell in report.cells:
        if _others(cell, name) not in hopeless:
            cells[Version(cell.pins[name])].append(cell)
    good, bad, untold = [], dict[Version, str](), list(_left_out(axis))
    for version in sorted(cells):
        outcomes = {cell.outcome for cell in cells[version]}
        red = next((it for it in cells[version] if it.outcome.is_red), None)
        if red is not None:
            bad[version] = _how(red, name)
        elif Outcome.PASSED in outcomes and not outcomes & _UNTOLD:
            good.append(version)
        elif outcomes != {Outcome.UNSOLVABLE}:
            untold.append(version)
    return Known(
        distribution=name, good=tuple(good), bad=bad, untold=tuple(sorted(untold))
    )


def _hopeless(name: str, report: Report) -> set[tuple[object, ...]]:
    """What fails with every release that could be told, if there are several."""
    found: dict[tuple[object, ...], list[Outcome]] = {}
    for cell in report.cells:
        if cell.outcome in _TOLD:
            found.setdefault(_others(cell, name), []).append(cell.outcome)
    return {
        others
        for others, outcomes in found.items()
        if len(outcomes) > 1 and all(outcome.is_red for outcome in outcomes)
    }


def _others(cell: Cell, name: str) -> tuple[object, ...]:
    pins = tuple((it, version) for it, version in cell.pins.items() if it != name)
    return (*pins, cell.python, cell.resolution, cell.as_of)


def _left_out(axis: Axis) -> Iterator[Version]:
    for group in axis.left_out:
        if group.reason.startswith("--"):  # a choice of ours: it may fail or not
            yield from map(Version, group.versions)


def _how(cell: Cell, name: str) -> str:
    beside = [f"{it} {version}" for it, version in cell.pins.items() if it != name]
    with_ = f" with {' and '.join(beside)}" if beside else ""
    stage = f" at {cell.stage}" if cell.stage else ""
    return f"{cell.outcome}{stage}{with_} on Python {cell.python}"
