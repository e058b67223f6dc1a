"""Neighbours folded into ranges, and cells into products of ranges."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import groupby
from typing import Final, TypeVar

T = TypeVar("T", bound=Hashable)

Point = tuple[int, ...]
"""A cell as the position of its choice on each dimension."""
MOST_RUNS: Final = 6
"""How many ranges of one axis a reader takes in."""

Box = tuple[tuple[int, ...], ...]
"""The positions taken on each dimension: all their combinations are meant."""


def runs(ordered: Sequence[T], chosen: Collection[T]) -> tuple[tuple[T, ...], ...]:
    """The chosen ones in order, cut wherever one that was not chosen lies between.

    Neighbours are neighbours in `ordered`, the versions that were tried.
    """
    wanted = frozenset(chosen)
    cut = groupby(ordered, key=wanted.__contains__)
    return tuple(tuple(run) for taken, run in cut if taken)


def span(run: Sequence[str], *, counted: bool = True) -> str:
    """A run as text: `0.3.1`, `0.3.1, 0.3.2` or `0.4.0 … 0.18.0 (73)`."""
    if len(run) <= 2:  # noqa: PLR2004 - two are as short as a range, and plainer
        return ", ".join(run)
    count = f" ({len(run)})" if counted else ""
    return f"{run[0]} … {run[-1]}{count}"


def ranges(
    ordered: Sequence[str], chosen: Collection[str], *, counted: bool = True
) -> str:
    """The chosen ones as ranges of neighbours: `0.1.0, 0.4.0 … 0.18.0 (73)`.

    Of a great many ranges the first are told, and how many versions the others hold.
    """
    found = runs(ordered, chosen)
    told = ", ".join(span(run, counted=counted) for run in found[:MOST_RUNS])
    left = sum(len(run) for run in found[MOST_RUNS:])
    return f"{told} and {left} more" if left else told


def boxes(points: Iterable[Point]) -> tuple[Box, ...]:
    """The points as disjoint products that cover exactly them.

    Positions on the first dimension that share the same rest go together, and so on
    inwards: what a reader would call equal rows.
    """
    rests: dict[int, set[Point]] = {}
    for point in points:
        if not point:
            return ((),)
        rests.setdefault(point[0], set()).add(point[1:])
    alike: dict[frozenset[Point], list[int]] = {}
    for head in sorted(rests):
        alike.setdefault(frozenset(rests[head]), []).append(head)
    return tuple(
        (tuple(heads), *box) for rest, heads in alike.items() for box in boxes(rest)
    )
