"""The course of a resolution: who demanded what on the way, as uv logs it.

A lock tells what was taken, not what was tried and dropped, and that too can hang on
the release of a distribution that was asked for: where the newest `x` requires
`b>=2`, `b 1.0` gets an older `x` of which nothing points to `b`. uv's log has one line
for each demand of every release that it considered, markers already decided
(`visit_package_version_dependencies` in its `crates/uv-resolver/src/resolver/mod.rs`):

    DEBUG Adding direct dependency: b>=1.0, <1.0+          asked for, or a constraint
    DEBUG Adding transitive dependency for x==3.0: b>=2    what a release demands
    DEBUG Selecting: x==3.0 [compatible] (x-3.0-py3-none-any.whl)   what it reads

"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from packaging.version import InvalidVersion, Version

VARIABLES: Final = {"RUST_LOG": "uv_resolver=debug"}
"""What makes uv log it."""

_LOGGED: Final = re.compile(r"^(?:TRACE|DEBUG|INFO|WARN|ERROR) .*\n?", re.MULTILINE)
_ADDING: Final = re.compile(r"DEBUG Adding (?:direct|transitive) dependency\b(.*)")
_DEMAND: Final = re.compile(r"(?: for (?P<who>\S+))?: (?P<what>.+)")
_TAKEN: Final = re.compile(
    r"^DEBUG Selecting: ([^\s=]+)==\S+ \[[^\]]*\] \(([^)]+)\)$", re.MULTILINE
)
_NAME: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_WHO: Final = re.compile(rf"(?P<name>{_NAME})(?:\[[^\]]+\])?==(?P<version>\S+)")
_WHAT: Final = re.compile(
    rf"(?P<name>{_NAME})(?:\[(?P<extra>{_NAME})\])?(?P<marker>\{{[^}}]+\}})?"
    r"(?P<range>\*|[<>=].*)"
)
_BOUND: Final = re.compile(r"(==|>=|<=|>|<)([^\s+]+)(\+?)")
"""A `+` stands behind the release and all of its local versions."""
_BEHIND: Final = {">=": ">", "<": "<="}
"""What an operator means at a bound with a `+`, where there are no local versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What was demanded while a lock was sought."""

    asked: frozenset[str]
    """The distributions that were asked for."""
    demands: Mapping[str, tuple[str, ...]]
    """Distribution to what releases demanded of it, each once, sorted, in uv's words
    (`b>=2`, `b[x]*`); also those of releases that were not taken in the end."""
    taken: Mapping[str, tuple[str, ...]]
    """Distribution to the files whose metadata was looked at, sorted by name."""


def parted(words: str) -> tuple[str, str]:
    """What uv says to people, and its log."""
    logged = _LOGGED.findall(words)
    return _LOGGED.sub("", words), "".join(logged)


def read_course(log: str) -> Course | None:
    """The course in a log; None where there is none or a line is not understood."""
    asked, demands = set(), defaultdict[str, set[str]](set)
    for line in _ADDING.findall(log):
        demand = _DEMAND.fullmatch(line)
        what = _WHAT.fullmatch(demand["what"]) if demand else None
        if demand is None or what is None:
            return None
        if demand["who"] is None:
            asked.add(what["name"])
            continue
        who = _WHO.fullmatch(demand["who"])
        if who is None:
            return None
        if not _is_tie(who, what):
            demands[what["name"]].add(what[0])
    if not asked:
        return None
    taken = defaultdict[str, set[str]](set)
    for name, file in _TAKEN.findall(log):
        taken[name].add(file)
    return Course(
        asked=frozenset(asked), demands=_listed(demands), taken=_listed(taken)
    )


def _listed(found: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(these)) for name, these in found.items()}


def _is_tie(who: re.Match[str], what: re.Match[str]) -> bool:
    """Whether uv ties a distribution with an extra to the same release without it."""
    tie = f"=={who['version']}"
    return who["name"] == what["name"] and what["range"] == tie


def is_indifferent(
    demand: str, extras: tuple[str, ...], before: Version, after: Version
) -> bool:
    """Whether a demand treats two releases of a distribution alike, for certain.

    The distribution was asked for with `extras`. With another extra, or under a marker,
    uv looks for its release as if for one more distribution, the newest first, and
    how often it fails until it comes to the one asked for can change what it does next.
    """
    read = _WHAT.fullmatch(demand)
    if read is None or read["marker"] or (read["extra"] or "") not in ("", *extras):
        return False
    if read["range"] == "*" or before == after:
        return True
    admits = [_admits(read["range"], version) for version in (before, after)]
    return None not in admits and admits[0] == admits[1]


def _admits(text: str, version: Version) -> bool | None:
    """Whether a range admits a release; None where that is not plain.

    Only for plain final releases: what bounds mean for others is the resolver's own.
    """
    if str(version) != version.base_version:
        return None
    answers = []
    for both in text.split(" | "):
        bounds = [_BOUND.fullmatch(bound) for bound in both.split(", ")]
        met = [_meets(version, *bound.groups()) if bound else None for bound in bounds]
        if None in met:
            return None
        answers.append(all(met))
    return any(answers)


def _meets(version: Version, operator: str, text: str, plus: str) -> bool | None:
    try:
        bound = Version(text)
    except InvalidVersion:
        return None
    match _BEHIND.get(operator, operator) if plus else operator:
        case "==":
            return version == bound
        case ">=":
            return version >= bound
        case "<=":
            return version <= bound
        case ">":
            return version > bound
        case _:
            return version < bound
