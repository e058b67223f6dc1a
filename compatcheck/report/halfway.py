"""What imports and still does not work, clause by clause: nobody sees that coming."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Final

from compatcheck.model import Culprit, Outcome, Stage
from compatcheck.report.document import Cell, Observation, Report
from compatcheck.report.fold import Box
from compatcheck.report.legible import cut
from compatcheck.report.planes import Plane, few, planes, size
from compatcheck.report.space import Space

LONGEST_WORDS: Final = 88
"""Characters of a failure, its type and message, that fit into a clause."""

_ENDS: Final[Mapping[Stage, tuple[str, str]]] = {
    Stage.SYMBOL: ("lacks names", "lack names"),
    Stage.CALL: ("a call does not fit", "a call does not fit"),
    Stage.SCENARIO: ("does not serve", "do not serve"),
}
"""What is said of one release, and of several."""

_Kind = tuple[Stage, str]
"""The first stage that failed, and whom a verified drift blames for it all, if any."""


def halfway(report: Report, space: Space) -> list[str]:
    """A clause for each product of releases that import and go no further alike."""
    found = planes(space, lambda cell: _kind(report, cell))
    told = [
        (-size(box), place, kind[0].depth, _clause(report, space, plane, box))
        for place, plane in enumerate(found)
        for kind in sorted({said for said in plane.said.values() if said})
        for box in plane.boxes(kind)
    ]
    return [text for *_, text in sorted(told, key=lambda clause: clause[:3])]


def stuck_at(report: Report, cell: Cell) -> Stage | None:
    """The first stage that failed, of a cell that was seen to import; else None."""
    if not cell.outcome.is_red or cell.result is None:
        return None
    seen = report.results[cell.result].observations
    broken = [each.stage for each in seen if each.outcome.is_red]
    imported = [each.outcome for each in seen if each.stage is Stage.IMPORT]
    first = min(broken, key=lambda stage: stage.depth, default=None)
    if Outcome.PASSED not in imported or Outcome.UNKNOWN in imported:
        return None
    return first if first in _ENDS else None


def _kind(report: Report, cell: Cell) -> _Kind | None:
    stage = stuck_at(report, cell)
    return None if stage is None else (stage, _blame(report, cell))


def _blame(report: Report, cell: Cell) -> str:
    """`httpx 0.28.0 is to blame, …`, where that explains all that fails in a cell.

    Only a drift does, with the one remedy that was seen to help here; a second
    diagnosis tells of something that this remedy leaves broken.
    """
    found = report.results[cell.result].diagnoses if cell.result else ()
    if len(found) != 1:
        return ""
    mends = [it for it in found[0].remedies if it.verified and it.kind == "constraint"]
    culprit = found[0].culprit
    if len(mends) != 1 or culprit is None or not _drifted(report, culprit):
        return ""
    who = f"{culprit.distribution} {culprit.version}"
    return f"{who} is to blame, `{mends[0].command}` mends it"


def _drifted(report: Report, culprit: Culprit) -> bool:
    return any(
        drift.distribution == culprit.distribution
        and culprit.version in {drift.first_bad, *drift.holes}
        for drift in report.drift
    )


def _clause(report: Report, space: Space, plane: Plane[_Kind | None], box: Box) -> str:
    first, *others = (
        f"{dimension.name} {few(dimension, chosen)}"
        for dimension, chosen in zip(space.dimensions, box, strict=False)
    )
    cells = plane.at(product(*box))
    stage = next(said for cell in cells if (said := stuck_at(report, cell)))
    one = len(box[0]) == 1
    verb = "imports" if one else "import"
    partners = f" with {' and '.join(others)}" if others else ""
    seen = [_seen(report, cell, stage) for cell in cells]
    end = _ENDS[stage][0 if one else 1]
    why = f"{end}{_share(stage, seen)}{_words(report, seen)}"
    blame = _blame(report, cells[0])
    tail = f": {blame}" if blame else ""
    return f"{first} {verb}{partners}{plane.where} but {why}{tail}"


def _seen(report: Report, cell: Cell, stage: Stage) -> list[Observation]:
    seen = report.results[cell.result].observations if cell.result else ()
    return [each for each in seen if each.stage is stage and _ran(each.outcome)]


def _ran(outcome: Outcome) -> bool:
    return outcome.is_red or outcome is Outcome.PASSED


def _share(stage: Stage, cells: Sequence[Sequence[Observation]]) -> str:
    """` 2 of 12 scenarios`, where the others pass: then it does serve in part."""
    if stage is not Stage.SCENARIO:
        return ""
    shares = {(sum(o.outcome.is_red for o in seen), len(seen)) for seen in cells}
    if all(broken == ran for broken, ran in shares):
        return ""
    if len(shares) > 1:
        return " every scenario"
    broken, ran = shares.pop()
    return f" {broken} of {ran} scenarios"


def _words(report: Report, cells: Iterable[Sequence[Observation]]) -> str:
    """` (TypeError: …)`, or how many failures differ."""
    names = {o.failure for seen in cells for o in seen if o.outcome.is_red}
    failures = [report.failures[name] for name in names if name]
    told = {f"{it.type}: {it.message.strip()}".removesuffix(": ") for it in failures}
    if len(told) > 1:
        return f" ({len(told)} different failures)"
    return f" ({cut(told.pop(), LONGEST_WORDS)})" if told else ""
