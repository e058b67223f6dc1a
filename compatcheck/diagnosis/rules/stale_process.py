"""The process began before its distributions were changed."""

from __future__ import annotations

import os
from typing import Final

from compatcheck.diagnosis.bench import Ran
from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.shadows import question
from compatcheck.diagnosis.sources import defines
from compatcheck.model.mending import Advice, mend

RANK: Final = 3
TITLE: Final = "the process began before the upgrade"
EXPLANATION: Final = (
    "What a process has imported stays in its memory. Where a distribution is replaced"
    " meanwhile (`!pip install` in a notebook), the old module answers, while its file"
    " already is the new one."
)
REMEDY: Final = "Start the process, or the kernel, anew."
REFERENCE: Final = "https://docs.python.org/3/reference/import.html#the-module-cache"
EXAMPLE: Final = (
    "ImportError: cannot import name 'Apple' from 'orchard' (.../__init__.py)"
)

_CODE: Final = ("package", "source", "extension")


def proves(scene: Scene) -> Finding | None:
    """The file that is named defines the name, and a fresh process finds it."""
    asked, place = scene.wanted, scene.place
    if asked is None or asked.partial or place is None or not _is_there(scene):
        return None
    statement = question(scene) or ""
    if not isinstance(scene.bench.says(statement), Ran):
        return None
    return Finding(
        title=f"the process holds an older `{asked.module}` than lies on the disk",
        culprit=blame(scene.provider),
        evidence=(
            f"{scene.shown(place.file)} has `{asked.name or asked.module}`",
            f"`{statement}` runs in a fresh process",
        ),
        mends=(mend(Advice(words="start the process (or the kernel) anew")),),
    )


def _is_there(scene: Scene) -> bool:
    """Whether the one file that is imported has on the disk what is missing."""
    asked, place = scene.wanted, scene.place
    if asked is None or place is None or scene.is_beside(place.file):
        return False
    solid = [it for it in scene.places(asked.module) if it.kind in _CODE]
    if len(solid) != 1:
        return False
    if asked.name is None:
        return True
    if asked.path is not None and not _is_same(asked.path, place.file):
        return False
    return defines(place.file, asked.name)


def _is_same(one: str, two: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(two)
