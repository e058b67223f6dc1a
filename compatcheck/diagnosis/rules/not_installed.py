"""Nobody who is installed has that module."""

from __future__ import annotations

from typing import Final

from stdlibs import module_names

from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.needs import bringing, nobody_has
from compatcheck.diagnosis.scene import Scene, requirements
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.wanted import Wanted
from compatcheck.model.mending import Advice, Install, mend
from compatcheck.profiles import all_profiles

RANK: Final = 34
TITLE: Final = "nothing that is installed has that module"
EXPLANATION: Final = (
    "No distribution of the environment owns the name. A folder of that name beside the"
    " script, without `__init__.py`, is then found as a namespace package and makes the"
    " message misleading."
)
REMEDY: Final = "Install the distribution that has it; its name may be another."
REFERENCE: Final = (
    "https://packaging.python.org/discussions/distribution-package-vs-import-package/"
)
EXAMPLE: Final = "ModuleNotFoundError: No module named 'orchard'"


def proves(scene: Scene) -> Finding | None:
    """The user's code wants a top level that nobody owns, here or nearby."""
    asked = scene.wanted
    if asked is None or not scene.is_users or not nobody_has(scene, asked.top):
        return None
    places = scene.places(asked.top)
    if any(it.kind != "namespace" or not scene.is_beside(it.file) for it in places):
        return None
    if asked.kind == "attribute" or asked.top in scene.inspection.python.standard:
        return None
    count = len(scene.inspection.distributions)
    lines = [f"none of the {count} distributions that are installed has `{asked.top}`"]
    lines += [
        f"the folder {scene.shown(place.file)} is found only because nothing else"
        " has that name; it is no package"
        for place in places
    ]
    meant = _declared(scene) or _known(scene, asked)
    if meant is not None:
        lines.append(meant[0])
    return Finding(
        title=f"nothing that is installed has `{asked.top}`",
        evidence=tuple(lines),
        mends=(
            mend(Install(requirements=(meant[1],)))
            if meant
            else mend(Advice(words=f"install the distribution that has `{asked.top}`")),
        ),
    )


def _declared(scene: Scene) -> tuple[str, str] | None:
    """That somebody requires what has it, which is what people mean then; and what."""
    asked = scene.wanted
    here = scene.inspection.by_name
    for it in scene.inspection.distributions:
        absent = [line for line in requirements(it) if line.marker is None]
        absent = [line for line in absent if line.name not in here]
        needed = bringing(scene, absent, asked.module) if asked and absent else None
        if needed is not None:
            words = f"{it} requires {needed}, which has `{asked and asked.top}`"
            return words, str(needed)
    return None


def _known(scene: Scene, asked: Wanted) -> tuple[str, str] | None:
    """That a distribution of a known pair has just what is wanted; and which.

    Any other namesake on an index is not offered: its name is all that is known of it.
    """
    for profile in all_profiles():
        if asked.top not in {it.partition(".")[0] for it in profile.modules}:
            continue
        for name in profile.distributions:
            newest = scene.bench.releases(name)[-1:]
            for told in scene.bench.have(newest, asked.module, asked.name):
                if told.there:
                    return f"{name} {newest[0].version} has `{asked}`", name
    return None


def reads(telling: Telling) -> Suspicion | None:
    """The user's own line wants a top level that is not there."""
    asked = telling.wanted
    if asked is None or not (telling.is_users or telling.importer is None):
        return None
    top = asked.kind == "module" and "." not in asked.module
    whole = top or (asked.nowhere and "." not in asked.module)
    if not whole or asked.top in module_names:
        return None
    return Suspicion(sure=False, why="nothing may have it")
