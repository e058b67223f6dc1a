"""Delta debugging: the smallest part of a list that still has a property."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

Holds = Callable[[Sequence[tuple[T, ...]]], Sequence[bool]]
"""Whether each of several parts has the property; they are asked together."""


def minimal(items: Sequence[T], holds: Holds[T]) -> tuple[T, ...]:
    """A part that has the property and loses it with any one item.

    `items` as a whole must have it. The algorithm `ddmin` of Zeller and Hildebrandt,
    "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28 (2), 2002; what
    cannot be told has not the property, as there. The parts of one round are asked at
    once, and the first one in order is taken.
    """
    kept, pieces = tuple(items), 2
    while len(kept) > 1:
        chunks = list(_split(kept, pieces))
        # With two pieces each is the other's complement.
        rests = [_without(kept, chunk) for chunk in chunks] if pieces > 2 else []  # noqa: PLR2004 - as said
        answers = holds([*chunks, *rests])
        chosen = next((n for n, held in enumerate(answers) if held), None)
        if chosen is None:
            if pieces >= len(kept):
                break
            pieces = min(len(kept), 2 * pieces)
        elif chosen < len(chunks):
            kept, pieces = chunks[chosen], 2
        else:
            kept, pieces = rests[chosen - len(chunks)], max(pieces - 1, 2)
    return kept


def _split(items: tuple[T, ...], pieces: int) -> Iterator[tuple[T, ...]]:
    start = 0
    for piece in range(pieces):
        stop = start + (len(items) - start) // (pieces - piece)
        yield items[start:stop]
        start = stop


def _without(items: tuple[T, ...], chunk: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(item for item in items if item not in chunk)
