"""Compares what was screened with what probes then saw: a contradiction is our bug."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compatcheck.diagnosis.words import lacking, lacking_attribute
from compatcheck.model import (
    Agreement,
    CellResult,
    Disagreement,
    Failure,
    Link,
    Observation,
    Outcome,
    Stage,
)

REQUIREMENTS = "requirements"
"""What is compared of a cell that one of both calls unsolvable."""

_SAID = frozenset({Outcome.PASSED, Outcome.FAILED})


def compare(
    screened: Mapping[int, CellResult], probed: Iterable[CellResult]
) -> Agreement:
    """Tell how many cells both judge alike, and on what they differ.

    `screened` is by the identity of the cell. A target counts where both are certain:
    an import that fails over something that no screen looks at contradicts none, and
    a cell that the screen left open is none that it judged.
    """
    cells, agreed, differing = 0, 0, list[Disagreement]()
    for result in probed:
        before = screened.get(id(result.cell))
        if before is None:
            continue
        both = dict(_both(before, result))
        wrong = [
            Disagreement(cell=result.cell, target=target, screened=one, probed=other)
            for target, (one, other) in both.items()
            if one is not other
        ]
        decided = bool(both) and before.outcome is not Outcome.UNKNOWN
        cells += decided or bool(wrong)
        agreed += decided and not wrong
        differing += wrong
    return Agreement(cells=cells, agreed=agreed, disagreements=tuple(differing))


def _both(
    before: CellResult, after: CellResult
) -> Iterator[tuple[str, tuple[Outcome, Outcome]]]:
    """Give what both said of each target that both are certain of."""
    if before.outcome is Outcome.UNSOLVABLE:
        if after.outcome not in {Outcome.UNKNOWN, Outcome.NOT_RUN}:
            yield REQUIREMENTS, (before.outcome, after.outcome)
        return
    seen = dict(_seen(after.observations))
    for told in before.observations:
        if told.outcome in _SAID and told.target in seen:
            yield told.target, (told.outcome, seen[told.target])


def _seen(observations: Iterable[Observation]) -> Iterator[tuple[str, Outcome]]:
    """Give what was seen to be there, then what was seen not to be.

    What a failure says is not there counts, whatever was asked when it was raised:
    a consumer's own import fails over the provider's name.
    """
    asked = [it for it in observations if it.stage in {Stage.IMPORT, Stage.SYMBOL}]
    for it in asked:
        if it.outcome is Outcome.PASSED:
            yield it.target, Outcome.PASSED
    for it in asked:
        if it.outcome is Outcome.FAILED and it.failure is not None:
            for missing in _missing(it.target, it.failure):
                yield missing, Outcome.FAILED


def _missing(target: str, failure: Failure) -> Iterator[str]:
    steps: tuple[Failure | Link, ...] = (failure, *failure.chain)
    for step in steps:
        if (found := lacking(step)) is not None:
            yield str(found)
        if (attribute := lacking_attribute(step)) is not None:
            owner, name = attribute
            if target.endswith(f"{owner}.{name}"):
                yield target
    if failure.module is None and "installs no module" in failure.message:
        yield target
