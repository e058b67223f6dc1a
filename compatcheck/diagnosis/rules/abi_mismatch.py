"""An extension was built against another binary interface."""

from __future__ import annotations

import re
from typing import Final

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.mending import Install, mend

RANK: Final = 17
TITLE: Final = "an extension was built against another binary interface"
EXPLANATION: Final = (
    "Compiled code has the layout of another distribution's objects built in. A release"
    " of that one with another layout meets all requirements and cannot be used."
)
REMEDY: Final = (
    "Take a release that was built against what is installed, or the other way."
)
REFERENCE: Final = "https://numpy.org/doc/stable/dev/depending_on_numpy.html#adding-a-dependency-on-numpy"
EXAMPLE: Final = (
    "ValueError: numpy.dtype size changed, may indicate binary incompatibility"
)
_WORDS: Final = re.compile(
    r"(?P<type>[\w.]+) size changed, may indicate binary incompatibility"
    r"|compiled against (?:ABI|API) version"
    r"|compiled using NumPy 1\.x cannot be run in"
    r"|multiarray failed to import"
    r"|undefined symbol: "
    r"|_ARRAY_API not found"
)


def proves(scene: Scene) -> Finding | None:
    """The loader of a compiled module says that the layouts differ."""
    found = next(
        (hit for it in scene.steps if (hit := _WORDS.search(it.message))), None
    )
    if found is None:
        return None
    top = (found["type"] or "numpy").partition(".")[0]
    other = next(iter(scene.inspection.owning(top)), None)
    built = next((it for it in scene.on_the_way if it is not other), scene.consumer)
    pair = f"{built} was" if built else "a module was"
    against = (
        f"another {other.name} than {other.version}" if other else "another layout"
    )
    mends = [mend(Install(requirements=(built.name,), newer=True))] if built else []
    if other is not None and other.version.split(".")[0].isdigit():
        older = f"{other.name}<{other.version.split('.')[0]}"
        mends.append(mend(Install(requirements=(older,))))
    return Finding(
        title=f"{pair} built against {against}",
        culprit=blame(built),
        evidence=(f"Python says: {' '.join(found.string.split())[:200]}",),
        mends=tuple(mends),
    )


def reads(telling: Telling) -> Suspicion | None:
    """The words of the loader, or of the library that was built against."""
    for step in telling.steps:
        if _WORDS.search(step.message):
            words = " ".join(step.message.split())[:120]
            return Suspicion(sure=True, why=f"it says: {words}")
    return None
