"""Modules of one distribution import each other in a circle."""

from __future__ import annotations

import os
from typing import Final

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling, top_of
from compatcheck.model.mending import Install, mend

RANK: Final = 36
TITLE: Final = "modules of one distribution import each other in a circle"
EXPLANATION: Final = (
    "A module is asked for a name while it is still being run, by a module that it"
    " imports itself. Python says `partially initialized`; but it says so, too, where a"
    " file hides another or where copies are mixed, which are looked at before."
)
REMEDY: Final = "Take another release; in code of your own, import later or elsewhere."
REFERENCE: Final = (
    "https://docs.python.org/3/faq/programming.html"
    "#what-are-the-best-practices-for-using-import-in-a-module"
)
EXAMPLE: Final = (
    "ImportError: cannot import name 'Agent' from partially initialized module"
    " 'kit.agent' (most likely due to a circular import)"
)

_LOOSE: Final = ("namespace", "foreign")


def proves(scene: Scene) -> Finding | None:
    """The module's own file is on the way, and all from there on is of one owner."""
    asked, place = scene.wanted, scene.place
    if asked is None or place is None or not place.file or asked.kind == "module":
        return None
    solid = [it for it in scene.places(asked.module) if it.kind not in _LOOSE]
    if len(solid) != 1:
        return None
    files = [os.path.realpath(it.file) for it in scene.frames]
    own = os.path.realpath(place.file)
    if own not in files[:-1]:
        return None
    circle = scene.frames[files.index(own) :]
    owners = {it.name if it else None for it in map(scene.owner, circle)}
    if len(owners) != 1 or any(scene.inspection.is_standard(it.file) for it in circle):
        return None
    owner = scene.owner(circle[0])
    whose = str(owner) if owner else "your own code"
    way = " -> ".join(dict.fromkeys(scene.shown(it.file) for it in circle))
    return Finding(
        title=f"modules of {whose} import each other in a circle",
        culprit=blame(owner),
        evidence=(
            f"{way} -> {scene.shown(place.file)}",
            f"`{asked}` is asked for before that file has run to its end",
        ),
        mends=(mend(Install(requirements=(owner.name,), newer=True)),) if owner else (),
    )


def reads(telling: Telling) -> Suspicion | None:
    """The module is on the way, and everything from there on is below one folder."""
    asked = telling.wanted
    if asked is None or not asked.partial:
        return None
    path = asked.path or ""
    top = top_of(path) if path else None
    files = [frame.file for frame in telling.frames]
    circle = files[files.index(path) :] if path in files else []
    same = top is not None and {top_of(file) for file in circle} == {top}
    why = f"all of the circle is in `{top}`" if same else "it is partially initialized"
    return Suspicion(sure=same and len(circle) > 1, why=why)
