"""The standard library moved on."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from packaging.version import Version
from stdlibs import KNOWN_VERSIONS, module_names, stdlib_module_names

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.history import told_of
from compatcheck.diagnosis.owners import installed, last_frame, owner_of_frame
from compatcheck.diagnosis.words import Lacking, lacking
from compatcheck.model import Culprit, Failure, Link

RANK: Final = 20
TITLE: Final = "the standard library of this Python no longer has it"


def matches(case: Case) -> Matched | None:
    """What is missing is the standard library's, and an older Python has it."""
    for step in case.steps():
        missing = lacking(step)
        if missing is None:
            continue
        since = _since(case, missing) or _passes_on_older(case, missing)
        if since is not None:
            return _told(case, step, missing, since)
    return None


def _since(case: Case, missing: Lacking) -> str | None:
    top = missing.module.partition(".")[0]
    gone, here = _first_without(top), case.result.cell.interpreter.minor
    if missing.name or gone is None or Version(here) < gone:
        return None
    return f"`{top}` is gone from the standard library since Python {gone}"


def _first_without(top: str) -> Version | None:
    """The first Python 3 whose standard library lacks what the one before it had."""
    minors = (Version(known) for known in KNOWN_VERSIONS if known.startswith("3."))
    for before, minor in pairwise(sorted(minors)):
        had, has = (top in stdlib_module_names(str(v)) for v in (before, minor))
        if had and not has:
            return minor
    return None


def _passes_on_older(case: Case, missing: Lacking) -> str | None:
    """Why a name of a standard module is gone: the same pins pass on an older one."""
    own = Version(case.result.cell.interpreter.version)
    if missing.module.partition(".")[0] not in module_names:
        return None
    for other in reversed(case.pythons):
        there = other.cell.interpreter
        if Version(there.version) < own and told_of(other, case.first):
            return f"`{missing}` is there on Python {there.minor}"
    return None


def _told(case: Case, step: Failure | Link, missing: Lacking, since: str) -> Matched:
    user = owner_of_frame(case.result, last_frame(step))
    version = installed(case.result).get(user or "")
    python = case.result.cell.interpreter.minor
    who = f"{user} {version} wants" if user and version else "it wants"
    culprit = Culprit(distribution=user, version=str(version)) if user else None
    return Matched(
        title=f"{who} `{missing}`, which Python {python} does not have",
        culprit=culprit,
        evidence=(since,),
    )
