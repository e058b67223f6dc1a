"""A release without a module: a name that was only reserved."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.needs import nobody_has
from compatcheck.diagnosis.scene import Scene, squeezed
from compatcheck.model import Culprit, Stage
from compatcheck.model.mending import Install, mend

RANK: Final = 10
TITLE: Final = "the release holds no module"
EXPLANATION: Final = (
    "Some releases only reserve a name: they install, are listed, and have"
    " nothing to import."
)
REMEDY: Final = "Take a release that holds the module."
REFERENCE: Final = (
    "https://packaging.python.org/specifications/recording-installed-packages/"
)
EXAMPLE: Final = "ModuleNotFoundError: No module named 'orchard'"


def matches(case: Case) -> Matched | None:
    """The target of the failed import is a distribution whose wheel has no roots."""
    contract, first = case.result.contract, case.first
    if contract is None or first.stage is not Stage.IMPORT:
        return None
    if contract.roots.get(first.target) != ():
        return None
    for pin in case.result.cell.pins:
        if pin.distribution == first.target:
            return Matched(
                title=f"{pin.distribution} {pin.version} holds no module",
                culprit=Culprit(
                    distribution=pin.distribution, version=str(pin.version)
                ),
                evidence=("its wheel has nothing that can be imported",),
            )
    return None


def proves(scene: Scene) -> Finding | None:
    """An installed distribution has nothing to import, and its newer release has it."""
    asked = scene.wanted
    if asked is None or not nobody_has(scene, asked.top):
        return None
    if any(place.kind != "namespace" for place in scene.places(asked.top)):
        return None
    for it in scene.inspection.distributions:
        if it.importable or not it.recorded or it.editable:
            continue
        roots = scene.bench.roots(it.name)
        has = any(root.partition(".")[0] == asked.top for root in roots)
        if has or (not roots and squeezed(asked.top) in squeezed(it.name)):
            proof = (f"the newest release of {it.name} has `{asked.top}`",)
            return Finding(
                title=f"{it} holds no module",
                culprit=blame(it),
                evidence=(
                    f"the RECORD of {it} has nothing that can be imported",
                    *(proof if has else ()),
                ),
                mends=(mend(Install(requirements=(f"{it.name}>{it.version}",))),),
            )
    return None
