"""The standard library moved on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from packaging.version import Version
from stdlibs import KNOWN_VERSIONS, module_names, stdlib_module_names

from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.history import told_of
from compatcheck.diagnosis.owners import installed, last_frame, owner_of_frame
from compatcheck.diagnosis.pythons import runs_on, same_under_older
from compatcheck.diagnosis.scene import Scene, version_of
from compatcheck.diagnosis.shadows import question
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.words import Lacking, lacking
from compatcheck.model import Culprit, Failure, Link
from compatcheck.model.inspected import Installed
from compatcheck.model.mending import Advice, Install, Mend, mend

RANK: Final = 20
TITLE: Final = "the standard library of this Python no longer has it"
EXPLANATION: Final = (
    "The standard library moves on: modules and names are deprecated, then"
    " dropped (distutils, imp, cgi, collections.Mapping). Code that still uses"
    " them fails on the newer Python."
)
REMEDY: Final = "Take a newer release of what uses it, a backport, or an older Python."
REFERENCE: Final = "https://docs.python.org/3/whatsnew/index.html"
EXAMPLE: Final = "ModuleNotFoundError: No module named 'distutils'"


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


_BACKPORTS: Final = {
    "asynchat": "pyasynchat",
    "asyncore": "pyasyncore",
    "audioop": "audioop-lts",
    "cgi": "legacy-cgi",
    "cgitb": "legacy-cgi",
    "chunk": "standard-chunk",
    "crypt": "legacycrypt",
    "distutils": "setuptools",
    "imghdr": "standard-imghdr",
    "imp": "zombie-imp",
    "pipes": "standard-pipes",
    "sndhdr": "standard-sndhdr",
    "telnetlib": "standard-telnetlib",
}
"""Distributions that bring a dropped module back. A remedy is a guess until tried."""


def proves(scene: Scene) -> Finding | None:
    """An older Python has it in its library, or runs the very same files."""
    return _dropped_module(scene) or _dropped_name(scene) or _same_files(scene)


def _dropped_module(scene: Scene) -> Finding | None:
    asked = scene.wanted
    if asked is None or asked.kind != "module" or scene.places(asked.top):
        return None
    gone, here = _first_without(asked.top), Version(scene.inspection.python.minor)
    if gone is None or here < gone:
        return None
    line = f"`{asked.top}` is gone from the standard library since Python {gone}"
    return _found(scene, f"`{asked.top}`", line, _BACKPORTS.get(asked.top))


def _dropped_name(scene: Scene) -> Finding | None:
    asked, place = scene.wanted, scene.place
    if asked is None or place is None:
        return None
    if place.file and not scene.inspection.is_standard(place.file):
        return None
    older = runs_on(scene, question(scene) or "", newer=False)
    if older is None:
        return None
    line = f"Python {older} has `{asked}` in its standard library, this one has not"
    return _found(scene, f"`{asked}`", line, None)


def _same_files(scene: Scene) -> Finding | None:
    """Where a distribution fails within itself, whatever Python lacks is to blame."""
    own = scene.provider is not None and scene.provider == scene.consumer
    if scene.consumer is None or (scene.wanted is not None and not own):
        return None
    older = same_under_older(scene)
    if older is None:
        return None
    line = f"the very same files run under Python {older}"
    return _found(scene, "what it needs of Python", line, None)


def _found(scene: Scene, what: str, line: str, backport: str | None) -> Finding:
    user = scene.consumer
    who = str(user) if user else "your code"
    mends = list(_ways(scene, user)) if user else []
    if backport:
        mends.insert(0, mend(Install(requirements=(backport,))))
    return Finding(
        title=f"{who} wants {what}, which Python {scene.inspection.python.minor}"
        " does not have",
        culprit=blame(user),
        evidence=(line,),
        mends=tuple(mends),
    )


def _ways(scene: Scene, user: Installed) -> Iterator[Mend]:
    """A newer release of what uses it; where there is none, an older Python."""
    own = version_of(user)
    later = scene.bench.later(user.name, own) if own else None
    if later != []:
        yield mend(Install(requirements=(user.name,), newer=True))
    if own is not None and (later is None or any(it.major > own.major for it in later)):
        # The newest may have moved on too far: then the next major is the least change.
        major = min((it.major for it in later or () if it.major > own.major), default=0)
        major = major or own.major + 1
        after = f"{user.name}>={major},<{major + 1}"
        yield mend(Install(requirements=(after,)))
    if later == []:
        here = scene.inspection.python.minor
        words = f"run it under a Python before {here}: there is no newer {user.name}"
        yield mend(Advice(words=words))


def reads(telling: Telling) -> Suspicion | None:
    """A module that the standard library dropped before that Python came out."""
    asked = telling.wanted
    if asked is None or asked.kind != "module":
        return None
    gone = _first_without(asked.top)
    if gone is None:
        return None
    here = telling.python
    sure = here is not None and Version(here) >= gone
    return Suspicion(
        sure=sure, why=f"`{asked.top}` left the library with Python {gone}"
    )
