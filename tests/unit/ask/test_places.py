"""What is asked in a place, and what of it is asked a second time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from compatcheck.ask.places import Places
from compatcheck.ask.sittings import Sitting
from compatcheck.ask.terms import Terms
from compatcheck.executors.process import Limits
from compatcheck.model import Contract, Observation, Outcome, Scenario
from compatcheck.probes import choose_probes

if TYPE_CHECKING:
    from compatcheck.ports import Environments

NOWHERE = cast("Environments", None)  # nothing is opened here
PROBES = {it.name: it for it in choose_probes(["import", "scenario"])}
CONTRACT = Contract(
    roots={"app": ("app",), "lib": ("lib",)},
    modules=(),
    symbols=(),
    optional=(),
    scenarios=(
        Scenario(name="serves", files=(("serves.py", ""),), functions=("scenario_a",)),
    ),
)
IMPORTS = (("import", "app"), ("import", "lib"))
SCENARIO = (("scenario", "serves.a"),)
PASSED, FAILED, UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN


def seen_as(outcome: Outcome, target: tuple[str, str]) -> Observation:
    """What that probe saw of that target."""
    probe, label = target
    stage = PROBES[probe].stage
    return Observation(probe=probe, stage=stage, target=label, outcome=outcome)


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        ((), [IMPORTS, SCENARIO]),
        ((PASSED, PASSED, FAILED), [SCENARIO]),
        ((PASSED, PASSED, UNKNOWN), [SCENARIO]),
        ((PASSED, PASSED, PASSED), []),
        ((PASSED, FAILED, PASSED), [IMPORTS]),
        # The cell ended at its import: what comes behind was never asked.
        ((PASSED, FAILED), [IMPORTS, SCENARIO]),
    ],
)
def test_what_passed_is_not_begun_again(
    tmp_path: Path,
    before: tuple[Outcome, ...],
    asked: list[tuple[tuple[str, str], ...]],
) -> None:
    """All of what is asked together is asked again where any of it did not pass."""
    terms = Terms(
        probes=tuple(PROBES.values()),
        limits=Limits(seconds=1, memory=1, processes=1, file_size=1),
        sources=(),
        place={},
        scratch=tmp_path,
        cache=tmp_path / "cache",
    )
    places = Places(environments=NOWHERE, real=NOWHERE, nurseries=None, terms=terms)
    targets = (*IMPORTS, *SCENARIO)
    told = [seen_as(*it) for it in zip(before, targets, strict=False)]
    sat = []

    def sit(sitting: Sitting) -> tuple[Observation, ...]:
        them = tuple((probe.name, it["label"]) for probe, it in sitting.targets)
        sat.append(them)
        return tuple(seen_as(PASSED, it) for it in them)

    seen = places.visit(sit, CONTRACT, told)
    assert sat == asked
    assert seen == tuple(seen_as(PASSED, it) for it in targets)
