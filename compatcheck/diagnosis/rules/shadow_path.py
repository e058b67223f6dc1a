"""A second copy on another root of the search path."""

from __future__ import annotations

import os
from typing import Final

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.shadows import (
    Hidden,
    hidden,
    is_on_the_way,
    passes_without,
)
from compatcheck.diagnosis.telling import Suspicion, Telling, is_standard, top_of
from compatcheck.model.mending import Drop, mend

RANK: Final = 6
TITLE: Final = "another copy, earlier on the search path, is imported"
EXPLANATION: Final = (
    "PYTHONPATH, the user site or a layer put a folder before the environment's own."
    " What lies there is imported, while the version that is told is the other one's."
)
REMEDY: Final = "Take the folder off the search path, or the copy out of it."
REFERENCE: Final = "https://docs.python.org/3/using/cmdline.html#envvar-PYTHONPATH"
EXAMPLE: Final = (
    "ImportError: cannot import name 'deprecated' from 'typing_extensions'"
    " (/layer/typing_extensions.py)"
)


def proves(scene: Scene) -> Finding | None:
    """Two roots have it, the first is not the user's folder, and without it it runs."""
    for it in hidden(scene):
        if scene.is_beside(it.first.file) or not is_on_the_way(scene, it):
            continue
        if it.behind is None and not it.standard:
            continue
        passes = passes_without(scene, it.first.root)
        if passes is False or (passes is None and not _differs(scene, it)):
            continue
        return _told(scene, it, proven=bool(passes))
    return None


def _differs(scene: Scene, it: Hidden) -> bool:
    """Whether the two copies are of different releases, as their metadata tells."""
    first = scene.inspection.owner(it.first.file)
    behind = scene.inspection.owner(it.behind.file) if it.behind else None
    return first is not None and behind is not None and first.version != behind.version


def _told(scene: Scene, it: Hidden, *, proven: bool) -> Finding:
    owner = scene.inspection.owner(it.first.file)
    first, root = scene.shown(it.first.file), it.first.root
    known = scene.process.environ.get("PYTHONPATH", "").split(os.pathsep)
    named = (
        root in [os.path.realpath(entry) for entry in known if entry] or root in known
    )
    behind = scene.inspection.owner(it.behind.file) if it.behind else None
    whose = str(behind) if behind else "the standard library"
    proof = f"without {root} on the path, what is wanted is found"
    return Finding(
        title=f"`{it.module}` is imported from {root}, not from {whose}",
        culprit=blame(owner),
        evidence=(
            f"the first on the search path is {first}"
            + (f", of {owner}" if owner else ""),
            f"{whose} has it later on the path",
            *((proof,) if proven else ()),
        ),
        mends=(mend(Drop(entry=root)),) if named else (),
    )


def reads(telling: Telling) -> Suspicion | None:
    """It was imported from a place that is no site-packages, and not run itself."""
    asked = telling.wanted
    if asked is None or asked.path is None:
        return None
    if top_of(asked.path) is not None or is_standard(asked.path):
        return None
    return Suspicion(sure=False, why=f"`{asked.top}` was imported from {asked.path}")
