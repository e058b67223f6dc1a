"""One grid for several machines: which cells each of them asks."""

from __future__ import annotations

from collections.abc import Sequence

from compatcheck.model import Cell
from compatcheck.plan.cells import Plan


def shares(plan: Plan, count: int) -> tuple[tuple[Cell, ...], ...]:
    """The cells of a plan in so many shares, each in the plan's order.

    All cells of one release of the longest axis go together: they have most in common,
    and so the releases on whose number the cost hangs are fetched and imported on one
    machine each. Lines are dealt in turn, because what is cheap (a range of releases
    that is unsolvable, say) lies side by side. Lines that do not go round are cut, so
    that no share is more than one cell larger than another of a whole grid.
    """
    lines = _lines(plan)
    whole = len(lines) // count * count
    dealt: list[list[int]] = [[] for _ in range(count)]
    for number, line in enumerate(lines[:whole]):
        dealt[number % count] += line
    rest = [place for line in lines[whole:] for place in line]
    for number, place in enumerate(rest):
        dealt[number * count // len(rest)].append(place)
    return tuple(tuple(plan.cells[place] for place in sorted(each)) for each in dealt)


def _lines(plan: Plan) -> Sequence[Sequence[int]]:
    """The places of the cells, by their release on the longest axis, ascending."""
    lengths = [len(axis.candidates) for axis in plan.axes]
    # Of two that are as long, the later: consumers are asked for before providers.
    longest = max(range(len(lengths)), key=lambda it: (lengths[it], it))
    lines: dict[object, list[int]] = {
        release.version: [] for release in plan.axes[longest].candidates
    }
    for place, cell in enumerate(plan.cells):
        lines[cell.pins[longest].version].append(place)
    return list(lines.values())
