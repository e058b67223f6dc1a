"""What stands behind the marks: each distinct failure and reason, with its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from compatcheck.model import Failure, Link, Outcome, Stage
from compatcheck.report.document import Cell, Report
from compatcheck.report.fold import Point, ranges
from compatcheck.report.space import Space

_BROKEN: Final = frozenset({Outcome.FAILED, Outcome.CRASHED})

_NO_FILE: Final = "<string>"
"""What `exec` calls the text that it is given."""

MOST_TARGETS: Final = 4
"""Names that met the same failure and are listed."""

_Said = tuple[Outcome, Stage | None, str | None, str | None]
"""Outcome, stage, the failure's id, and the cell's reason where there is no failure."""
_Template = tuple[str | int, ...]
"""A reason with positions of axes where the pinned versions stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One distinct failure: what was said, where, and on asking for what."""

    outcome: Outcome
    stage: Stage | None
    message: str
    """`ImportError: cannot import name …`."""
    where: str
    """The last frame with a file: `<env>/…/x.py:7 in f`; may be empty."""
    cause: str
    """What it came from, if it was raised from something; may be empty."""
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Failures that are seen in exactly the same cells."""

    complaints: tuple[Complaint, ...]
    count: int
    cells: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why cells have no answer, told once for all that differ only in their pins."""

    text: str
    count: int
    cells: str


def findings(report: Report, space: Space) -> tuple[Finding, ...]:
    """Each distinct failure once, with those of the same cells, most cells first."""
    targets: dict[_Said, set[str]] = {}
    places: dict[_Said, set[Point]] = {}
    for point, cell in space.cells.items():
        for said, target in _broken(report, cell):
            targets.setdefault(said, set()).add(target)
            places.setdefault(said, set()).add(point)
    together: dict[frozenset[Point], list[Complaint]] = {}
    for said, points in places.items():
        complaint = _complaint(report, said, targets[said])
        together.setdefault(frozenset(points), []).append(complaint)
    return tuple(
        Finding(
            complaints=tuple(sorted(complaints, key=_by_depth)),
            count=len(points),
            cells=space.tell(points),
        )
        for points, complaints in sorted(
            together.items(), key=lambda item: (-len(item[0]), sorted(item[0]))
        )
    )


def _broken(report: Report, cell: Cell) -> Iterator[tuple[_Said, str]]:
    """What a cell complains of; one without an observation still has its reason."""
    if cell.outcome not in _BROKEN:
        return
    seen = report.results[cell.result].observations if cell.result else ()
    broken = [each for each in seen if each.outcome in _BROKEN]
    for each in broken:
        yield (each.outcome, each.stage, each.failure, None), each.target
    if not broken:
        yield (cell.outcome, cell.stage, None, cell.reason), ""


def _complaint(report: Report, said: _Said, targets: set[str]) -> Complaint:
    outcome, stage, name, reason = said
    failure = None if name is None else report.failures[name]
    return Complaint(
        outcome=outcome,
        stage=stage,
        message=reason or "nothing was said" if failure is None else _message(failure),
        where="" if failure is None else _where(failure),
        cause="" if failure is None else _cause(failure),
        targets=tuple(sorted(target for target in targets if target)),
    )


def details(complaint: Complaint) -> tuple[str, ...]:
    """What is worth a line below the message: where, from what, on asking for what.

    A name that the message itself tells is not told again.
    """
    told = [name for name in complaint.targets if _tail(name) not in complaint.message]
    few = ", ".join(told[:MOST_TARGETS])
    if (more := len(told) - MOST_TARGETS) > 0:
        few += f" and {more} more"
    stage = "" if complaint.stage is None else f"{complaint.stage.value} "
    lines = (
        ("at ", complaint.where),
        ("from ", complaint.cause),
        (f"on {stage}", few),
    )
    return tuple(f"{word}{said}" for word, said in lines if said)


def _tail(name: str) -> str:
    return name.rpartition(".")[2]


def _by_depth(complaint: Complaint) -> tuple[int, str, str]:
    depth = -1 if complaint.stage is None else complaint.stage.depth
    return depth, complaint.message, complaint.where


def _message(failure: Failure | Link) -> str:
    said = failure.message.strip()
    return f"{failure.type}: {said}" if said else failure.type


def _where(failure: Failure) -> str:
    """The last frame with a file: text that was executed tells a reader no place."""
    frames = [frame for frame in failure.frames if frame.file != _NO_FILE]
    if not frames:
        return ""
    last = frames[-1]
    return f"{last.file}:{last.line} in {last.function}"


def _cause(failure: Failure) -> str:
    """What lies at the bottom of it, following `raise … from …`."""
    causes = [link for link in failure.chain if link.relation == "cause"]
    return _message(causes[-1]) if causes else ""


def reasons(space: Space, outcome: Outcome) -> tuple[Reason, ...]:
    """Why cells are unsolvable, unknown or not run, most cells first.

    "a 1.0 requires b>=2" and "a 1.1 requires b>=2" are one reason of the cells with
    a 1.0 and a 1.1: a release named by its pin is a place to be filled in.
    """
    alike: dict[_Template, list[Point]] = {}
    for point, cell in sorted(space.cells.items()):
        if cell.outcome is outcome:
            template = _template(cell.reason or "no reason was given", cell, space)
            alike.setdefault(template, []).append(point)
    told = [
        Reason(
            text=_filled(template, points, space),
            count=len(points),
            cells=space.tell(points),
        )
        for template, points in alike.items()
    ]
    return tuple(sorted(told, key=lambda reason: (-reason.count, reason.text)))


def _template(reason: str, cell: Cell, space: Space) -> _Template:
    """The text with the position of its axis in place of each pinned version."""
    names = [axis.distribution or "" for axis in space.dimensions[: space.axes]]
    named = "|".join(
        rf"(?<![\w.-])({re.escape(name)}(?:\[[^]]*\])?(?: |==))"
        rf"({re.escape(cell.pins[name])})(?![\w!+-]|\.\w)"
        for name in names
    )
    parts: list[str | int] = []
    end = 0
    for found in re.finditer(named, reason):
        version = found.lastindex or 0  # each axis has two groups: name, version
        parts += [reason[end : found.start(version)], version // 2 - 1]
        end = found.end()
    return (*parts, reason[end:])


def _filled(template: _Template, points: list[Point], space: Space) -> str:
    filled = []
    for part in template:
        if isinstance(part, str):
            filled.append(part)
        else:
            values = space.dimensions[part].values
            chosen = {values[point[part]] for point in points}
            filled.append(ranges(values, chosen))
    return "".join(filled)
