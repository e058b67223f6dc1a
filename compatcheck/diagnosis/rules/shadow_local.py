"""The user's own file or folder hides a distribution."""

from __future__ import annotations

import os
from typing import Final

from stdlibs import module_names

from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.scene import Scene, stem
from compatcheck.diagnosis.shadows import (
    Hidden,
    hidden,
    is_on_the_way,
    passes_elsewhere,
)
from compatcheck.diagnosis.telling import Suspicion, Telling, is_standard, top_of
from compatcheck.model.inspected import Installed, Place
from compatcheck.model.mending import Rename, mend

RANK: Final = 5
TITLE: Final = "a file or folder of yours hides a distribution"
EXPLANATION: Final = (
    "The folder of the script, or the working directory, comes first on the search"
    " path. A file there with the name of an installed distribution's module is"
    " imported in its place. A folder without `__init__.py` does not hide a regular"
    " package."
)
REMEDY: Final = "Rename your file or folder."
REFERENCE: Final = "https://docs.python.org/3/library/sys_path_init.html"
EXAMPLE: Final = (
    "ImportError: cannot import name 'Apple' from partially initialized module"
    " 'orchard' (most likely due to a circular import) (./orchard.py)"
)


def proves(scene: Scene) -> Finding | None:
    """It is found beside the script while a distribution owns it, and not elsewhere."""
    for it in hidden(scene):
        if it.standard or it.behind is None or not scene.is_beside(it.first.file):
            continue
        owner = _owner(scene, it)
        if owner is None or not is_on_the_way(scene, it):
            continue
        passes = passes_elsewhere(scene)
        if passes is False:
            continue
        file = it.first.file
        own = file.removesuffix("/__init__.py")
        proof = "in a folder without it, what is wanted is found"
        return Finding(
            title=f"{scene.shown(file)} hides `{it.module}` of {owner}",
            evidence=(
                f"`{it.module}` is imported from {scene.shown(file)}",
                f"{owner} has it in {_behind(scene, it.behind)}, later on the path",
                *((proof,) if passes else ()),
            ),
            mends=(mend(Rename(path=own, to=renamed(own))),),
        )
    return None


def _owner(scene: Scene, it: Hidden) -> Installed | None:
    """Whose the module is that is hidden; of a namespace, one of those who share it."""
    if it.behind is None:
        return None
    found = scene.inspection.owner(it.behind.file)
    if found is None and it.behind.kind == "namespace":
        own = scene.inspection.owning(it.module)
        return next((one for one in own if one.root == it.behind.root), None)
    return found


def _behind(scene: Scene, place: Place) -> str:
    """Its file with the folder that it was installed into: both copies are alike."""
    return os.path.join(os.path.basename(place.root), scene.shown(place.file))  # noqa: PTH118, PTH119 - roots are spelt as text


def renamed(path: str) -> str:
    """The same path with a name that hides nothing."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/my_{name}" if folder else f"my_{name}"


def reads(telling: Telling) -> Suspicion | None:
    """The path in the message is neither below site-packages nor the library's."""
    asked = telling.wanted
    if asked is None:
        return None
    path = asked.path
    if path is None:
        return Suspicion(sure=False, why="no path is told") if asked.partial else None
    if top_of(path) is not None or is_standard(path) or asked.top in module_names:
        return None
    own = stem(path) == asked.top or f"/{asked.top}/" in path.replace("\\", "/")
    if not own:
        return None
    sure = any(frame.file == path for frame in telling.frames)
    return Suspicion(sure=sure, why=f"`{asked.top}` was imported from {path}")
