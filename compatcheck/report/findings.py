"""What stands behind the marks: each distinct failure once, with its cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from compatcheck.model import Failure, Link, Outcome, Stage
from compatcheck.report.document import Cell, Report
from compatcheck.report.explained import Explanation, Explanations
from compatcheck.report.fold import Point
from compatcheck.report.legible import cut
from compatcheck.report.space import Space

_NO_FILE: Final = "<string>"
"""What `exec` calls the text that it is given."""

MOST_TARGETS: Final = 4
"""Names that met the same failure and are listed."""

LONGEST_EFFECT: Final = 120
"""Characters of what came of an exception: the exception itself is the news."""

_Said = tuple[Outcome, Stage | None, str | None, str | None]
"""Outcome, stage, the failure's id, and the cell's reason where there is no failure."""


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
    effects: tuple[tuple[str, str], ...] = ()
    """Target and exception, where the failure was only logged, and that came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Failures that are seen in exactly the same cells."""

    complaints: tuple[Complaint, ...]
    count: int
    cells: str
    points: frozenset[Point]
    explanations: tuple[Explanation, ...]
    """Why its cells fail, as far as that was asked."""


def findings(report: Report, space: Space) -> tuple[Finding, ...]:
    """Each distinct failure once, with those of the same cells, most cells first."""
    targets: dict[_Said, set[str]] = {}
    places: dict[_Said, set[Point]] = {}
    alike = _alike(report)
    for point, cell in space.cells.items():
        for said, target in _broken(report, cell, alike):
            targets.setdefault(said, set()).add(target)
            places.setdefault(said, set()).add(point)
    together: dict[frozenset[Point], list[Complaint]] = {}
    for said, points in places.items():
        complaint = _complaint(report, said, targets[said])
        together.setdefault(frozenset(points), []).append(complaint)
    explanations = Explanations(report, space)
    return tuple(
        Finding(
            complaints=tuple(sorted(_merged(complaints), key=_by_depth)),
            count=len(points),
            cells=space.tell(points),
            points=frozenset(points),
            explanations=explanations.of(points),
        )
        for points, complaints in sorted(
            together.items(), key=lambda item: (-len(item[0]), sorted(item[0]))
        )
    )


def _alike(report: Report) -> Mapping[str, str]:
    """Each failure's id to that of the first one that reads like it."""
    first: dict[object, str] = {}
    return {
        name: first.setdefault(
            (failure.gist, _last(failure, "cause"), _last(failure, "effect")), name
        )
        for name, failure in report.failures.items()
    }


def _broken(
    report: Report, cell: Cell, alike: Mapping[str, str]
) -> Iterator[tuple[_Said, str]]:
    """What a cell complains of; one without an observation still has its reason."""
    if not cell.outcome.is_red:
        return
    seen = report.results[cell.result].observations if cell.result else ()
    broken = [each for each in seen if each.outcome.is_red]
    for each in broken:
        failure = each.failure and alike[each.failure]
        yield (each.outcome, each.stage, failure, None), each.target
    if not broken:
        yield (cell.outcome, cell.stage, None, cell.reason), ""


def _complaint(report: Report, said: _Said, targets: set[str]) -> Complaint:
    outcome, stage, name, reason = said
    failure = None if name is None else report.failures[name]
    effect = "" if failure is None else _last(failure, "effect")
    return Complaint(
        outcome=outcome,
        stage=stage,
        message=reason or "nothing was said" if failure is None else _message(failure),
        where="" if failure is None else _where(failure),
        cause="" if failure is None else _last(failure, "cause"),
        targets=tuple(sorted(target for target in targets if target)),
        effects=tuple((target, effect) for target in sorted(targets) if effect),
    )


def _merged(complaints: Iterable[Complaint]) -> Iterator[Complaint]:
    """The same exception once, however many things came of it."""
    alike: dict[Complaint, list[Complaint]] = {}
    for each in complaints:
        alike.setdefault(replace(each, targets=(), effects=()), []).append(each)
    for bare, same in alike.items():
        yield replace(
            bare,
            targets=tuple(sorted({name for each in same for name in each.targets})),
            effects=tuple(sorted({pair for each in same for pair in each.effects})),
        )


def details(complaint: Complaint) -> tuple[str, ...]:
    """What is worth a line below the message: where, from what, on asking for what.

    A name that the message itself or an effect tells is not told again.
    """
    affected = {target for target, _ in complaint.effects}
    told = [name for name in complaint.targets if _tail(name) not in complaint.message]
    few = _few([name for name in told if name not in affected])
    stage = "" if complaint.stage is None else f"{complaint.stage.value} "
    lines = (
        ("at ", complaint.where),
        ("from ", complaint.cause),
        ("so that ", _effect(complaint)),
        (f"on {stage}", few),
    )
    return tuple(f"{word}{said}" for word, said in lines if said)


def _few(names: Sequence[str]) -> str:
    more = len(names) - MOST_TARGETS
    few = ", ".join(names[:MOST_TARGETS])
    return f"{few} and {more} more" if more > 0 else few


def _effect(complaint: Complaint) -> str:
    """`serving.text_reply: AssertionError: …`, of several different ones the first."""
    if not complaint.effects:
        return ""
    effects = dict(complaint.effects)
    first = next(iter(effects.values()))
    alike = [target for target, effect in effects.items() if effect == first]
    more = len(effects) - len(alike)
    told = f"{_few(alike)}: {cut(first, LONGEST_EFFECT)}"
    return f"{told}; {more} more fail{'s' * (more == 1)} of it" if more else told


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


def _last(failure: Failure, relation: str) -> str:
    """What lies at the bottom of it, following `raise … from …`; or its effect."""
    links = [link for link in failure.chain if link.relation == relation]
    return _message(links[-1]) if links else ""
