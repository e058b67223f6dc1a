"""Who would bring a module: what a consumer requires, by metadata and wheels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compatcheck.diagnosis.bench import Ran
from compatcheck.diagnosis.scene import Scene, requirements, squeezed, version_of
from compatcheck.diagnosis.wanted import Wanted
from compatcheck.model.inspected import Installed

_MOST: Final = 24
"""Requirements whose wheels are looked into."""
_MOST_FORMER: Final = 12
"""Requirements whose older wheels are."""


def bringing(
    scene: Scene, needed: Iterable[Requirement], module: str
) -> Requirement | None:
    """The requirement, not installed, whose distribution has a module, if one does.

    What is spelt like the module is taken for it where no index can be asked.
    """
    absent = [it for it in needed if not _is_here(scene, it)]
    top = squeezed(module.partition(".")[0])
    absent.sort(key=lambda it: (squeezed(it.name) != top, top not in squeezed(it.name)))
    for one in absent[:_MOST]:
        roots = scene.bench.roots(one.name)
        if any(_holds(root, module) for root in roots):
            return one
        if not roots and squeezed(one.name) == top:
            return one
    return None


def formerly(scene: Scene, module: str) -> Installed | None:
    """The required distribution, installed, older releases of which had a module."""
    consumer = scene.consumer
    for needed in plain(consumer)[:_MOST_FORMER] if consumer else ():
        it = scene.inspection.by_name.get(canonicalize_name(needed.name))
        own = version_of(it) if it else None
        if it is None or own is None or module.partition(".")[0] in it.tops:
            continue
        older = [one for one in scene.bench.releases(it.name) if one.version < own]
        majors = {one.version.major: one for one in older}
        chosen = [*older[-1:], *list(majors.values())[-3:]]
        if any(told.there for told in scene.bench.have(chosen, module, None)):
            return it
    return None


def all_told(scene: Scene, needed: Iterable[Requirement]) -> bool:
    """Whether it is known what each requirement that is not installed would bring."""
    absent = [it for it in needed if not _is_here(scene, it)]
    return len(absent) <= _MOST and all(scene.bench.roots(it.name) for it in absent)


def works_without(scene: Scene, consumer: Installed) -> bool:
    """Whether what a distribution is imported by runs as it is installed."""
    tops = import_names(consumer)
    return bool(tops) and isinstance(scene.bench.says(f"import {', '.join(tops)}"), Ran)


def import_names(consumer: Installed) -> list[str]:
    """What a distribution is imported by: the name that is most like its own."""
    public = [it for it in consumer.importable if not it.startswith("_")]
    named = [it for it in public if it in consumer.name.replace("-", "_")]
    return (named or public)[:1]


def is_absent(scene: Scene) -> bool:
    """Whether a module is wanted that nobody has, or that its namespace lacks."""
    asked = scene.wanted
    if asked is None or asked.kind == "attribute":
        return False
    if any(place.kind != "namespace" for place in scene.places(asked.top)):
        return False
    return nobody_has(scene, asked.top) or not scene.places(part(asked))


def part(asked: Wanted) -> str:
    """The module that is wanted, where a name stands for a part of a namespace."""
    return f"{asked.module}.{asked.name}" if asked.nowhere else asked.module


def nobody_has(scene: Scene, top: str) -> bool:
    """Whether no distribution that is installed owns a top-level name."""
    return next(iter(scene.inspection.owning(top)), None) is None


def plain(consumer: Installed) -> list[Requirement]:
    """What a distribution requires whatever extra is asked for, markers or not."""
    # Most lines hang on an extra, and to parse them takes most of a healthy visit.
    lines = [it for it in consumer.requires if "extra" not in it.partition(";")[2]]
    return list(requirements(replace(consumer, requires=tuple(lines))))


def of_extras(consumer: Installed) -> list[Requirement]:
    """What it requires only for an extra."""
    return [it for it in requirements(consumer) if _hangs(it)]


def extra_of(consumer: Installed, needed: Requirement) -> str | None:
    """The extra that a requirement hangs on."""
    for extra in consumer.extras:
        marker = needed.marker
        quoted = {f'extra == "{extra}"', f'extra == "{canonicalize_name(extra)}"'}
        if marker is not None and any(words in str(marker) for words in quoted):
            return extra
    return None


def _hangs(needed: Requirement) -> bool:
    return needed.marker is not None and "extra" in str(needed.marker)


def _is_here(scene: Scene, needed: Requirement) -> bool:
    return canonicalize_name(needed.name) in scene.inspection.by_name


def _holds(root: str, module: str) -> bool:
    return f"{module}.".startswith(f"{root}.") or f"{root}.".startswith(f"{module}.")
