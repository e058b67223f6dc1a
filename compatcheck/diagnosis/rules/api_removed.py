"""A provider dropped, moved or renamed a module or a module's name."""

from __future__ import annotations

from typing import Final

from packaging.utils import canonicalize_name

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.grounds import grounds, sides
from compatcheck.diagnosis.history import Turned, turns
from compatcheck.diagnosis.owners import owner_of_module
from compatcheck.diagnosis.releases import dropped
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.words import Lacking, lacking
from compatcheck.model import Culprit, Failure, Link

RANK: Final = 60
TITLE: Final = "the provider no longer has the name, and the metadata lets it in"
EXPLANATION: Final = (
    "A provider dropped, moved or renamed what a consumer uses. The"
    " consumer's metadata lets the release in, so every installer takes it and"
    " every check of requirements is content."
)
REMEDY: Final = (
    "Hold the provider back below the release that dropped it, or take a"
    " newer consumer."
)
REFERENCE: Final = "https://packaging.python.org/specifications/dependency-specifiers/"
EXAMPLE: Final = (
    "ImportError: cannot import name 'soft_unicode' from 'markupsafe' (.../__init__.py)"
)


def matches(case: Case) -> Matched | None:
    """Older releases have the name, this one and newer ones do not."""
    for step in case.steps():
        missing = lacking(step)
        for turned in turns(case) if missing else ():
            if missing is None or turned.last_good is None or turned.good_above:
                continue
            why = grounds(case, step, turned) or _whole(case, step, missing, turned)
            if why is not None:
                return Matched(
                    title=f"{turned.at} no longer has `{missing}`",
                    culprit=Culprit(
                        distribution=turned.distribution, version=str(turned.first_bad)
                    ),
                    evidence=(why, *sides(turned)),
                )
    return None


def _whole(
    case: Case, step: Failure | Link, missing: Lacking, turned: Turned
) -> str | None:
    """Why a top level that nobody who is installed owns was that distribution's."""
    top = canonicalize_name(missing.module.partition(".")[0])
    if not turned.sure or step.type != "ModuleNotFoundError" or top in case.gone:
        return None
    if owner_of_module(case.result, missing.module) is not None:
        return None
    return f"nothing but {turned.distribution} differs between good and bad"


def proves(scene: Scene) -> Finding | None:
    """An older release has what a distribution imports, this and newer ones do not."""
    # A module's names are its interface, whenever they are asked for; an object's
    # attribute counts here only where a module could not be imported for want of it.
    return dropped(scene, at_import=None if scene.wanted is not None else True)


def reads(telling: Telling) -> Suspicion | None:
    """One distribution wants of another what is not there."""
    asked, top = telling.wanted, telling.importer_top
    told = telling.importer is not None
    if asked is None or (told and top in (None, asked.top)):
        return None
    if asked.nowhere or asked.partial:
        return None
    if asked.kind == "module" and "." not in asked.module:
        return None
    who = f"`{top}`" if told else "somebody"
    return Suspicion(sure=False, why=f"{who} wants `{asked}`, which is not there")
