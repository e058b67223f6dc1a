"""Read uv's words: a contradiction, or something that our side could not have.

uv exits with 1 for a real conflict, a name that does not exist, a distribution without
wheels and files filtered by date alike. What tells them apart is what its derivation
rests on. It is a contradiction only where demands of metadata alone exclude each other:
not where a release could not be had, and not where releases that no index here has
would have met them. Whatever is not understood is no contradiction either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from compatcheck.environments.uv import first_cause
from compatcheck.index.redact import redact
from compatcheck.model import Unknown, Unsolvable
from compatcheck.resolve.derivation import (
    PYTHON,
    Absent,
    Demand,
    Fact,
    Scale,
    Unreadable,
    Unusable,
    read_facts,
)
from compatcheck.resolve.telling import told_demand, told_some

_BUILD: Final = "no wheel for this Python here; a build would be needed"
_UNUSABLE: Final = (
    ("no usable wheels", _BUILD),
    ("no wheels", _BUILD),
    ("no compatible wheels", _BUILD),
    ("not found", "not found on the index"),
    ("yanked", "yanked"),
    ("publish", "left out by its date or a missing upload time"),
    ("exclude newer", "left out by its date or a missing upload time"),
    ("to be downloaded", "could not be had offline"),
    ("metadata", "its metadata cannot be read"),
    ("METADATA", "its metadata cannot be read"),
    ("package format", "its file cannot be read"),
)
"""What uv says of a release that cannot be used, and what that means for a person."""
_HARMLESS: Final = ("The Python interpreter uses", "`exclude-newer`", "Wheels are req")
"""Hints that tell no more than the derivation, or what `--as-of` asked for."""
_MOST_REGIONS: Final = 1000
"""Combinations of demands after which the search is given up."""
_LONGEST: Final = 300
"""Characters of a reason: it stands in a table."""


def read_reason(
    words: str, *, said: Mapping[str, Sequence[str]] | None = None
) -> Unsolvable | Unknown:
    """What uv's error says, shortened to the clause that matters.

    `said` are the requirements that the user bends the resolution with, by the word
    for them (`constraint`, `override`): uv tells them as demands of whoever they hit.
    """
    words = redact(words)
    if "No solution found" not in words:
        return Unknown(reason=_cut(first_cause(words)))
    said = said or {}
    try:
        facts = read_facts(words)
        lacking = _lacking(facts, _hints(words), said)
    except Unreadable:
        return Unknown(reason=_cut(first_cause(words)))
    if lacking is not None:
        return Unknown(reason=_cut(lacking))
    return Unsolvable(reason=_cut(_conflict(facts, said)))


def _hints(words: str) -> list[str]:
    _, *hints = re.split(r"^hint: ", words, flags=re.MULTILINE)
    return [re.sub(r"\s+", " ", hint).strip() for hint in hints]


def _lacking(
    facts: Sequence[Fact], hints: Sequence[str], said: Mapping[str, Sequence[str]]
) -> str | None:
    """What the derivation rests on beside demands; None when on nothing else."""
    refused = next((h for h in hints if re.search(r"\b40[13]\b", h)), None)
    if refused:
        return refused
    for fact in facts:
        if isinstance(fact, Unusable) and not fact.why.startswith(f"{PYTHON} "):
            return f"{told_some(fact.what)}: {_meaning(fact.why)}"
    unmet = _unmet(facts)
    if unmet:
        demands = ", ".join(told_demand(demand, facts, said) for demand in unmet)
        dated = any("`exclude-newer`" in hint for hint in hints)
        there = "that was out then" if dated else "on the index"
        both = "it" if len(unmet) == 1 else "all of these"
        return f"{demands}, and no release {there} meets {both}"
    return next((hint for hint in hints if not _is_harmless(hint)), None)


def _is_harmless(hint: str) -> bool:
    return any(words in hint for words in _HARMLESS)


def _meaning(why: str) -> str:
    for words, meaning in _UNUSABLE:
        if words in why:
            return meaning
    return why


def _unmet(facts: Sequence[Fact]) -> Sequence[Demand]:
    """Demands that agree with each other, but that nothing on the index meets.

    Such releases may be on another index, or have been there once: metadata does not
    contradict itself. Empty when there are none.
    """
    absent = [fact.what for fact in facts if isinstance(fact, Absent)]
    for name in dict.fromkeys(what.name for what in absent):
        if name == PYTHON:  # there is one, and it is asked for
            continue
        gone = [what for what in absent if what.name == name]
        demands = [
            fact
            for fact in facts
            if isinstance(fact, Demand) and fact.what.name == name
        ]
        scale = Scale([*gone, *(demand.what for demand in demands)])
        nothing = frozenset[int]().union(*map(scale.parts, gone))
        for region, together in _regions(scale, demands).items():
            if region <= nothing:
                return together
    return ()


def _regions(
    scale: Scale, demands: Iterable[Demand]
) -> dict[frozenset[int], tuple[Demand, ...]]:
    """What is left of a scale under each set of demands that agree, few ones first."""
    regions: dict[frozenset[int], tuple[Demand, ...]] = {}
    for demand in demands:
        parts = scale.parts(demand.what)
        for region, before in [(scale.all, ()), *regions.items()]:
            if both := region & parts:
                regions.setdefault(both, (*before, demand))
        if len(regions) > _MOST_REGIONS:
            raise Unreadable("too many demands on one distribution")
    return dict(sorted(regions.items(), key=lambda item: len(item[1])))


def _conflict(facts: Sequence[Fact], said: Mapping[str, Sequence[str]]) -> str:
    """The demands that exclude each other, and what Python they exclude."""
    demands = [fact for fact in facts if isinstance(fact, Demand)]
    told = []
    pair = min(_exclusive(demands), key=_distance, default=None)
    if pair is not None:
        both = [told_demand(demand, facts, said) for demand in pair]
        # Metadata first, then what the user asked of it.
        told.append(", but ".join(sorted(both, key=lambda it: " requires " not in it)))
    told += dict.fromkeys(_pythons(facts))
    if not told:
        told = [told_demand(demand, facts, said) for demand in demands]
    return "; ".join(told[:3])


def _exclusive(demands: Sequence[Demand]) -> Iterator[tuple[Demand, Demand]]:
    for first, second in combinations(demands, 2):
        if first.what.name == second.what.name != PYTHON:
            scale = Scale([first.what, second.what])
            if not scale.parts(first.what) & scale.parts(second.what):
                yield first, second


def _distance(pair: tuple[Demand, Demand]) -> int:
    """How far a pair is from what was asked for: the nearer is the clearer."""
    return -sum(demand.who.name == "root" for demand in pair)


def _pythons(facts: Iterable[Fact]) -> Iterator[str]:
    for fact in facts:
        match fact:
            case Demand(who=who, what=what) if what.name == PYTHON:
                needed = told_some(what).removeprefix(PYTHON)
                yield f"{told_some(who)} requires {PYTHON} {needed}"
            case Unusable(what=what, why=why) if why.startswith(f"{PYTHON} "):
                yield f"{told_some(what)} requires {why}"
            case _:
                pass


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
