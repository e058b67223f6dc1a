"""What works with what, clause by clause, for the sentence that sums a run up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, Literal

from compatcheck.model import Outcome, Source, Stage
from compatcheck.report.document import Cell, Observation, Report
from compatcheck.report.fold import Box
from compatcheck.report.halfway import halfway, stuck_at
from compatcheck.report.legible import cut
from compatcheck.report.planes import Plane, few, planes, size, whole
from compatcheck.report.space import Dimension, Space

LONGEST_MESSAGE: Final = 72
"""Characters of a failure's message that fit into a clause."""

WIDEST: Final = 2
"""Clauses on what works that come before what imports and does not work all the same:
that is what nobody sees coming, so it is part of the sentence."""

_Verdict = Literal["yes", "no", "open"]

_VERDICTS: Final[Mapping[Outcome, _Verdict]] = {
    Outcome.PASSED: "yes",
    Outcome.FAILED: "no",
    Outcome.CRASHED: "no",
    Outcome.UNSOLVABLE: "no",
    Outcome.UNKNOWN: "open",
    Outcome.NOT_RUN: "open",
}


def clauses(report: Report, space: Space) -> tuple[str, ...]:
    """What works, what only imports, and what works with nothing at all.

    Each the widest first. Only cells that passed count as working. The first clause
    on what works names the probes.
    """
    found = planes(space, lambda cell: _VERDICTS[cell.outcome])
    works = _working(space, found)
    if works:
        works[0] += f" ({', '.join(_probes(report))})"
    half = halfway(report, space)
    nothing = [
        text
        for plane in found
        for text in _none(report, space, plane, bare=bool(works))
    ]
    first = [*works[:WIDEST], *half[:1], *works[WIDEST:], *half[1:]]
    return (*first, *nothing)


def _working(space: Space, found: Sequence[Plane[_Verdict]]) -> list[str]:
    works = sorted(
        (
            (-size(box), place, _works(space, plane, box))
            for place, plane in enumerate(found)
            for box in plane.boxes("yes")
        ),
        key=lambda clause: clause[:2],
    )
    return [text for _, _, text in works]


def _works(space: Space, plane: Plane[_Verdict], box: Box) -> str:
    first, *others = (
        f"{dimension.name} {_versions(dimension, place, box, plane)}"
        for place, dimension in enumerate(space.dimensions[: space.axes])
    )
    verb = "works" if len(box[0]) == 1 else "work"
    if all(cell.source is Source.SCREENED for cell in space.cells.values()):
        verb = "may work"  # nobody has seen it
    partners = f" with {' and '.join(others)}" if others else ""
    return f"{first} {verb}{partners}{plane.where}"


def _versions(
    dimension: Dimension, place: int, box: Box, plane: Plane[_Verdict]
) -> str:
    """One axis of a clause; true holes told with "except"."""
    chosen = box[place]
    inner = range(chosen[0], chosen[-1] + 1)
    holes = sorted(set(inner) - set(chosen))
    if holes and len(holes) * 2 <= len(chosen) and _all_no(holes, place, box, plane):
        return f"{whole(dimension, inner)} except {few(dimension, holes)}"
    return few(dimension, chosen)


def _all_no(holes: Iterable[int], place: int, box: Box, plane: Plane[_Verdict]) -> bool:
    missing = (*box[:place], tuple(holes), *box[place + 1 :])
    return all(plane.said.get(point) == "no" for point in product(*missing))


def _none(
    report: Report, space: Space, plane: Plane[_Verdict], *, bare: bool
) -> Iterator[str]:
    """First releases that work with nothing, those alike in one clause.

    Those that are told already, because whatever fails of them imports, are not told
    again.
    """
    alike: dict[str, list[int]] = {}
    for head in sorted({point[0] for point in plane.said}):
        points = [point for point in plane.said if point[0] == head]
        verdicts = {plane.said[point] for point in points}
        cells = [it for it in plane.at(points) if _VERDICTS[it.outcome] == "no"]
        if "yes" in verdicts or not cells or _told(report, cells):
            continue
        how = " so far" if "open" in verdicts else ""
        alike.setdefault(f"{how} ({_why(report, cells)})", []).append(head)
    first, *others = space.dimensions[: space.axes]
    for why, chosen in alike.items():
        subject = f"{first.name} {few(first, chosen)}"
        nothing = _nothing(others, one=len(chosen) == 1, bare=bare)
        yield f"{subject} {nothing}{plane.where}{why}"


def _told(report: Report, cells: Sequence[Cell]) -> bool:
    broken = [cell for cell in cells if cell.outcome is not Outcome.UNSOLVABLE]
    return bool(broken) and all(stuck_at(report, cell) for cell in broken)


def _nothing(others: Sequence[Dimension], *, one: bool, bare: bool) -> str:
    if not others:
        return "does not work" if one else "do not work"
    verb = "works" if one else "work"
    if bare:
        return f"{verb} with none"
    names = (f"{dim.name} {few(dim, range(len(dim.values)))}" for dim in others)
    return f"{verb} with none of {' and '.join(names)}"


def _why(report: Report, cells: Sequence[Cell]) -> str:
    """`failed at import: no module`; the message only where it is always the same."""
    kinds = Counter(
        f"{cell.outcome.value} at {cell.stage.value}"
        if cell.outcome is not Outcome.UNSOLVABLE and cell.stage
        else cell.outcome.value
        for cell in cells
    )
    told = ", ".join(kind for kind, _ in kinds.most_common())
    messages = {message for cell in cells for message in _messages(report, cell)}
    if len(kinds) > 1 or len(messages) != 1:
        return told
    message = cut(messages.pop(), LONGEST_MESSAGE)
    return f"{told}: {message}" if message else told


def _messages(report: Report, cell: Cell) -> set[str]:
    if cell.outcome is Outcome.UNSOLVABLE:
        return {cell.reason or ""}
    seen = report.results[cell.result].observations if cell.result else ()
    broken = [each for each in seen if each.outcome.is_red]
    failed = [report.failures[each.failure] for each in broken if each.failure]
    return {failure.message.strip() or failure.type for failure in failed}


def _probes(report: Report) -> list[str]:
    """What was asked of the cells that passed, shallow first; else how far they got.

    Where some of them were asked no scenario, it says of how many it is told.
    """
    passed = [cell for cell in report.cells if cell.outcome is Outcome.PASSED]
    asked = Counter(
        probe for cell in passed for probe in {*map(_probe, _passed(report, cell))}
    )
    reached = {(c.stage.depth, c.stage.value) for c in passed if c.stage}
    return [
        f"{probe} in {asked[depth, probe]:,} of {len(passed):,}"
        if depth == Stage.SCENARIO.depth and asked[depth, probe] not in {0, len(passed)}
        else probe
        for depth, probe in sorted(asked or reached)
    ] or ["nothing to ask"]


def _passed(report: Report, cell: Cell) -> Iterator[Observation]:
    seen = report.results[cell.result].observations if cell.result else ()
    return (each for each in seen if each.outcome is Outcome.PASSED)


def _probe(seen: Observation) -> tuple[int, str]:
    return seen.stage.depth, seen.probe
