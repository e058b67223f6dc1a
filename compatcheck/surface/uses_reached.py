"""Which of a consumer's own functions and modules run whatever version is there.

A helper for old releases need not ask for the version itself: whoever calls it does,
maybe in another file. So a function, a class or a module that is spoken of nowhere but
under such tests, or in others of that sort, is taken to stand under them as well.
Told by bare names: two functions of one name are reached if either is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place where an own function, class or module is spoken of, or may be."""

    name: str
    """Bare for a function or class; a module's is dotted and begins with a colon."""
    guarded: bool
    """Whether that place stands under a test."""
    within: tuple[str, ...]
    """Around it: its module, then its classes and functions, outermost first."""


def as_module(dotted: str) -> str:
    """Name a module so that it is not taken for a function."""
    return f":{dotted}"


def doubtful(mentions: Iterable[Mention], kept: Collection[str]) -> frozenset[str]:
    """Find what is spoken of under tests alone; `kept` are reached from outside.

    What is never spoken of is reached: others call it.
    """
    spoken: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        name = mention.name
        if name not in mention.within and name not in kept and not _is_dunder(name):
            spoken[name].append(mention)
    found: set[str] = set()
    known = -1
    while len(found) > known:
        known = len(found)
        found.update(it for it, them in spoken.items() if _all_doubtful(them, found))
    return frozenset(found)


def _all_doubtful(mentions: Sequence[Mention], known: Collection[str]) -> bool:
    return all(it.guarded or any(map(known.__contains__, it.within)) for it in mentions)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
