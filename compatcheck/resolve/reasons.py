"""Read uv's words: a contradiction, or something that our side could not have.

uv exits with 1 for a real conflict, a name that does not exist, a distribution without
wheels and files filtered by date alike; only its words tell them apart. They are a
derivation: sentences "Because A and B, we can conclude that C", whose leaves are what
metadata demands ("x depends on y>=2", "x requires Python >=3.12", "you require x") and
what could be had ("y was not found", "y has no usable wheels", "only y<=2 is
available"). It is a contradiction only if nothing that could not be had carries it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from compatcheck.index.redact import redact
from compatcheck.model import Unknown, Unsolvable

_LACKING: Final = (
    ("no usable wheels", "a build would be needed"),
    (
        "no wheels with a matching",
        "no wheel for this platform; a build would be needed",
    ),
    ("no wheels are available", "no wheel for this platform; a build would be needed"),
    ("was not found", "not found on the index"),
    ("not found in the", "not found on the index"),
    ("there is no version of", "no such version on the index"),
    ("there are no versions of", "no such version on the index"),
    ("yanked", "only yanked releases"),
    ("pre-release", "only pre-releases"),
    ("excluded", "left out by its date or missing upload time"),
    ("exclude-newer", "left out by its date or missing upload time"),
    ("publish time", "missing upload time"),
    ("upload time", "missing upload time"),
    ("unauthorized", "the index refused access"),
    ("could not be", "could not be had"),
    ("offline", "could not be had offline"),
    ("unknown metadata", "its metadata cannot be read"),
    ("invalid metadata", "its metadata cannot be read"),
    ("inconsistent metadata", "its metadata cannot be read"),
    ("invalid package format", "its file cannot be read"),
)
"""What uv says of things that could not be had, and what that means for a person."""

_LONGEST: Final = 300
"""Characters of a reason: it stands in a table."""


def read_reason(words: str) -> Unsolvable | Unknown:
    """What uv's error says, shortened to the clause that matters."""
    derivation, hints = _derivation(words)
    if derivation is None:
        return Unknown(reason=_first_cause(words))
    leaves = list(_leaves(derivation))
    lacking = _lacking(leaves, hints) or _no_release(derivation)
    if lacking is not None:
        return Unknown(reason=lacking)
    return Unsolvable(reason=_cut(_conflict(leaves) or _sentence(derivation)))


def _derivation(words: str) -> tuple[str | None, str]:
    text = redact(re.sub(r"\s+", " ", words)).strip()
    start = text.find("No solution found when resolving")
    if start < 0:
        return None, text
    body, *hints = re.split(r"\bhint: ", text[start:])
    return re.sub(r"^.*?(?=Because )", "", body).strip(), " ".join(hints)


def _first_cause(words: str) -> str:
    """A fault's own words: its head, and the cause nearest to the ground."""
    lines = [re.sub(r"\s+", " ", line).strip() for line in words.splitlines()]
    named = [
        re.sub(r"^(error|cause|Caused by):\s*", "", line)
        for line in lines
        if re.match(r"(error|cause|Caused by):", line)
    ]
    if not named:
        named = [line for line in lines if line] or ["uv said nothing"]
    picked = [named[0]] if len(named) == 1 else [named[0], named[-1]]
    return _cut(redact(": ".join(picked)))


def _leaves(derivation: str) -> Iterable[str]:
    """Each clause behind a "because", without those that only repeat a conclusion."""
    for sentence in re.split(r"(?<=[.)])\s+(?=(?:And because|Because)\b)", derivation):
        premises = re.split(r",? we can conclude that ", sentence)[0]
        premises = re.sub(r"^(And because|Because) ", "", premises)
        for clause in _split_and(premises):
            if not clause.startswith("we know from"):
                yield clause.strip().rstrip(".")


def _split_and(premises: str) -> list[str]:
    """Split at the " and " between clauses, not at one within a list of names."""
    subject = r"(?:all versions of |only |there |you |we )?[A-Za-z0-9]"
    verb = r"(?:depends? on|requires?|was |were |is |has |have |know|of )"
    return re.split(rf" and (?={subject}[^,]*? ?{verb})", premises)


def _lacking(leaves: Iterable[str], hints: str) -> str | None:
    for leaf in leaves:
        for words, meaning in _LACKING:
            if words in leaf:
                return _cut(f"{leaf}: {meaning}")
    for words, meaning in _LACKING:
        if words in hints and "exclude" in words:
            return _cut(meaning)
    return None


def _no_release(derivation: str) -> str | None:
    """A demand that no release on this index meets: another index might have one."""
    for sentence in re.split(r"(?<=\.)\s+", derivation):
        alone = re.search(r"[Oo]nly (.+?) (?:is|are) available", sentence)
        used_up = re.search(r"cannot be used|unsatisfiable", sentence)
        if alone and used_up and "requires Python" not in sentence:
            demand = re.search(r"and (.+? (?:depends? on|require) .+?),", sentence)
            if demand:
                told = _plain(demand[1])
                return _cut(f"{told}, and only {alone[1]} is on the index")
    return None


def _conflict(leaves: list[str]) -> str | None:
    """The two demands on one distribution that exclude each other."""
    python = [leaf for leaf in leaves if "requires Python" in leaf]
    if python:
        return _plain(python[0])
    demands = [demand for leaf in leaves for demand in _demands(leaf)]
    for number, (told, name, specifier) in enumerate(demands):
        for other_told, other_name, other in demands[:number]:
            if name == other_name and specifier.is_disjoint(other):
                return f"{other_told}, but {told}"
    dependent = [_plain(leaf) for leaf in leaves if "depend" in leaf]
    return "; ".join(dependent[:3]) or None


def _demands(leaf: str) -> Iterable[tuple[str, str, SpecifierSet]]:
    match = re.match(r"(.+?) (?:depends? on|require) (.+)", leaf)
    if match is None:
        return
    subject, objects = match.groups()
    for text in re.split(r" and (?:one of: )?| or ", objects):
        try:
            requirement = Requirement(text.strip())
        except InvalidRequirement:
            continue
        told = _plain(f"{subject} depends on {text.strip()}")
        if subject == "you":
            told = f"{text.strip()} is asked for"
        yield told, canonicalize_name(requirement.name), requirement.specifier


def _plain(clause: str) -> str:
    """`all versions of x depend on y>=2` as `x requires y>=2`."""
    clause = re.sub(r"\ball versions of ", "", clause)
    clause = re.sub(r"\bdepends? on\b", "requires", clause)
    return re.sub(r"^you require (.+)$", r"\1 is asked for", clause)


def _sentence(derivation: str) -> str:
    return re.split(r"(?<=\.)\s+", derivation)[0]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
