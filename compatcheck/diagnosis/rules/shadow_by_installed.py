"""An installed regular package hides the user's folder of that name."""

from __future__ import annotations

import os
from typing import Final

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene
from compatcheck.model.mending import Advice, mend

RANK: Final = 7
TITLE: Final = "an installed package hides a folder of yours"
EXPLANATION: Final = (
    "A folder without `__init__.py` is only a namespace portion: a regular package of"
    " that name anywhere on the search path wins over it."
)
REMEDY: Final = "Give your folder an `__init__.py`, or another name."
REFERENCE: Final = "https://peps.python.org/pep-0420/"
EXAMPLE: Final = "ModuleNotFoundError: No module named 'tests.helpers'"


def proves(scene: Scene) -> Finding | None:
    """The module lies in the user's folder, and another's package is looked into."""
    asked = scene.wanted
    if asked is None or not scene.is_users:
        return None
    module = asked.module if asked.kind == "module" else f"{asked.module}.{asked.name}"
    top, _, rest = module.partition(".")
    places = scene.places(top)
    owner = scene.inspection.owner(places[0].file) if places else None
    first = next((it for it in places if it.kind != "namespace"), None)
    mine = next((it for it in places if scene.is_beside(it.file)), None)
    if first is None or mine is None or mine.kind != "namespace" or not rest:
        return None
    path = os.path.join(mine.file, *rest.split("."))  # noqa: PTH118 - as roots are spelt
    if scene.is_beside(first.file) or not _is_there(path):
        return None
    owner = scene.inspection.owner(first.file)
    whose = str(owner) if owner else scene.shown(first.file)
    return Finding(
        title=f"`{top}` of {whose} hides your folder {scene.shown(mine.file)}",
        culprit=blame(owner),
        evidence=(
            f"`{module}` lies in {scene.shown(mine.file)}, which has no `__init__.py`",
            f"`{top}` is imported from {scene.shown(first.file)}, a regular package",
        ),
        mends=(mend(Advice(words=f"add {scene.shown(mine.file)}/__init__.py")),),
    )


def _is_there(path: str) -> bool:
    return os.path.isfile(f"{path}.py") or os.path.isdir(path)  # noqa: PTH112, PTH113 - spelt as roots are
