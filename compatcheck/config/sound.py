"""What is left of a table without its faults."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import takewhile
from typing import Any

Steps = tuple[int | str, ...]
"""Where something stands in a table: keys, and positions in lists."""

Places = Mapping[Steps, tuple[int, ...]]
"""For a list, where each of its members stood before some were taken out."""


def without(
    table: Mapping[str, Any], faults: Iterable[Steps]
) -> tuple[dict[str, Any], Places]:
    """The table without what is at fault, and where what is left in its lists stood.

    One bad member of a list does not hide the others: they are judged as well.
    """
    places: dict[Steps, tuple[int, ...]] = {}
    lost = frozenset(map(_removable, faults))
    return _pruned(table, (), lost, places), places


def as_written(steps: Steps, places: Places) -> Steps:
    """Where the user finds what is left at `steps`."""
    *above, last = steps
    kept = places.get(tuple(above))
    return steps if kept is None or isinstance(last, str) else (*above, kept[last])


def _removable(fault: Steps) -> Steps:
    """The outermost member of a list that holds the fault, else the key at fault."""
    keys = tuple(takewhile(lambda step: isinstance(step, str), fault))
    return fault[: len(keys) + 1]


def _pruned(
    value: Any,  # noqa: ANN401 - whatever TOML can hold
    steps: Steps,
    lost: Collection[Steps],
    places: dict[Steps, tuple[int, ...]],
) -> Any:  # noqa: ANN401 - likewise
    match value:
        case dict():
            return {
                key: _pruned(inner, (*steps, key), lost, places)
                for key, inner in value.items()
                if (*steps, key) not in lost
            }
        case list():
            kept = tuple(n for n in range(len(value)) if (*steps, n) not in lost)
            places[steps] = kept
            return [value[n] for n in kept]
        case _:
            return value
