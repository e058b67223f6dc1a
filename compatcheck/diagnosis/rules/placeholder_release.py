"""A release without a module: a name that was only reserved."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.model import Culprit, Stage

RANK: Final = 10
TITLE: Final = "the release holds no module"


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
