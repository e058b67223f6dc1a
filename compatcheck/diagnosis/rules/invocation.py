"""A file of a package was run as a script."""

from __future__ import annotations

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
    "__main__ is not a package",
)


def proves(scene: Scene) -> Finding | None:
    """A relative import failed in the very file that is run."""
    script, frame = scene.process.script, scene.importer
    if not any(words in scene.step.message for words in _WORDS) or frame is None:
        return None
    if script is None or len(scene.frames) != 1:
        return None
    top, module = _dotted(script)
    flags = (str(scene.process.python), *scene.process.flags)
    rest = scene.process.command[2 + len(scene.process.flags) :]
    return Finding(
        title=f"{scene.shown(str(script))} is part of a package and is run as a script",
        evidence=(
            f"{scene.at(frame)} imports relatively",
            "a file that is run by its path has no package: `__package__` is empty",
        ),
        mends=(mend(Rerun(command=(*flags, "-m", module, *rest))),)
        if top == scene.process.folder
        else (),
    )


def _dotted(script: Path) -> tuple[Path, str]:
    """The folder that a script's package lies in, and its dotted name from there."""
    parts, folder = [script.stem], script.parent
    while True:
        parts.insert(0, folder.name)
        folder = folder.parent
        if not (folder / "__init__.py").exists():
            return folder, ".".join(parts)


def reads(telling: Telling) -> Suspicion | None:
    """Python's own words say so."""
    if not any(words in telling.step.message for words in _WORDS):
        return None
    return Suspicion(sure=True, why="a file that is run by its path has no package")
