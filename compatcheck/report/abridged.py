"""What passed of a long contract, told once: a report grows with what is worth a line.

The contract names every module, symbol and use, so of those that passed there is no
news. Without this, a grid with calls would be mostly lists of what is well, once for
each contract and each distinct failure beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from compatcheck import model
from compatcheck.model import Outcome, Stage
from compatcheck.report.document import Observation
from compatcheck.report.legible import storable

REST: Final = "the rest of the contract"
"""The target of an observation that stands for all that the contract names at its
stage and that no other observation is about."""

FEW: Final = 3
"""Observations that are as short to list."""


def abridge(
    observations: Sequence[Observation], contract: model.Contract | None
) -> tuple[Observation, ...]:
    """The observations, those of one stage that passed and are many told as one.

    It stands where the first of them stood. What a contract does not name, scenarios
    above all, stays by itself.
    """
    if contract is None:
        return tuple(observations)
    named = {
        stage: targets
        for stage, targets in _named(contract, observations).items()
        if _all_seen(stage, targets, observations)
    }
    told: list[Observation] = []
    rest: set[Stage] = set()
    for each in observations:
        stage = each.stage
        if each.outcome is not Outcome.PASSED or each.target not in named.get(
            stage, ()
        ):
            told.append(each)
        elif stage not in rest:
            rest.add(stage)
            told.append(_rest(each))
    return tuple(told)


def _all_seen(
    stage: Stage, targets: frozenset[str], observations: Sequence[Observation]
) -> bool:
    """Whether each was asked, by one probe, and more than a few of them passed."""
    seen = [it for it in observations if it.stage is stage and it.target in targets]
    passed = [each for each in seen if each.outcome is Outcome.PASSED]
    return (
        len(passed) > FEW
        and len(seen) == len(targets)
        and len({each.probe for each in seen}) == 1
    )


def _rest(like: Observation) -> Observation:
    return Observation(
        probe=like.probe,
        stage=like.stage,
        target=REST,
        outcome=Outcome.PASSED,
        failure=None,
    )


def _named(
    contract: model.Contract, observations: Sequence[Observation]
) -> Mapping[Stage, frozenset[str]]:
    roots = [root for each in contract.roots.values() for root in each]
    symbols, uses = map(str, contract.symbols), map(str, contract.uses)
    modules = frozenset([*roots, *contract.modules])
    # A screen looks for modules as for names, at one stage.
    both = modules.intersection(
        it.target for it in observations if it.stage is Stage.SYMBOL
    )
    return {
        Stage.IMPORT: modules,
        Stage.SYMBOL: both.union(map(storable, symbols)),
        Stage.CALL: frozenset(map(storable, uses)),
    }
