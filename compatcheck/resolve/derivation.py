"""uv's derivation of why there is no solution, as it prints it line by line.

uv tells people in prose, from which it first leaves out what it thinks redundant. The
derivation itself (`UV_INTERNAL__SHOW_DERIVATION_TREE`, `display_tree` in uv's
`crates/uv-resolver/src/error.rs`) is complete and has one fact a line:

    a>=1, <2 depends on b==1.0      metadata demands it; `root` is what was asked for
    no versions of b>=2             the index has none of these
    b==1.0 no usable wheels         it is there but could not be had, and why

"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from packaging.version import InvalidVersion, Version

VARIABLES: Final = {"UV_INTERNAL__SHOW_DERIVATION_TREE": "1"}
"""What makes uv print it."""
PYTHON: Final = "Python"
"""The interpreter, which uv treats as one more distribution."""
_HEAD: Final = "Resolver derivation tree before reduction"
_END: Final = re.compile(r"Resolver derivation tree after reduction|error: |hint: ")

_BOUND: Final = r"(?:==|>=|<=|>|<)[^\s,|]+"
_RANGE: Final = rf"\*|∅|{_BOUND}(?:(?:, | \| ){_BOUND})*"
_SOME: Final = rf"[A-Za-z0-9][A-Za-z0-9-]*(?:\[[^\]]*\])?(?:{_RANGE})?"
_FACT: Final = re.compile(
    rf"no versions of (?P<absent>{_SOME})"
    rf"|(?P<who>{_SOME}) depends on (?P<what>{_SOME})"
    rf"|(?P<unusable>{_SOME}) (?P<why>[^<>=].*)"
)
_PARTS: Final = re.compile(r"(?P<name>[A-Za-z0-9-]+)(?P<extra>\[.*?\])?(?P<range>.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """Some releases of a distribution."""

    name: str
    """`root` for what was asked for."""
    extra: str
    """`[async]`, or nothing."""
    bounds: tuple[tuple[tuple[str, Version], ...], ...]
    """Alternatives, each of them operators and versions that hold together; one
    alternative without any is every release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """`who` requires `what`."""

    who: Some
    what: Some


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The index has no such releases."""

    what: Some


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """They are there, or should be, but cannot be used."""

    what: Some
    why: str


Fact: TypeAlias = Demand | Absent | Unusable


class Unreadable(ValueError):
    """Not a derivation that this module knows how to read."""


def read_facts(words: str) -> tuple[Fact, ...]:
    """The facts of the derivation in what uv said, each once, the deciding ones first.

    Raises `Unreadable` if there is none or if any line of it is not understood: then
    nothing may be concluded from the rest.
    """
    _, head, rest = words.partition(_HEAD + "\n")
    if not head:
        raise Unreadable("uv printed no derivation")
    facts = dict.fromkeys(_facts(rest.splitlines()))
    if not facts:
        raise Unreadable("uv printed an empty derivation")
    return tuple(facts)


def _facts(lines: Iterable[str]) -> Iterator[Fact]:
    for line in map(str.strip, lines):
        if _END.match(line):
            return
        if line and not line.startswith(("term ", "not root ")):
            yield _fact(line)
    raise Unreadable("uv's derivation was cut short")


def _fact(line: str) -> Fact:
    match = _FACT.fullmatch(line)
    if match is None:
        raise Unreadable(line)
    if match["absent"]:
        return Absent(what=_some(match["absent"]))
    if match["who"]:
        return Demand(who=_some(match["who"]), what=_some(match["what"]))
    return Unusable(what=_some(match["unusable"]), why=match["why"])


def _some(text: str) -> Some:
    match = _PARTS.fullmatch(text)
    if match is None:
        raise Unreadable(text)
    return Some(
        name=match["name"], extra=match["extra"] or "", bounds=_bounds(match["range"])
    )


def _bounds(text: str) -> tuple[tuple[tuple[str, Version], ...], ...]:
    if text in ("", "*"):
        return ((),)
    if text == "∅":
        return ()
    return tuple(
        tuple(_bound(bound) for bound in alternative.split(", "))
        for alternative in text.split(" | ")
    )


def _bound(text: str) -> tuple[str, Version]:
    operator = re.match(r"[=<>]+", text)
    if operator is None:
        raise Unreadable(text)
    try:
        return operator[0], Version(text[operator.end() :])
    except InvalidVersion as error:
        raise Unreadable(text) from error


class Scale:
    """All versions in order, cut at those that are named: ranges become plain sets.

    Part 2i + 1 is the i-th named version, part 2i whatever lies before it.
    """

    def __init__(self, some: Iterable[Some]) -> None:
        """Cut at every version that these name."""
        named = {v for it in some for both in it.bounds for _, v in both}
        self._place = {v: 2 * i + 1 for i, v in enumerate(sorted(named))}
        self.all = frozenset(range(2 * len(named) + 1))

    def parts(self, some: Some) -> frozenset[int]:
        """The parts of the scale that a range takes."""
        return frozenset(
            part
            for part in self.all
            if any(all(self._holds(part, *it) for it in both) for both in some.bounds)
        )

    def _holds(self, part: int, operator: str, version: Version) -> bool:
        place = self._place[version]
        match operator:
            case "==":
                return part == place
            case ">=":
                return part >= place
            case "<=":
                return part <= place
            case ">":
                return part > place
            case _:
                return part < place
