"""A file of a package was run as a script."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.mending import Rerun, mend

RANK: Final = 2
TITLE: Final = "a file of a package is run as a script"
EXPLANATION: Final = (
    "A file that is run by its path is `__main__` and belongs to no package, so its"
    " relative imports have nothing to be relative to. Nothing is missing."
)
REMEDY: Final = "Run it as a module, from the folder that holds the package."
REFERENCE: Final = "https://docs.python.org/3/using/cmdline.html#cmdoption-m"
EXAMPLE: Final = "ImportError: attempted relative import with no known parent package"

_WORDS: Final = (
    "attempted relative import with no known parent package",
    "attempted relative import beyond top-level package",
    "'__main__' is not a package",
)


def proves(scene: Scene) -> Finding | None:
    """A relative import failed in the very file that is run."""
    script, frame = scene.process.script, scene.importer
    if script is not None and frame is not None and _is_inside(scene, script):
        return _told(
            scene, script, f"{scene.at(frame)} imports its own package by name"
        )
    if not any(words in scene.step.message for words in _WORDS) or frame is None:
        return None
    if script is None or not scene.is_users:
        return None
    return _told(scene, script, f"{scene.at(frame)} imports relatively")


def _is_inside(scene: Scene, script: Path) -> bool:
    """Whether what is wanted is the folder that the script itself lies in."""
    asked, folder = scene.wanted, scene.process.folder
    if asked is None or asked.kind != "module" or not scene.is_users:
        return False
    if scene.places(asked.top) or script.parent == folder:
        return False
    within = script.is_relative_to(folder / asked.top)
    parts = asked.module.split(".")
    there = (folder.joinpath(*parts), folder.joinpath(*parts).with_suffix(".py"))
    return within and any(path.exists() for path in there)


def _told(scene: Scene, script: Path, line: str) -> Finding:
    process = scene.process
    file, folder = Path(os.path.normpath(script)), os.path.normpath(process.folder)
    below = file.is_relative_to(folder)
    parts = file.relative_to(folder).with_suffix("").parts if below else ()
    head = (str(process.python), *process.flags, "-m", ".".join(parts))
    rest = process.command[2 + len(process.flags) :]
    searched = "its own folder is searched, and it belongs to no package"
    return Finding(
        title=f"{scene.shown(str(script))} is part of a package and is run as a script",
        evidence=(line, f"as it is run by its path, {searched}"),
        mends=(mend(Rerun(command=(*head, *rest))),) if parts else (),
    )


def reads(telling: Telling) -> Suspicion | None:
    """Python's own words say so."""
    if not any(words in telling.step.message for words in _WORDS):
        return None
    return Suspicion(sure=True, why="a file that is run by its path has no package")
