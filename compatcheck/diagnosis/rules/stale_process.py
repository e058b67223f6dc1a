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
    "ImportError: cannot import name 'OpenAI' from 'openai' (.../__init__.py)"
)


def proves(scene: Scene) -> Finding | None:
    """The file that is named defines the name, and a fresh process finds it."""
    asked, place = scene.wanted, scene.place
    if asked is None or asked.name is None or asked.partial or place is None:
        return None
    if asked.path is None or not _is_same(asked.path, place.file):
        return None
    if not defines(asked.path, asked.name):
        return None
    statement = question(scene) or ""
    if not isinstance(scene.bench.says(statement), Ran):
        return None
    return Finding(
        title=f"the process holds an older `{asked.module}` than lies on the disk",
        culprit=blame(scene.provider),
        evidence=(
            f"{scene.shown(asked.path)} defines `{asked.name}`",
            f"`{statement}` runs in a fresh process",
        ),
        mends=(mend(Advice(words="start the process (or the kernel) anew")),),
    )


def _is_same(one: str, two: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(two)
