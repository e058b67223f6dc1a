"""What is asked in one visit: all that may do the same there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compatcheck.model import Observation, Outcome, Scenario
from compatcheck.probes import Probe

Target = dict[str, Any]
Asked = Sequence[tuple[Probe, list[Target]]]
"""Each probe with its targets, in the order in which they are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Targets that share one visit, and what is allowed during it."""

    asked: Asked
    scenarios: tuple[Scenario, ...] = ()
    """Those that any of the targets belongs to."""
    network: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    """What is set beside a cell's own."""

    @property
    def targets(self) -> list[tuple[Probe, Target]]:
        """Each target with its probe."""
        return [(probe, target) for probe, them in self.asked for target in them]

    def patience(self, loading: float) -> float:
        """Seconds after which it hangs; `loading` is what a target may take to load.

        The guest sees to it that no target takes longer than it may.
        """
        own = [float(it["seconds"]) for _, it in self.targets if "seconds" in it]
        return loading + sum(loading + seconds for seconds in own)

    def broke_off(self, observations: Sequence[Observation]) -> bool:
        """Whether the cell ended there, by what was seen: there is no more to ask.

        An interpreter that died later than at an import that everybody needs takes
        with it what was to be asked in it, and nothing of what is asked elsewhere.
        """
        return any(
            probe.ends_cell and not target["read"] and seen.outcome != Outcome.PASSED
            for (probe, target), seen in zip(self.targets, observations, strict=False)
        )


def sittings(
    asked: Asked, scenarios: Sequence[Scenario], variables: Mapping[str, str]
) -> Iterator[Sitting]:
    """One without scenarios, one for those allowed nothing, one for each other.

    A scenario passes by what itself imports: an interpreter in which the probes have
    imported all that the contract names would hide what it lacks. `variables` are those
    of the user's that are set and that any scenario asks for.
    """
    apart = [it for it in scenarios if it.network or it.variables]
    together = tuple(it for it in scenarios if it not in apart)
    yield Sitting(asked=_of(asked, (None,)))
    yield Sitting(asked=_of(asked, [it.name for it in together]), scenarios=together)
    for scenario in apart:
        yield Sitting(
            asked=_of(asked, (scenario.name,)),
            scenarios=(scenario,),
            network=scenario.network,
            variables={
                name: variables[name]
                for name in scenario.variables
                if name in variables
            },
        )


def _of(asked: Asked, names: Collection[str | None]) -> Asked:
    """The targets of those scenarios; None stands for the targets of none."""
    return [
        (probe, [target for target in targets if target.get("scenario") in names])
        for probe, targets in asked
    ]
