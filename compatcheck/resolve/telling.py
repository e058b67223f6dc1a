"""Demands in words that a person who reads a table understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from compatcheck.resolve.derivation import Demand, Fact, Some

_ROOT = "root"


def told_some(some: Some) -> str:
    """`flask 2.2.2`, `flask>=2,<3`, `flask<2 or flask>=3`."""
    name = f"{some.name}{some.extra}"
    return f"{name} {some.bounds[0][0][1]}" if _is_one(some) else _requirement(some)


def _is_one(some: Some) -> bool:
    return [[operator for operator, _ in both] for both in some.bounds] == [["=="]]


def _requirement(some: Some) -> str:
    name = f"{some.name}{some.extra}"
    ways = [",".join(o + _plain(o, v) for o, v in both) for both in some.bounds]
    return " or ".join(name + way for way in ways) or f"{name} in no version"


def _plain(operator: str, version: Version) -> str:
    """Without the `.dev0` that uv writes for `==2.*` and `~=2.1`."""
    if operator in ("<", ">=") and version.dev == 0 and version.pre is None:
        return version.base_version
    return str(version)


def told_demand(
    demand: Demand, facts: Sequence[Fact], said: Mapping[str, Sequence[str]]
) -> str:
    """`flask 2.2.2 requires werkzeug>=2.2.2`, `werkzeug==2.0 is asked for`."""
    what = _requirement(demand.what)
    for word, requirements in said.items():
        if any(_is(demand.what, requirement) for requirement in requirements):
            return f"{what} is {'an' if word[0] in 'aeiou' else 'a'} {word}"
    if demand.who.name == _ROOT:
        return f"{what} is asked for"
    demands = [fact for fact in facts if isinstance(fact, Demand)]
    through = _way(demand.who.name, demands)
    way = f" (through {', '.join(through)})" if through else ""
    return f"{told_some(_pinned(demand.who, demands))}{way} requires {what}"


def _is(some: Some, requirement: str) -> bool:
    """Whether a requirement asks for exactly these releases, as far as is plain."""
    try:
        asked = Requirement(requirement)
    except InvalidRequirement:
        return False
    if canonicalize_name(asked.name) != some.name or len(some.bounds) != 1:
        return False
    bounds = {(operator, str(version)) for operator, version in some.bounds[0]}
    return bounds == {(one.operator, one.version) for one in asked.specifier}


def _pinned(who: Some, demands: Sequence[Demand]) -> Some:
    """The one release that was asked for, where uv says "every release"."""
    for demand in demands:
        if (
            demand.who.name == _ROOT
            and demand.what.name == who.name
            and _is_one(demand.what)
        ):
            return replace(who, bounds=demand.what.bounds)
    return who


def _way(name: str, demands: Sequence[Demand]) -> list[str]:
    """What leads from what was asked for to a distribution, by the shortest way."""
    ways: dict[str, list[str]] = {_ROOT: []}
    waiting = [_ROOT]
    for here in waiting:
        for demand in demands:
            there = demand.what.name
            if demand.who.name == here and there not in ways:
                ways[there] = [*ways[here], there]
                waiting.append(there)
    return ways.get(name, [])[:-1]
