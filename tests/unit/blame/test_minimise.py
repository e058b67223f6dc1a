"""Delta debugging finds a smallest part, and asks little for it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from compatcheck.blame.minimise import minimal

ITEMS = tuple(range(12))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_small_culprit_is_found(size: int) -> None:
    """Whatever few items it takes are found, and nothing else."""
    for culprits in itertools.combinations(ITEMS, size):
        wanted = set(culprits)

        def holds(
            parts: Sequence[tuple[int, ...]], wanted: set[int] = wanted
        ) -> list[bool]:
            return [wanted <= set(part) for part in parts]

        assert minimal(ITEMS, holds) == culprits


def test_what_is_left_loses_it_with_any_item() -> None:
    """Where parts cannot be told, what is found is still minimal by one item."""

    def holds(parts: Sequence[tuple[int, ...]]) -> list[bool]:
        # 3 and 9 are needed, and nothing can be told of a part without a neighbour.
        return [{3, 9} <= set(part) and bool({4, 8} & set(part)) for part in parts]

    found = minimal(ITEMS, holds)
    assert holds([found]) == [True]
    assert not any(holds([tuple(set(found) - {item}) for item in found]))


def test_rounds_are_few_and_their_parts_asked_together() -> None:
    """One culprit among many takes the logarithm of their number in rounds."""
    rounds = []

    def holds(parts: Sequence[tuple[int, ...]]) -> list[bool]:
        rounds.append(len(parts))
        return [77 in part for part in parts]

    assert minimal(tuple(range(128)), holds) == (77,)
    assert rounds == [2] * 7
