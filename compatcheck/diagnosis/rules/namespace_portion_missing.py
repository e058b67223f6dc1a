"""A part of a namespace that other distributions share is not installed."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.inspected import Installed
from compatcheck.model.mending import Install, mend

RANK: Final = 31
TITLE: Final = "a part of a shared namespace is not installed"
EXPLANATION: Final = (
    "Several distributions put their parts into one namespace (`google`). The namespace"
    " is there, as others are installed, and the part that is asked for is not."
)
REMEDY: Final = "Install the distribution that has that part."
REFERENCE: Final = "https://peps.python.org/pep-0420/"
EXAMPLE: Final = (
    "ImportError: cannot import name 'genai' from 'google' (unknown location)"
)


def proves(scene: Scene) -> Finding | None:
    """The namespace is shared by complete distributions, none of which has the part."""
    asked = scene.wanted
    if asked is None or asked.kind == "attribute":
        return None
    part = asked.module if asked.kind == "module" else f"{asked.module}.{asked.name}"
    parent = part.rpartition(".")[0]
    places = scene.places(parent)
    if not places or any(it.kind != "namespace" for it in places):
        return None
    if all(scene.is_beside(it.file) for it in places) or scene.places(part):
        return None
    owners = list(scene.inspection.owning(asked.top))
    if not owners or any(_lacks(it, part) for it in owners):
        return None
    name = part.replace(".", "-").replace("_", "-")
    has = any(f"{part}.".startswith(f"{root}.") for root in scene.bench.roots(name))
    proof = (f"{name} has `{part}`, and is not installed",) if has else ()
    return Finding(
        title=f"the part `{part}` of the namespace `{asked.top}` is not installed",
        evidence=(
            f"`{parent}` is a namespace with parts of {_listed(owners)}",
            "nothing of theirs is missing, and none of them has that part",
            *proof,
        ),
        mends=(mend(Install(requirements=(name,))),) if has else (),
    )


def _listed(owners: list[Installed]) -> str:
    return ", ".join(map(str, owners[:5]))


def _lacks(it: Installed, part: str) -> bool:
    """Whether a distribution has lost the part, or what is above it."""
    parts = part.split(".")
    folders = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    lost = {f"{it.root}/{folder}/__init__.py" for folder in folders}
    below = (f"{it.root}/{folders[-1]}/", f"{it.root}/{folders[-1]}.")
    return any(path in lost or path.startswith(below) for path in it.missing)


def reads(telling: Telling) -> Suspicion | None:
    """The module was loaded from no file: others may share that namespace."""
    if telling.wanted is None or not telling.wanted.nowhere:
        return None
    return Suspicion(sure=False, why="others may have parts in that namespace")
