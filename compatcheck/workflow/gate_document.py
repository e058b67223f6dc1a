"""What a gate found, put into a document with one sentence at its head."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from compatcheck import __version__
from compatcheck.diagnosis.catalogue import catalogue
from compatcheck.gate.causes import UNDETERMINED, UNKNOWN, UNSOLVABLE
from compatcheck.gate.changes import Change
from compatcheck.gate.findings import Sides, by_python
from compatcheck.gate.locks import Entry, Lock
from compatcheck.model import Interpreter
from compatcheck.report.build import instant
from compatcheck.report.document import Platform, Tool
from compatcheck.report.gated import (
    Changed,
    Finding,
    Gated,
    Rule,
    Side,
    Spot,
    Summary,
    Upgrade,
    Verdict,
    gates,
)
from compatcheck.workflow.gate_reading import Read
from compatcheck.workflow.session import Session


def unchanged(
    read: Read, pythons: Sequence[Interpreter], notes: Sequence[str], session: Session
) -> Gated:
    """That there is nothing to decide."""
    where = _since(read)
    listed = _unreached(read, {})
    if not pythons:
        words = f"Nothing changed: {read.head.path} says the same as in {where}."
    else:
        minors = ", ".join(it.minor for it in pythons)
        words = f"Nothing that is installed on Python {minors} changed since {where}."
    return _document(
        read, session, "unchanged", words, pythons, listed, (), tuple(notes)
    )


def document(
    read: Read,
    sides: Sequence[Sides],
    found: Sequence[Finding],
    notes: Sequence[str],
    session: Session,
) -> Gated:
    """The decision."""
    pythons = [side.interpreter for side in sides]
    where = by_python(sides)
    changed = {it.distribution: it for side in sides for it in side.changed}
    listed = [_changed(it, where[name]) for name, it in sorted(changed.items())]
    listed += _unreached(read, changed)
    verdict = _verdict(found, strict=read.asked.strict)
    words = _conclusion(verdict, found, listed, read, pythons)
    return _document(
        read, session, verdict, words, pythons, listed, found, tuple(notes)
    )


def _document(
    read: Read,
    session: Session,
    verdict: Verdict,
    words: str,
    pythons: Sequence[Interpreter],
    listed: Sequence[Changed],
    found: Sequence[Finding],
    notes: tuple[str, ...],
) -> Gated:
    counts = Counter(finding.status for finding in found)
    return Gated(
        tool=Tool(name="compatcheck", version=__version__),
        generated=instant(session.clock()),
        platform=Platform(
            system=platform.system(),
            machine=platform.machine(),
            python=platform.python_version(),
        ),
        verdict=verdict,
        conclusion=words,
        strict=read.asked.strict,
        base=_side(read.base, read.since.tree.commit if read.since else None),
        head=_side(read.head, None),
        pythons=tuple(it.minor for it in pythons),
        changes=tuple(listed),
        findings=tuple(found),
        rules=tuple(_rule(it) for it in sorted({one.rule for one in found})),
        notes=notes,
        summary=Summary(
            new=counts["new"],
            unchanged=counts["unchanged"],
            waived=counts["waived"],
            unknown=counts["unknown"],
        ),
    )


_OWN_RULES: Final = {
    UNSOLVABLE: (
        "the requirements of head contradict each other",
        "No set of releases meets all that the lock of head wants at once.",
        "Take the set of versions that is told, or raise what holds the others back.",
    ),
    UNKNOWN: (
        "it could not be told",
        "What was needed for a decision could not be asked: an index, a build, a disk.",
        "Run again; if it stays so, mend what the message names.",
    ),
    UNDETERMINED: (
        "it fails, and no cause could be proven",
        "What fails is certain, and so is the upgrade that is blamed, if one is.",
        "Take the set of versions that is told.",
    ),
}


def _rule(id_: str) -> Rule:
    if id_ in _OWN_RULES:
        title, explanation, remedy = _OWN_RULES[id_]
        return Rule(id=id_, title=title, explanation=explanation, remedy=remedy)
    told = catalogue()[id_]
    return Rule(
        id=id_,
        title=told.title,
        explanation=told.explanation,
        remedy=told.remedy,
    )


def _side(lock: Lock, commit: str | None) -> Side:
    return Side(lock=lock.path, kind=lock.kind, commit=commit)


def _since(read: Read) -> str:
    if read.since is None:
        return read.base.path
    return f"{read.since.ref} ({read.since.tree.commit[:8]})"


def _verdict(found: Sequence[Finding], *, strict: bool) -> Verdict:
    """What is needed and unknown comes before what failed: a gate must know all."""
    if any(finding.status == "unknown" for finding in found):
        return "unknown"
    return "failed" if any(gates(it, strict=strict) for it in found) else "passed"


def _conclusion(
    verdict: Verdict,
    found: Sequence[Finding],
    listed: Sequence[Changed],
    read: Read,
    pythons: Sequence[Interpreter],
) -> str:
    where = f"Python {', '.join(it.minor for it in pythons)}"
    what = _what([it for it in listed if it.pythons])
    gating = [it for it in found if gates(it, strict=read.asked.strict)]
    match verdict:
        case "unknown":
            first = next(it for it in found if it.status == "unknown")
            also = f" {_number(len(gating))} besides." if gating else ""
            return (
                f"It could not be told whether {what} may land: {first.message}.{also}"
            )
        case "failed":
            return f"{_culprits(gating)} {_breaks(gating, read.own)} on {where}."
        case _:
            known = [it for it in found if it.status in {"unchanged", "waived"}]
            rest = f" {_number(len(known))} that a gate lets through." if known else ""
            return f"{what} may land: nothing got worse on {where}.{rest}"


def _breaks(gating: Sequence[Finding], own: str) -> str:
    upgrades = {it.distribution for finding in gating for it in finding.upgrades}
    verb = "keep" if len(upgrades) > 1 else "keeps"
    return f"{verb} {own} from working as it did: {_number(len(gating))}"


def _number(count: int) -> str:
    return f"{count} finding{'s' * (count != 1)}"


def _what(listed: Sequence[Changed]) -> str:
    if len(listed) == 1:
        (one,) = listed
        return str(
            Upgrade(distribution=one.distribution, before=one.before, after=one.after)
        )
    return f"{len(listed)} changed distributions"


def _culprits(gating: Sequence[Finding]) -> str:
    told = dict.fromkeys(str(it) for finding in gating for it in finding.upgrades)
    if not told:
        return "Something other than an upgrade"
    names = list(told)
    few = names[:3]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 - a few
    return f"{' and '.join(few)}{more}"


def _changed(change: Change, pythons: Sequence[str]) -> Changed:
    return Changed(
        distribution=change.distribution,
        before=_version(change.before),
        after=_version(change.after),
        kind=change.kind,
        place=Spot(file=change.entry.file, line=change.entry.line),
        pythons=tuple(pythons),
    )


def _version(entry: Entry | None) -> str | None:
    return None if entry is None else str(entry.version or entry.specifier or "any")


def _unreached(read: Read, known: Mapping[str, Change]) -> list[Changed]:
    """What the locks differ in, and no asked Python gets: another platform's, say."""
    base, head = _texts(read.base), _texts(read.head)
    found = []
    for name in sorted({*base, *head}):
        one, two = base.get(name, {}), head.get(name, {})
        if name in known or {*one} == {*two}:
            continue
        before = next((it for text, it in one.items() if text not in two), None)
        after = next((it for text, it in two.items() if text not in one), None)
        change = Change(distribution=name, before=before, after=after)
        if before is not None or after is not None:
            found.append(_changed(change, ()))
    return found


def _texts(lock: Lock) -> dict[str, dict[str, Entry]]:
    found: dict[str, dict[str, Entry]] = {}
    for entry in lock.everything:
        found.setdefault(entry.distribution, {})[entry.requirement] = entry
    return found
