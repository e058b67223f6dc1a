"""Remedies tried: in a copy, the original replayed, and followed if more comes up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from compatcheck.diagnosis.bench import Bench, Ran
from compatcheck.diagnosis.examine import Examined, examine
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.versions import is_same
from compatcheck.environments import Uv
from compatcheck.errors import CouldNotTell, EnvironmentFault
from compatcheck.model import Failure
from compatcheck.model.mending import Mend, Step
from compatcheck.remedies.at import At
from compatcheck.remedies.copies import copied
from compatcheck.remedies.doing import apply

_MOST: Final = 4
"""Remedies of one diagnosis that are tried."""
_LONGEST: Final = 3
"""Remedies that are taken one after the other, each uncovering the next failure."""


@dataclass(frozen=True, kw_only=True)
class Trials:
    """Tries what a diagnosis suggests, in copies below a scratch folder."""

    uv: Uv
    scratch: Path

    def verified(
        self, examined: Examined, scene: Scene, *, every: bool = False
    ) -> tuple[Mend, ...]:
        """The remedies of the first finding, each marked, what works first.

        `scene` is that of the original failure: it is the original that must run. The
        first that works is enough, unless `every` one is wanted.
        """
        finding = examined.findings[0] if examined.findings else None
        tried: list[Mend] = []
        for mend in finding.mends if finding else ():
            enough = not every and any(it.verified for it in tried)
            if len(tried) >= _MOST or enough:
                tried.append(mend)
                continue
            tried.append(self.tried(mend, scene))
        return tuple(sorted(tried, key=lambda it: not it.verified))

    def tried(self, mend: Mend, scene: Scene) -> Mend:
        """The remedy, marked; or with what else was needed, where that was found."""
        if mend.kind == "advice":
            return mend
        python = scene.inspection.python
        try:
            with copied(
                scene.process,
                python,
                self.uv,
                has_pip="pip" in scene.inspection.by_name,
                scratch=self.scratch,
            ) as at:
                steps = self._followed(mend.steps, at, scene)
        except CouldNotTell as fault:
            scene.bench.unchecked.append(f"a remedy was not tried: {fault}")
            return mend
        if steps is None:
            return replace(mend, verified=False)
        return Mend(steps=steps, verified=True)

    def _followed(
        self, steps: tuple[Step, ...], at: At, scene: Scene
    ) -> tuple[Step, ...] | None:
        """All steps that it took until the original ran; None where it never did.

        Raises `CouldNotTell` where nothing can be said of it.
        """
        taken = steps
        at = apply(steps, at)
        for _ in range(_LONGEST):
            bench = replace(scene.bench, process=at.process, _overlays={})
            outcome = bench.ask(at.process)
            if isinstance(outcome, Ran):
                return taken
            if outcome is None:
                raise EnvironmentFault(
                    "in the copy, the original ends without an exception that is told"
                )
            if is_same(outcome, scene):
                return None
            further = next(self._further(at, outcome, bench), None)
            if further is None:
                return None
            at = apply(further.steps, at)
            taken = (*taken, *further.steps)
        return None

    def _further(self, at: At, outcome: Failure, bench: Bench) -> Iterator[Mend]:
        """What the next failure's own diagnosis suggests."""
        examined = examine(at.process, outcome, bench)
        for finding in examined.findings:
            yield from (it for it in finding.mends if it.kind != "advice")
