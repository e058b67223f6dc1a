"""The sentence that an investigation comes to, and the step that it recommends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compatcheck.investigate.grids import Measured
from compatcheck.investigate.parties import Parties
from compatcheck.investigate.reproduce import Reproduced
from compatcheck.model import Outcome
from compatcheck.report.document import Report
from compatcheck.report.investigated import Recommended, Way


def summary(parts: Parties, seen: Reproduced, measured: Measured) -> str:
    """What it is, in as many sentences as it takes; built from data alone."""
    told = [*_versions(parts, seen), _cause(parts, seen)]
    told += _later(seen, measured.pair)
    return " ".join(f"{it}." for it in told)


def _versions(parts: Parties, seen: Reproduced) -> Iterator[str]:
    two = len(parts.sides) > 1
    if not parts.sides or seen.works is None:
        return
    if seen.works:
        word = "are compatible" if two else "is not to blame"
        what = f"`{seen.told.statement}` runs with them in a fresh environment"
        if not two:
            what = what.replace("with them", "with it")
        yield f"{parts.named} {word}: {what}"
    elif seen.told.minimal is not None and parts.consumer is not None:
        word = "do not work together" if two else "does not work by itself"
        yield f"{parts.named} {word}: a fresh environment fails just so"


def _cause(parts: Parties, seen: Reproduced) -> str:
    """What is wrong, and where that lies."""
    title = parts.finding.title if parts.finding else "No cause could be proven"
    yours = seen.yours
    if not seen.works or yours is None:
        return title
    if yours.outcome == "works":
        return f"The environment is damaged: {title}"
    if yours.outcome == "fails":
        return f"It is the working directory, or a variable: {title}"
    return title


def _later(seen: Reproduced, pair: Report | None) -> Iterator[str]:
    """What a grid saw deeper, beyond the failure that is looked into."""
    if pair is None or not seen.works:
        return
    if any(cell.outcome in (Outcome.FAILED, Outcome.CRASHED) for cell in pair.cells):
        told = pair.conclusion.removesuffix(".")
        yield f"Another failure comes behind it, as all resolves today: {told}"


def recommended(ways: Sequence[Way]) -> Recommended | None:
    """The first way that was seen to work here; else the first seen to work at all."""
    here = ("repair", "import", "release here", "shim")
    works = [way for way in ways if way.outcome == "works" and way.command]
    for kind in here:
        for way in works:
            if way.kind == kind:
                return Recommended(
                    what=f"{way.what}; {way.detail}", command=way.command, verified=True
                )
    for way in ways:
        if way.kind in ("as of release", "pins", "releases") and way.outcome == "works":
            return Recommended(
                what=f"{way.what}: {way.detail}", command=None, verified=True
            )
    return None
