"""A distribution imports what it does not declare."""

from __future__ import annotations

from typing import Final

from packaging.utils import canonicalize_name
from stdlibs import module_names

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.history import turns
from compatcheck.diagnosis.needs import (
    all_told,
    bringing,
    formerly,
    nobody_has,
    of_extras,
    plain,
    works_without,
)
from compatcheck.diagnosis.owners import (
    installed,
    last_frame,
    owner_of_frame,
    owner_of_module,
)
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.wanted import Wanted
from compatcheck.model import Culprit, Failure, Link
from compatcheck.model.mending import Advice, Install, Mend, mend

RANK: Final = 30
TITLE: Final = "a distribution imports what it does not declare"
EXPLANATION: Final = (
    "A distribution imports what its metadata does not require. Where it"
    " comes along with something else nobody notices, until that no longer"
    " brings it."
)
REMEDY: Final = "Install what is missing; tell the project."
REFERENCE: Final = (
    "https://packaging.python.org/specifications/core-metadata/#requires-"
    "dist-multiple-use"
)
EXAMPLE: Final = "ModuleNotFoundError: No module named 'ipython_genutils'"

_BROUGHT_BY: Final = {"pkg_resources": "setuptools"}
"""Modules that do not have the name of their distribution, and were dropped by it:
the distribution may well be declared."""


def matches(case: Case) -> Matched | None:
    """All that it requires is installed, and none of that is the missing top level.

    A missing submodule is no such thing: its top level is there, so somebody brings it.
    """
    for step in case.steps():
        if step.type == "ModuleNotFoundError" and step.module:
            matched = _unoffered(case, step, step.module)
            if matched is not None:
                return matched
    return None


def _unoffered(case: Case, step: Failure | Link, top: str) -> Matched | None:
    here = installed(case.result)
    importer = owner_of_frame(case.result, last_frame(step))
    if importer is None or importer not in here or "." in top or _known(case, top):
        return None
    name, user = canonicalize_name(top), f"{importer} {here[importer]}"
    declared = (
        f"`{top}` is imported by {user}, and all that it requires is installed:"
        " the lock was resolved from its metadata"
    )
    here_not = (
        f"nothing in that lock is named {name}; whether an extra would bring it"
        " was not looked at"
    )
    evidence = [declared, here_not]
    if not case.worked and _may_be_anothers(case, importer, top):
        return None
    if case.worked:
        if name not in case.gone:
            return None
        evidence.append(f"the lock of its release held {name}, today's does not")
    return Matched(
        title=f"{user} imports `{top}`, which nothing that it requires brings",
        culprit=Culprit(distribution=importer, version=str(here[importer])),
        evidence=tuple(evidence),
    )


def _may_be_anothers(case: Case, importer: str, top: str) -> bool:
    """Whether a distribution that is installed may have it in another release.

    A distribution need not have the name of its module (`yaml` of pyyaml): the names
    may be alike, or it is there with another release, which does not bring it along.
    """
    others = [name for name in installed(case.result) if name != importer]
    if any(_squeezed(top) in _squeezed(name) for name in others):
        return True
    return any(
        turned.distribution != importer and canonicalize_name(top) not in turned.beside
        for turned in turns(case)
    )


def _known(case: Case, top: str) -> bool:
    """Whether it is somebody's who is installed, or the standard library's."""
    brought = _BROUGHT_BY.get(top) in installed(case.result)
    theirs = owner_of_module(case.result, top) is not None
    return brought or theirs or top in module_names


def _squeezed(name: str) -> str:
    return canonicalize_name(name).replace("-", "")


def proves(scene: Scene) -> Finding | None:
    """Nobody has the top level, and what the importer requires does not bring it.

    An extra may bring it: but where nothing of the importer runs without, the extra is
    none.
    """
    asked, consumer = scene.wanted, scene.consumer
    if asked is None or consumer is None or not _is_unknown(scene, asked):
        return None
    top = asked.top
    if bringing(scene, plain(consumer), asked.module):
        return None
    if not all_told(scene, plain(consumer)) or formerly(scene, top):
        return None
    extra = bringing(scene, of_extras(consumer), asked.module)
    unsure = extra is not None or not all_told(scene, of_extras(consumer))
    if unsure and works_without(scene, consumer):
        return None
    at = f" at {scene.at(scene.importer)}" if scene.importer else ""
    only = f"{extra and extra.name} stands under an extra, yet nothing runs without it"
    return Finding(
        title=f"{consumer} imports `{top}`, which it does not require",
        culprit=blame(consumer),
        evidence=(
            f"{consumer} imports `{top}`{at}",
            only if extra else f"nothing in the metadata of {consumer} brings it",
        ),
        mends=(_mend(scene, top, extra.name if extra else None),),
    )


def _is_unknown(scene: Scene, asked: Wanted) -> bool:
    """Whether a whole top level is wanted that is nobody's."""
    if asked.kind != "module" or asked.top in module_names:
        return False
    solid = [it for it in scene.places(asked.top) if it.kind != "namespace"]
    return not solid and nobody_has(scene, asked.top)


def _mend(scene: Scene, top: str, known: str | None) -> Mend:
    name = known or canonicalize_name(top)
    if known or any(root.partition(".")[0] == top for root in scene.bench.roots(name)):
        return mend(Install(requirements=(name,)))
    return mend(Advice(words=f"install the distribution that has `{top}`"))


def reads(telling: Telling) -> Suspicion | None:
    """A distribution wants a top level that is not there."""
    asked, top = telling.wanted, telling.importer_top
    if asked is None or top is None or asked.kind != "module" or "." in asked.module:
        return None
    if asked.top in module_names:
        return None
    return Suspicion(sure=False, why=f"`{top}` imports `{asked.top}`")
