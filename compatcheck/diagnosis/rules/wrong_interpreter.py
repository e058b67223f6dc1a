"""It is installed, for another interpreter."""

from __future__ import annotations

from typing import Final

from stdlibs import module_names

from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.needs import nobody_has
from compatcheck.diagnosis.neighbours import having
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.mending import Rerun, mend

RANK: Final = 33
TITLE: Final = "it is installed for another interpreter"
EXPLANATION: Final = (
    "Each environment has distributions of its own. What was installed with the `pip`"
    " of one is not there for another: a kernel, a service, an editor, another shell."
)
REMEDY: Final = "Run it with the interpreter that has it, or install it for this one."
REFERENCE: Final = "https://docs.python.org/3/library/venv.html"
EXAMPLE: Final = "ModuleNotFoundError: No module named 'orchard'"


def proves(scene: Scene) -> Finding | None:
    """Nobody here has the top level, and an environment of the project's does."""
    asked = scene.wanted
    if asked is None or not nobody_has(scene, asked.top) or not scene.is_users:
        return None
    if any(it.kind != "namespace" for it in scene.places(asked.top)):
        return None
    own = scene.inspection.python.executable
    for python, owner in having(scene, asked.top):
        process = scene.process
        rest = process.command[1:] if process.is_python else process.command
        return Finding(
            title=f"`{asked.top}` is not installed here, but for {python}",
            evidence=(
                f"nothing that is installed for {own} has `{asked.top}`",
                f"{owner} has it, for {python}",
            ),
            mends=(mend(Rerun(command=(str(python), *rest))),),
        )
    return None


def reads(telling: Telling) -> Suspicion | None:
    """The user's own line wants a top level that is not there."""
    asked = telling.wanted
    if asked is None or not (telling.is_users or telling.importer is None):
        return None
    whole = asked.kind == "module" and "." not in asked.module
    if not whole or asked.top in module_names:
        return None
    return Suspicion(sure=False, why="it may be installed for another interpreter")
