"""The extra that a part of a distribution needs was not asked for."""

from __future__ import annotations

import re
from typing import Final

from packaging.utils import canonicalize_name
from stdlibs import module_names

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.needs import (
    bringing,
    extra_of,
    import_names,
    is_absent,
    of_extras,
    part,
    works_without,
)
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.versions import is_same
from compatcheck.model import Failure
from compatcheck.model.inspected import Installed
from compatcheck.model.mending import Install, mend

RANK: Final = 22
TITLE: Final = "a part of a distribution needs an extra that is not installed"
EXPLANATION: Final = (
    "Some parts of a distribution need more than the rest: what its metadata lists"
    " under an extra. The rest of it works without. A hint that is printed with the"
    " failure can name the wrong extra."
)
REMEDY: Final = "Install the distribution with that extra."
REFERENCE: Final = (
    "https://packaging.python.org/specifications/dependency-specifiers/#extras"
)
EXAMPLE: Final = "ModuleNotFoundError: No module named 'litellm'"


def proves(scene: Scene) -> Finding | None:
    """What is missing stands under an extra of the importer, which works without it."""
    asked, consumer = scene.wanted, scene.consumer
    if consumer is None:
        return None
    if asked is None or not is_absent(scene):
        return _by_its_words(scene, consumer)
    needed = bringing(scene, of_extras(consumer), part(asked))
    extra = extra_of(consumer, needed) if needed else None
    if needed is None or extra is None or not works_without(scene, consumer):
        return None
    whole = f"{consumer.name}[{extra}]=={consumer.version}"
    return Finding(
        title=f"{consumer} needs its extra `{extra}` for this, which is not installed",
        culprit=blame(consumer),
        evidence=(
            f"`{asked.top}` is imported at {scene.at(scene.importer)}"
            if scene.importer
            else f"`{asked.top}` is imported",
            f"{consumer} requires {needed.name} only for its extra `{extra}`",
            f"`import {', '.join(import_names(consumer))}` runs without it",
        ),
        mends=(mend(Install(requirements=(whole,))),),
    )


def _by_its_words(scene: Scene, consumer: Installed) -> Finding | None:
    """The words name what only an extra brings; with that in place, it is gone."""
    if scene.wanted is not None:
        return None
    words = scene.step.message.lower()
    for needed in of_extras(consumer):
        name, extra = needed.name.lower(), extra_of(consumer, needed)
        named = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words)
        if (
            not named
            or not extra
            or canonicalize_name(name) in scene.inspection.by_name
        ):
            continue
        releases = scene.bench.releases(needed.name)
        if not releases:
            continue
        outcome = scene.bench.with_release(needed.name, releases[-1].version)
        gone = outcome is not None and not (
            isinstance(outcome, Failure) and is_same(outcome, scene)
        )
        if gone and works_without(scene, consumer):
            whole = f"{consumer.name}[{extra}]=={consumer.version}"
            return Finding(
                title=f"{consumer} needs its extra `{extra}` for this",
                culprit=blame(consumer),
                evidence=(
                    f"{consumer} requires {needed.name} only for its extra `{extra}`",
                    f"with {needed.name} in place, that failure is gone",
                ),
                mends=(mend(Install(requirements=(whole,))),),
            )
    return None


def reads(telling: Telling) -> Suspicion | None:
    """A distribution wants a top level that is not there, or names its extra."""
    asked, top = telling.wanted, telling.importer_top
    if asked is None or top is None or asked.kind != "module" or "." in asked.module:
        return None
    if asked.top in module_names:
        return None
    return Suspicion(sure=False, why=f"`{top}` may need an extra for `{asked.top}`")
