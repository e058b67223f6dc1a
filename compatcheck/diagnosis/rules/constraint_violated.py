"""A declared requirement is not met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compatcheck.diagnosis.bench import Outcome, Ran
from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.needs import bringing, is_absent, part, plain
from compatcheck.diagnosis.scene import Scene, applies, is_met
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.versions import is_same
from compatcheck.model import Failure
from compatcheck.model.inspected import Inspection, Installed
from compatcheck.model.mending import Install, mend

RANK: Final = 16
TITLE: Final = "a declared requirement is not met"
EXPLANATION: Final = (
    "A distribution says which releases of others it works with, and another is"
    " installed, or none: installed without its requirements, or changed afterwards."
)
REMEDY: Final = "Install what is declared."
REFERENCE: Final = "https://packaging.python.org/specifications/dependency-specifiers/"
EXAMPLE: Final = "ModuleNotFoundError: No module named 'pydantic._internal'"


def proves(scene: Scene) -> Finding | None:
    """What the failure is about is required otherwise by whoever asks for it."""
    if scene.wanted is not None:
        return _of_provider(scene) or _unfit(scene) or _not_there(scene)
    return _by_trial(scene)


def checks(inspection: Inspection) -> Iterable[Finding]:
    """Each requirement that is not met, as `pip check` has it."""
    for it in inspection.distributions:
        if inspection.by_name.get(it.name) is it:
            for needed in _unmet(it, inspection):
                yield _told(it, needed, inspection, ())


def _of_provider(scene: Scene) -> Finding | None:
    provider = scene.provider
    if provider is None:
        return None
    askers = [it for it in scene.on_the_way if it.name != provider.name]
    if not askers and not scene.is_users:
        askers = list(scene.inspection.distributions)
    for asker in askers:
        for needed in _unmet(asker, scene.inspection):
            if canonicalize_name(needed.name) == provider.name:
                line = f"`{scene.wanted}` is looked for in {provider}"
                return _told(asker, needed, scene.inspection, (line,))
    return None


def _unfit(scene: Scene) -> Finding | None:
    """The code that fails is of a release that whoever uses it declares unfit."""
    consumer = scene.consumer
    for asker in scene.on_the_way if consumer else ():
        for needed in _unmet(asker, scene.inspection):
            if consumer is None or canonicalize_name(needed.name) != consumer.name:
                continue
            outcome = _with_fit(scene, needed)
            if isinstance(outcome, Failure) and is_same(outcome, scene):
                continue
            line = f"the code that fails is of {consumer}"
            proof = "with a release that is let in, it runs"
            lines = (line, proof) if isinstance(outcome, Ran) else (line,)
            return _told(asker, needed, scene.inspection, lines)
    return None


def _with_fit(scene: Scene, needed: Requirement) -> Outcome | None:
    """How it ends with the newest release that a requirement lets in."""
    for release in reversed(scene.bench.releases(needed.name)):
        if needed.specifier.contains(release.version):
            return scene.bench.with_release(release.distribution, release.version)
    return None


def _not_there(scene: Scene) -> Finding | None:
    """The top level is nobody's, and the requirement that brings it is absent."""
    asked, consumer = scene.wanted, scene.consumer
    if asked is None or consumer is None or not is_absent(scene):
        return None
    here = scene.inspection.by_name
    absent = [
        it
        for it in plain(consumer)
        if applies(it, scene.inspection) and canonicalize_name(it.name) not in here
    ]
    needed = bringing(scene, absent, part(asked))
    if needed is None:
        return None
    line = (
        f"`{asked.top}` is imported by {consumer}, and nothing that is installed has it"
    )
    return _told(consumer, needed, scene.inspection, (line,))


def _by_trial(scene: Scene) -> Finding | None:
    """Of what is not met on the way, that which makes the failure go away if met."""
    for asker in scene.on_the_way:
        for needed in _unmet(asker, scene.inspection):
            if isinstance(_with_fit(scene, needed), Ran):
                line = f"with a {needed.name} that is let in, it runs"
                return _told(asker, needed, scene.inspection, (line,))
    return None


def _unmet(it: Installed, inspection: Inspection) -> Iterator[Requirement]:
    for needed in plain(it):
        if applies(needed, inspection) and not is_met(needed, inspection):
            yield needed


def _told(
    asker: Installed,
    needed: Requirement,
    inspection: Inspection,
    lines: tuple[str, ...],
) -> Finding:
    found = inspection.by_name.get(canonicalize_name(needed.name))
    there = f"{found} is installed" if found else f"{needed.name} is not installed"
    words = str(needed).partition(";")[0].strip()
    return Finding(
        title=f"{asker} requires {words}, but {there}",
        culprit=blame(found) or blame(asker),
        evidence=(f"the metadata of {asker} requires {words}", there, *lines),
        mends=(mend(Install(requirements=(words,))),),
    )


def reads(telling: Telling) -> Suspicion | None:
    """One distribution wants of another what is not there, or the whole of it."""
    asked, top = telling.wanted, telling.importer_top
    if asked is None or top in (None, asked.top) or asked.nowhere or asked.partial:
        return None
    return Suspicion(sure=False, why=f"`{top}` may declare another `{asked.top}`")
