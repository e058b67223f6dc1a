"""From two answers for each Python to findings: blamed, explained, placed, mended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from compatcheck.blame.goal import Key, Verdict
from compatcheck.diagnosis.case import said
from compatcheck.diagnosis.owners import owner_of_module
from compatcheck.gate.blaming import Blamed, Inquiry
from compatcheck.gate.causes import UNKNOWN, cause, consumer_of, symbol_of
from compatcheck.gate.changes import Change
from compatcheck.gate.compare import Compared, Standing, compare
from compatcheck.gate.ways import Releases, Sweeper, Swept, ways
from compatcheck.gate.where import Sources
from compatcheck.model import CellResult, Interpreter, Outcome, Stage
from compatcheck.report.gated import Finding, Spot, Upgrade, Way, identify

_ORDER: Final = ("new", "unknown", "waived", "unchanged")


@dataclass(frozen=True, kw_only=True)
class Sides:
    """One Python, and what both sides show there."""

    interpreter: Interpreter
    changed: tuple[Change, ...]
    base: CellResult
    head: CellResult
    inquiry: Inquiry


Shims: TypeAlias = Callable[[Sequence[Upgrade], Sides, Key], Iterable[Way]]
"""What recovers some upgrades while a program runs."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What findings are made with."""

    own: str
    """The project's name, as one half of a pair."""
    lock: str
    """Head's lock, where a finding stands that has no line of its own."""
    sources: Sources
    releases: Releases
    shims: Shims
    hears: Callable[[str], None]
    hints: list[tuple[str, ...]] = field(default_factory=list)
    """What was to blame on the Pythons before."""


def findings(sides: Sequence[Sides], desk: Desk) -> list[Finding]:
    """All that fails or is unknown, what is new first; what Pythons share, once."""
    found = [it for side in sides for it in _of(side, desk)]
    return sorted(_joined(found), key=_rank)


def _rank(finding: Finding) -> tuple[int, int, str, str]:
    return (
        _ORDER.index(finding.status),
        finding.stage.depth,
        finding.symbol,
        finding.id,
    )


def _of(side: Sides, desk: Desk) -> Iterator[Finding]:
    mixed = list(_foreign_files(side))
    if mixed:
        yield from (_unknown(words, side, desk) for words in mixed)
        return
    known: list[Blamed] = []
    sweeper = Sweeper(
        inquiry=side.inquiry,
        base=side.base,
        releases=desk.releases,
        hears=desk.hears,
    )
    for found in compare(side.base, side.head):
        blamed, swept = None, tuple[Swept, ...]()
        if found.standing is Standing.NEW:
            blamed = _blamed(found, side.inquiry, known, desk)
            swept = sweeper.sweep(blamed, (found.key,))
        yield _finding(found, blamed, swept, side, desk)


def _blamed(
    found: Compared, inquiry: Inquiry, known: list[Blamed], desk: Desk
) -> Blamed:
    """Who broke it; whoever broke something before is tried first."""
    for before in known:
        if _is_to_blame(before.names, found.key, inquiry):
            return before
    for names in desk.hints:
        fits = set(names) <= set(inquiry.names)
        if fits and len(names) == 1 and _is_to_blame(names, found.key, inquiry):
            blamed = inquiry.proven(names, (found.key,))
            known.append(blamed)
            return blamed
    desk.hears(f"whom to blame for {found.seen.target}")
    blamed = inquiry.find(found.seen)
    known.append(blamed)
    desk.hints.append(blamed.names)
    return blamed


def _is_to_blame(names: Sequence[str], key: Key, inquiry: Inquiry) -> bool:
    """Whether these alone break it, and mend it when they are held back."""
    if not names:
        return False
    worlds = [inquiry.base, inquiry.moved(names), inquiry.held(names)]
    before, moved, held = inquiry.verdicts(worlds, (key,))
    good = before is not Verdict.BAD and held is Verdict.GOOD
    return good and moved is Verdict.BAD


def _finding(
    found: Compared,
    blamed: Blamed | None,
    swept: Sequence[Swept],
    side: Sides,
    desk: Desk,
) -> Finding:
    names = blamed.names if blamed else ()
    spot = desk.sources.place(found.seen, side.head, names)
    why = cause(found, blamed, swept, side.inquiry)
    symbol = symbol_of(found, side.head)
    unasked = found.seen.stage.depth < 1
    ours = spot is not None and not unasked and _is_ours(found, desk)
    world = side.inquiry.head
    consumer = consumer_of(found, side.head, names, desk.own, world, ours=ours)
    pair = (consumer, "+".join(names) or _lone(side, found))
    upgrades = tuple(_upgrade(name, side) for name in names)
    told = tuple(ways(blamed, swept, side.inquiry)) if blamed and names else ()
    shims = desk.shims(upgrades, side, found.key) if names else ()
    evidence = why.evidence
    if found.fails_otherwise:
        evidence = (*evidence, "base fails there, too, but with other words")
    return Finding(
        id=identify(why.rule, pair, symbol),
        status=found.standing.value,
        rule=why.rule,
        title=why.title,
        pair=pair,
        symbol=symbol,
        outcome=found.seen.outcome,
        stage=found.seen.stage,
        target=found.seen.target,
        message=found.words or said(found.seen.failure),
        upgrades=upgrades,
        place=spot or _line_of(names, side, desk),
        evidence=evidence,
        ways=(*told, *shims),
        pythons=(side.interpreter.minor,),
        waiver=None,
    )


def _is_ours(found: Compared, desk: Desk) -> bool:
    """Whether the user's own code asks: a line of it, or a need read there."""
    failure = found.seen.failure
    frames = failure.frames if failure else ()
    own = any(it.file.startswith(("<source>", "<scenarios>")) for it in frames[-1:])
    return own or desk.sources.needs(found.seen.target)


def _lone(side: Sides, found: Compared) -> str:
    """The other half of a pair where nobody is blamed: whose the target is."""
    wanted = symbol_of(found, side.head)
    return owner_of_module(side.head, wanted) or "requirements"


def _upgrade(name: str, side: Sides) -> Upgrade:
    base, head = side.inquiry.base.get(name), side.inquiry.head.get(name)
    return Upgrade(
        distribution=name,
        before=str(base.version) if base else None,
        after=str(head.version) if head else None,
    )


def _line_of(names: Sequence[str], side: Sides, desk: Desk) -> Spot:
    """The lock's line of what is blamed, else of the first change."""
    head = side.inquiry.head
    for name in (*names, *(it.distribution for it in side.changed)):
        if name in head:
            return Spot(file=head[name].file, line=head[name].line)
    return Spot(file=desk.lock, line=1)


def _foreign_files(side: Sides) -> Iterator[str]:
    """What an index serves with other hashes than the lock has: another thing."""
    for label, result, world in (
        ("base", side.base, side.inquiry.base),
        ("head", side.head, side.inquiry.head),
    ):
        for package in result.lock.packages if result.lock else ():
            entry = world.get(package.distribution)
            if entry is not None and _are_others(entry.hashes, package.hashes):
                yield (
                    f"none of the hashes that the lock of {label} has for"
                    f" {package.distribution} {package.version} is served by an index"
                )


def _are_others(locked: Collection[str], served: Collection[str]) -> bool:
    """Whether hashes are of other files; of different kinds they tell nothing."""
    kinds = {it.partition(":")[0] for it in served}
    alike = {it for it in locked if it.partition(":")[0] in kinds}
    return bool(alike) and alike.isdisjoint(served)


def _unknown(words: str, side: Sides, desk: Desk) -> Finding:
    pair = (desk.own, "requirements")
    return Finding(
        id=identify(UNKNOWN, pair, words),
        status="unknown",
        rule=UNKNOWN,
        title=f"could not be told: {words}",
        pair=pair,
        symbol="requirements",
        outcome=Outcome.UNKNOWN,
        stage=side.head.stage or Stage.RESOLVE,
        target="requirements",
        message=words,
        upgrades=(),
        place=_line_of((), side, desk),
        evidence=(),
        ways=(),
        pythons=(side.interpreter.minor,),
        waiver=None,
    )


def _joined(found: Iterable[Finding]) -> list[Finding]:
    """What is the same finding, once, with all its Pythons and targets."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for one in found:
        groups.setdefault((one.id, one.status), []).append(one)
    return [_one(alike) for alike in groups.values()]


def _one(alike: Sequence[Finding]) -> Finding:
    first = min(alike, key=lambda it: it.stage.depth)
    others = dict.fromkeys(
        f"so does {it.stage} `{it.target}`" for it in alike if it.target != first.target
    )
    pythons = dict.fromkeys(python for it in alike for python in it.pythons)
    return replace(first, pythons=tuple(pythons), evidence=(*first.evidence, *others))


def by_python(sides: Sequence[Sides]) -> Mapping[str, tuple[str, ...]]:
    """By distribution, the Pythons where it differs between the sides."""
    found: dict[str, list[str]] = {}
    for side in sides:
        for change in side.changed:
            found.setdefault(change.distribution, []).append(side.interpreter.minor)
    return {name: tuple(pythons) for name, pythons in found.items()}
