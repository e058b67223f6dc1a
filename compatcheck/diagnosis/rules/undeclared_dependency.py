"""A distribution imports what it does not declare."""

from __future__ import annotations

from typing import Final

from packaging.utils import canonicalize_name
from stdlibs import module_names

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.owners import (
    installed,
    last_frame,
    owner_of_frame,
    owner_of_module,
)
from compatcheck.model import Culprit, Failure, Link

RANK: Final = 30
TITLE: Final = "a distribution imports what it does not declare"

_BROUGHT_BY: Final = {"pkg_resources": "setuptools"}
"""Modules that do not have the name of their distribution, and were dropped by it:
the distribution may well be declared."""


def matches(case: Case) -> Matched | None:
    """All that it requires is installed, and none of that is the missing top level."""
    for step in case.steps():
        if step.type == "ModuleNotFoundError" and step.module:
            matched = _unoffered(case, step, step.module.partition(".")[0])
            if matched is not None:
                return matched
    return None


def _unoffered(case: Case, step: Failure | Link, top: str) -> Matched | None:
    here = installed(case.result)
    importer = owner_of_frame(case.result, last_frame(step))
    if importer not in here or _known(case, top):
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
    if case.worked:
        if name not in case.gone:
            return None
        evidence.append(f"the lock of its release held {name}, today's does not")
    return Matched(
        title=f"{user} imports `{top}`, which nothing that it requires brings",
        culprit=Culprit(distribution=importer, version=str(here[importer])),
        evidence=tuple(evidence),
    )


def _known(case: Case, top: str) -> bool:
    """Whether it is somebody's who is installed, or the standard library's."""
    brought = _BROUGHT_BY.get(top) in installed(case.result)
    theirs = owner_of_module(case.result, top) is not None
    return brought or theirs or top in module_names
