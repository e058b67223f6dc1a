"""The user's own code is written for another release."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.releases import (
    elsewhere,
    is_as_released,
    knows_it,
    standing,
)
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.versions import Turning, turning, ways
from compatcheck.diagnosis.words import complains_of_a_name
from compatcheck.model.inspected import Installed
from compatcheck.model.mending import Mend, Rewrite, mend

RANK: Final = 65
TITLE: Final = "your code is written for another release"
EXPLANATION: Final = (
    "Code from a tutorial, an example or last year imports what another release has, or"
    " has in another module. No metadata is wrong: nobody declared anything."
)
REMEDY: Final = "Import from where the name is now, or install the release that has it."
REFERENCE: Final = "https://packaging.python.org/specifications/dependency-specifiers/"
EXAMPLE: Final = "ModuleNotFoundError: No module named 'langchain.text_splitter'"


def proves(scene: Scene) -> Finding | None:
    """The importing line is the user's, and the name is elsewhere, or nowhere."""
    asked, provider = scene.wanted, scene.provider
    if asked is None:
        return _refused(scene)
    if provider is None or not is_as_released(scene, provider):
        return None
    moved = elsewhere(scene)
    if moved is not None:
        module, file = moved
        line = f"{provider} has `{asked.name}` in `{module}` ({scene.shown(file)})"
        way = Rewrite(old=asked.module, new=module, name=asked.name, **standing(scene))
        return _told(scene, provider, (line,), (mend(way),))
    turned = turning(scene)
    return None if turned is None else _turned(scene, provider, turned)


def _refused(scene: Scene) -> Finding | None:
    """A provider refuses, in words of its own, what your line asks; another did not."""
    if scene.is_users and not complains_of_a_name(scene.step):
        return None  # nobody refuses: what comes back is not what you expect
    turned = turning(scene)
    if turned is None or turned.consumer is not None or not scene.frames:
        return None
    asker = [it for it in scene.frames if scene.owner(it) is None]
    if not (turned.older or turned.newer) or not asker:
        return None
    words = " ".join(scene.step.message.split())[:120]
    return Finding(
        title=f"{turned.provider} refuses what your code, written for another, asks",
        culprit=blame(turned.provider),
        evidence=(
            f"{scene.at(asker[-1])} is your own code",
            f"{turned.provider} says: {words}",
            *_lines(turned),
        ),
        mends=ways(turned),
    )


def _turned(scene: Scene, provider: Installed, turned: Turning) -> Finding | None:
    if turned.older or turned.newer:
        return _told(scene, turned.provider, _lines(turned), ways(turned))
    if turned.sure and knows_it(scene, provider):
        line = f"no release of {provider.name} that was read has `{scene.wanted}`"
        return _told(scene, provider, (line,), ())
    return None


def _lines(turned: Turning) -> tuple[str, ...]:
    name, lines = turned.provider.name, []
    if turned.older:
        lines.append(f"{name} {turned.older} has it")
    if turned.newer:
        lines.append(f"{name} {turned.newer} has it")
    return (*lines, *turned.evidence)


def _told(
    scene: Scene, provider: Installed, lines: tuple[str, ...], mends: tuple[Mend, ...]
) -> Finding:
    frame = scene.importer
    where = f"{scene.at(frame)} is your own code" if frame else "your code imports it"
    return Finding(
        title=f"`{scene.wanted}` is not in {provider}: the code is for another release",
        culprit=blame(provider),
        evidence=(where, *lines),
        mends=mends,
    )


def reads(telling: Telling) -> Suspicion | None:
    """The user's own line wants what an installed module does not have."""
    asked = telling.wanted
    users = telling.is_users or telling.importer is None
    if asked is None or asked.nowhere or asked.partial or not users:
        return None
    if asked.kind == "module" and "." not in asked.module:
        return None
    return Suspicion(sure=False, why=f"your code wants `{asked}`, which is not there")
