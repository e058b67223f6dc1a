"""What works with what, clause by clause, for the sentence that sums a run up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

from compatcheck.model import Outcome
from compatcheck.report.document import Cell, Report
from compatcheck.report.fold import Box, Point, boxes, ranges, span
from compatcheck.report.space import Dimension, Space

LONGEST_MESSAGE: Final = 72
"""Characters of a failure's message that fit into a clause."""

_Verdict = Literal["yes", "no", "open"]

_VERDICTS: Final[Mapping[Outcome, _Verdict]] = {
    Outcome.PASSED: "yes",
    Outcome.FAILED: "no",
    Outcome.CRASHED: "no",
    Outcome.UNSOLVABLE: "no",
    Outcome.UNKNOWN: "open",
    Outcome.NOT_RUN: "open",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plane:
    """The verdicts under circumstances (Python, resolution, time) that all agree."""

    where: str
    cells: Mapping[Point, Cell]
    """By the position on the axes; any one of the circumstances stands for all."""

    def verdict(self, point: Point) -> _Verdict:
        cell = self.cells.get(point)
        return "open" if cell is None else _VERDICTS[cell.outcome]


def clauses(report: Report, space: Space) -> tuple[str, ...]:
    """What works, the widest first, then what works with nothing at all.

    Only cells that passed count as working. The first clause names the probes.
    """
    planes = _planes(space)
    works = sorted(
        (
            (-_size(box), place, _works(space, plane, box))
            for place, plane in enumerate(planes)
            for box in boxes(p for p in plane.cells if plane.verdict(p) == "yes")
        ),
        key=lambda clause: clause[:2],
    )
    told = [text for _, _, text in works]
    if told:
        told[0] += f" ({', '.join(_probes(report))})"
    nothing = [
        text
        for plane in planes
        for text in _none(report, space, plane, bare=bool(told))
    ]
    return (*told, *nothing)


def _planes(space: Space) -> list[_Plane]:
    by_circumstance: dict[Point, dict[Point, Cell]] = {}
    for point, cell in space.cells.items():
        axes, circumstance = point[: space.axes], point[space.axes :]
        by_circumstance.setdefault(circumstance, {})[axes] = cell
    alike: dict[frozenset[tuple[Point, str]], list[Point]] = {}
    for circumstance, cells in sorted(by_circumstance.items()):
        verdicts = frozenset((p, _VERDICTS[c.outcome]) for p, c in cells.items())
        alike.setdefault(verdicts, []).append(circumstance)
    return [
        _Plane(
            where=_where(space, same) if len(alike) > 1 else "",
            cells=by_circumstance[same[0]],
        )
        for same in alike.values()
    ]


def _where(space: Space, circumstances: Iterable[Point]) -> str:
    """` on Python 3.11`, ` on Python 3.12 with resolution lowest`."""
    found = boxes(circumstances)
    dimensions = space.dimensions[space.axes :]
    return " and".join(
        "".join(_circumstance(*each) for each in zip(dimensions, box, strict=True))
        for box in found
    )


def _circumstance(dimension: Dimension, chosen: Sequence[int]) -> str:
    if len(chosen) == len(dimension.values):
        return ""
    word = {"Python": "on ", "resolution": "with "}.get(dimension.name, "")
    return f" {word}{dimension.tell(chosen)}"


def _works(space: Space, plane: _Plane, box: Box) -> str:
    first, *others = (
        f"{dimension.name} {_versions(dimension, place, box, plane)}"
        for place, dimension in enumerate(space.dimensions[: space.axes])
    )
    verb = "works" if len(box[0]) == 1 else "work"
    partners = f" with {' and '.join(others)}" if others else ""
    return f"{first} {verb}{partners}{plane.where}"


def _versions(dimension: Dimension, place: int, box: Box, plane: _Plane) -> str:
    """One axis of a clause; true holes told with "except"."""
    chosen = box[place]
    inner = range(chosen[0], chosen[-1] + 1)
    holes = sorted(set(inner) - set(chosen))
    if holes and len(holes) * 2 <= len(chosen) and _all_no(holes, place, box, plane):
        whole = span([dimension.values[index] for index in inner], counted=False)
        return f"{whole} except {_few(dimension, holes)}"
    return _few(dimension, chosen)


def _all_no(holes: Iterable[int], place: int, box: Box, plane: _Plane) -> bool:
    missing = (*box[:place], tuple(holes), *box[place + 1 :])
    return all(plane.verdict(point) == "no" for point in product(*missing))


def _few(dimension: Dimension, chosen: Sequence[int]) -> str:
    versions = {dimension.values[index] for index in chosen}
    return ranges(dimension.values, versions, counted=False)


def _none(report: Report, space: Space, plane: _Plane, *, bare: bool) -> Iterator[str]:
    """First releases that work with nothing, those alike in one clause."""
    heads: dict[int, list[Point]] = {}
    for point in sorted(plane.cells):
        heads.setdefault(point[0], []).append(point)
    alike: dict[str, list[int]] = {}
    for head, points in heads.items():
        verdicts = {plane.verdict(point) for point in points}
        if "yes" in verdicts or "no" not in verdicts:
            continue
        how = " so far" if "open" in verdicts else ""
        cells = [plane.cells[p] for p in points if plane.verdict(p) == "no"]
        alike.setdefault(f"{how} ({_why(report, cells)})", []).append(head)
    first, *others = space.dimensions[: space.axes]
    for why, chosen in alike.items():
        subject = f"{first.name} {_few(first, chosen)}"
        nothing = _nothing(others, one=len(chosen) == 1, bare=bare)
        yield f"{subject} {nothing}{plane.where}{why}"


def _nothing(others: Sequence[Dimension], *, one: bool, bare: bool) -> str:
    if not others:
        return "does not work" if one else "do not work"
    verb = "works" if one else "work"
    if bare:
        return f"{verb} with none"
    names = (f"{dim.name} {_few(dim, range(len(dim.values)))}" for dim in others)
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
    message = " ".join(messages.pop().split())
    if len(message) > LONGEST_MESSAGE:
        message = message[: LONGEST_MESSAGE - 1].rstrip() + "…"
    return f"{told}: {message}" if message else told


def _messages(report: Report, cell: Cell) -> set[str]:
    if cell.outcome is Outcome.UNSOLVABLE:
        return {cell.reason or ""}
    seen = report.results[cell.result].observations if cell.result else ()
    failed = [report.failures[each.failure] for each in seen if each.failure]
    return {failure.message.strip() or failure.type for failure in failed}


def _probes(report: Report) -> list[str]:
    """What was asked of the cells that passed, shallow first; else how far they got."""
    passed = [cell for cell in report.cells if cell.outcome is Outcome.PASSED]
    asked = {
        (seen.stage.depth, seen.probe)
        for result in {cell.result for cell in passed if cell.result}
        for seen in report.results[result].observations
        if seen.outcome is Outcome.PASSED
    }
    reached = {(c.stage.depth, c.stage.value) for c in passed if c.stage}
    return [probe for _, probe in sorted(asked or reached)] or ["nothing to ask"]


def _size(box: Box) -> int:
    size = 1
    for chosen in box:
        size *= len(chosen)
    return size
