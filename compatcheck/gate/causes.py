"""Why it fails, by the rules that know of cells, with what blame has proven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from compatcheck.blame.turning import sentences
from compatcheck.diagnosis import Case, diagnose
from compatcheck.diagnosis.case import said
from compatcheck.diagnosis.owners import owner_of_module, seen_in_frames
from compatcheck.diagnosis.words import lacking, lacking_attribute, missing_fields
from compatcheck.gate.blaming import Blamed, Inquiry
from compatcheck.gate.changes import World
from compatcheck.gate.compare import Compared
from compatcheck.gate.ways import Swept
from compatcheck.model import CellResult, Failure, Link, Outcome

UNSOLVABLE: Final = "unsolvable"
UNKNOWN: Final = "unknown"
UNDETERMINED: Final = "undetermined"
_NO_RULE: Final = "no rule found its evidence complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why it fails, in words."""

    rule: str
    title: str
    evidence: tuple[str, ...] = ()


def cause(
    found: Compared, blamed: Blamed | None, swept: Sequence[Swept], inquiry: Inquiry
) -> Cause:
    """The rule that matches, or that none does."""
    if found.seen.outcome is Outcome.UNKNOWN:
        return Cause(rule=UNKNOWN, title=f"could not be told: {found.words}")
    proof = blamed.proof if blamed else ()
    if found.seen.outcome is Outcome.UNSOLVABLE:
        title = "the requirements of head contradict each other"
        return Cause(rule=UNSOLVABLE, title=title, evidence=(found.words, *proof))
    turns = tuple(it.turn for it in swept if it.turn is not None)
    newer = [it for it in swept if any(v > it.own for v in it.passing)]
    history = tuple(line for turn in turns for line in sentences(turn))
    one = len(swept) == 1
    case = Case(
        result=inquiry.today,
        failures=(found.seen,),
        worked=None if newer or not turns else True,
        culprits=() if newer else turns,
        alone=bool(blamed and blamed.alone and one),
        rows={it.distribution: tuple(it.results.values()) for it in swept}
        if newer or not turns
        else {},
        evidence=(*proof, *history),
    )
    told = diagnose(case)
    title = told.title
    if told.rule == UNDETERMINED:
        title = _plain(found, blamed, inquiry)
    # The first sentence names every pin of the cell: too long for a gate's reader. So
    # is the list of rules that do not match.
    evidence = tuple(it for it in told.evidence[1:] if not it.startswith(_NO_RULE))
    return Cause(rule=told.rule, title=title, evidence=evidence)


def _plain(found: Compared, blamed: Blamed | None, inquiry: Inquiry) -> str:
    words = said(found.seen.failure)
    if blamed is None or not blamed.names:
        return f"`{found.seen.target}` fails: {words}"
    whom = " and ".join(
        f"{name} {inquiry.head[name].version}"
        if name in inquiry.head
        else f"the end of {name}"
        for name in blamed.names
    )
    return f"{whom} broke it: {words}"


def symbol_of(found: Compared, result: CellResult) -> str:
    """What is not there any more, as dotted as it can be told; else what was asked."""
    failure = found.seen.failure
    steps: tuple[Failure | Link, ...] = (failure, *failure.chain) if failure else ()
    for step in steps:
        missing = lacking(step)
        if missing is not None:
            return str(missing)
        if (attribute := lacking_attribute(step)) is not None:
            return ".".join(attribute)
        if (fields := missing_fields(step)) is not None:
            return f"{fields[0]}.{fields[1][0]}"
    del result
    return found.seen.target


def consumer_of(
    found: Compared,
    result: CellResult,
    blamed: Sequence[str],
    own: str,
    world: World,
    *,
    ours: bool,
) -> str:
    """Who needs what fails: the user's own source, or a distribution."""
    if ours or found.seen.failure is None:
        return own
    for name in seen_in_frames(result, found.seen.failure):
        if name not in blamed:
            return name
    owner = owner_of_module(result, found.seen.target)
    if owner is not None and owner not in blamed:
        return owner
    needing = [
        name
        for name, entry in sorted(world.items())
        if entry.needs and not entry.needs.isdisjoint(blamed)
    ]
    return needing[0] if len(needing) == 1 else own
