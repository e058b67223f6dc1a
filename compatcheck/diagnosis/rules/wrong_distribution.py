"""The import name is right, and another project answers to it."""

from __future__ import annotations

from typing import Final

from packaging.utils import canonicalize_name
from stdlibs import module_names

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.needs import bringing, plain
from compatcheck.diagnosis.releases import elsewhere, is_as_released, knows_it
from compatcheck.diagnosis.scene import Scene, applies
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.versions import turning
from compatcheck.model.inspected import Installed
from compatcheck.model.mending import Install, Remove, mend

RANK: Final = 15
TITLE: Final = "another project answers to that import name"
EXPLANATION: Final = (
    "Import names belong to nobody: several distributions use the same one. The one"
    " that is installed is not the one that the code was written for."
)
REMEDY: Final = "Uninstall the one, install the other."
REFERENCE: Final = (
    "https://packaging.python.org/discussions/distribution-package-vs-import-package/"
)
EXAMPLE: Final = "AttributeError: module 'serial' has no attribute 'Serial'"


def proves(scene: Scene) -> Finding | None:
    """The owner is none that the consumer requires, or never had such a module."""
    asked, owner = scene.wanted, scene.provider
    if asked is None or owner is None or asked.partial:
        return None
    if scene.place is None or scene.place.kind == "namespace":
        return None
    if scene.is_beside(scene.place.file):
        return None
    if scene.consumer is not None:
        return _instead(scene, scene.consumer, owner)
    return _never(scene, owner)


def _instead(scene: Scene, consumer: Installed, owner: Installed) -> Finding | None:
    """A requirement that has that import name is not installed; its rival is."""
    asked = scene.wanted
    needed = [it for it in plain(consumer) if applies(it, scene.inspection)]
    if asked is None or any(canonicalize_name(it.name) == owner.name for it in needed):
        return None
    here = scene.inspection.by_name
    absent = [it for it in needed if canonicalize_name(it.name) not in here]
    meant = bringing(scene, absent, asked.top)
    if meant is None:
        return None
    summary = f" ({owner.summary[:80]})" if owner.summary else ""
    return Finding(
        title=f"`{asked.top}` is {owner}, but {consumer} means that of {meant.name}",
        culprit=blame(owner),
        evidence=(
            f"`{asked.top}` belongs to {owner}{summary}, not required by {consumer}",
            f"{consumer} requires {meant}, which has it and is not installed",
        ),
        mends=(
            mend(
                Remove(distributions=(owner.name,)),
                Install(requirements=(_plainly(meant),)),
            ),
        ),
    )


def _plainly(needed: object) -> str:
    return str(needed).partition(";")[0].strip()


def _never(scene: Scene, owner: Installed) -> Finding | None:
    """No release of the owner ever had it, nor has it anything that is wanted."""
    asked = scene.wanted
    if asked is None or not is_as_released(scene, owner) or knows_it(scene, owner):
        return None
    if elsewhere(scene) is not None:
        return None
    turned = turning(scene)
    if turned is None or not turned.sure:
        return None
    summary = f" ({owner.summary[:80]})" if owner.summary else ""
    return Finding(
        title=f"`{asked}` is not of {owner}: another `{asked.top}` is meant",
        culprit=blame(owner),
        evidence=(
            f"`{asked.top}` belongs to {owner}{summary}",
            f"no release of {owner.name} that was read has `{asked}`",
            f"nor does {owner} have anything else that your code wants of it",
        ),
    )


def reads(telling: Telling) -> Suspicion | None:
    """A module is there, and plain parts of it are not."""
    asked = telling.wanted
    if asked is None or asked.nowhere or asked.partial or asked.top in module_names:
        return None
    if (
        asked.kind == "name"
        or "." not in f"{asked}"
        or asked.top == telling.importer_top
    ):
        return None
    return Suspicion(sure=False, why=f"another project may answer to `{asked.top}`")
