"""The user's own file hides a module of the standard library."""

from __future__ import annotations

from typing import Final

from stdlibs import module_names

from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.rules.shadow_local import renamed
from compatcheck.diagnosis.scene import Scene, stem
from compatcheck.diagnosis.shadows import hidden, is_on_the_way, passes_elsewhere
from compatcheck.diagnosis.telling import Suspicion, Telling, is_standard, top_of
from compatcheck.model.mending import Rename, mend

RANK: Final = 5
TITLE: Final = "a file of yours hides a module of the standard library"
EXPLANATION: Final = (
    "The folder of the script, or the working directory, comes before the standard"
    " library. Whoever imports the module, often a distribution that is blamed for it,"
    " gets your file."
)
REMEDY: Final = "Rename your file."
REFERENCE: Final = "https://docs.python.org/3/library/sys_path_init.html"
EXAMPLE: Final = "AttributeError: module 'random' has no attribute 'randint'"


def proves(scene: Scene) -> Finding | None:
    """A file beside the script has the name of a standard module, and was imported."""
    for it in hidden(scene):
        if not it.standard or not scene.is_beside(it.first.file):
            continue
        if not is_on_the_way(scene, it):
            continue
        passes = passes_elsewhere(scene)
        if passes is False or (passes is None and scene.wanted is not None):
            continue
        file = it.first.file
        own = file.removesuffix("/__init__.py")
        proof = "in a folder without it, what is wanted is found"
        return Finding(
            title=f"{scene.shown(file)} hides the standard library's `{it.module}`",
            evidence=(
                f"`{it.module}` is imported from {scene.shown(file)}",
                f"`{it.module}` is a module of the standard library",
                *((proof,) if passes else ()),
            ),
            mends=(mend(Rename(path=own, to=renamed(own))),),
        )
    return None


def reads(telling: Telling) -> Suspicion | None:
    """Python says so, or a file with a standard module's name is on the way."""
    if "same name as the standard library module" in telling.step.message:
        return Suspicion(sure=True, why="Python says that a file has that name")
    asked = telling.wanted
    for frame in telling.frames[1:]:
        name, file = stem(frame.file), frame.file
        mine = top_of(file) is None and not is_standard(file) and file[:1] != "<"
        if mine and name in module_names:
            return Suspicion(sure=True, why=f"{file} was imported as `{name}`")
    if asked is not None and asked.top in module_names and asked.kind == "attribute":
        return Suspicion(sure=False, why=f"`{asked.top}` is a standard module")
    return None
