"""Leftovers of an uninstall pass for a package."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.needs import nobody_has
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.mending import Advice, mend

RANK: Final = 32
TITLE: Final = "a folder that no distribution owns is left where one was"
EXPLANATION: Final = (
    "Uninstalling deletes the files that were installed. A folder with caches or files"
    " that were made later stays, and Python takes it for a namespace package."
)
REMEDY: Final = "Install the distribution again, or delete the folder."
REFERENCE: Final = "https://peps.python.org/pep-0420/"
EXAMPLE: Final = (
    "ImportError: cannot import name 'Session' from 'client' (unknown location)"
)


def proves(scene: Scene) -> Finding | None:
    """The top level is a folder beside installed distributions, and nobody's."""
    asked = scene.wanted
    if asked is None or not nobody_has(scene, asked.top):
        return None
    places = scene.places(asked.top)
    if not places or any(it.kind != "namespace" for it in places):
        return None
    for root, name in scene.inspection.unowned:
        if name == asked.top and any(it.root == root for it in places):
            path = f"{root}/{name}"
            words = f"install what has `{asked.top}` again, or delete {path}"
            return Finding(
                title=f"`{asked.top}` is a folder that an uninstall left behind",
                evidence=(
                    f"no distribution owns {path}",
                    f"so `{asked.top}` is an empty namespace package",
                ),
                mends=(mend(Advice(words=words)),),
            )
    return None


def reads(telling: Telling) -> Suspicion | None:
    """The module was loaded from no file: it is a namespace package."""
    if telling.wanted is None or not telling.wanted.nowhere or telling.is_users:
        return None  # a folder of the user's own is the likelier one there
    return Suspicion(sure=False, why="an uninstall may have left its folder behind")
