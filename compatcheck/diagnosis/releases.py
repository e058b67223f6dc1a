"""The causes that lie in a release, told apart by where the failure is gone."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import Final, TypedDict

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.sources import defines, imports
from compatcheck.diagnosis.suspects import asking
from compatcheck.diagnosis.versions import Turning, declared, turning
from compatcheck.errors import IndexFault
from compatcheck.model.inspected import Installed
from compatcheck.model.mending import Install, Mend, mend
from compatcheck.surface.installed import InstalledArchive
from compatcheck.surface.presence import look

_MOST_FILES: Final = 4000


def dropped(scene: Scene, *, at_import: bool | None) -> Finding | None:
    """An older release does, this one does not, and no newer one is known to."""
    turned = _of_distributions(scene)
    if turned is None or turned.older is None or turned.newer is not None:
        return None
    if at_import is not None and at_import != is_at_import(scene):
        return None
    name = turned.provider.name
    newer = (
        (f"{name} {turned.gone_above} does not have it, either",)
        if turned.gone_above
        else ()
    )
    return Finding(
        title=f"{turned.provider} no longer has what {turned.consumer} uses:"
        f" {_what(scene)}",
        culprit=blame(turned.provider),
        evidence=(*_lines(scene, turned), *turned.evidence, *newer),
        mends=_back(turned),
    )


def hole(scene: Scene) -> Finding | None:
    """Older and newer releases do, this one does not."""
    turned = _of_distributions(scene)
    if turned is None or turned.older is None or turned.newer is None:
        return None
    name = turned.provider.name
    newer = mend(Install(requirements=(f"{name}=={turned.newer}",)))
    return Finding(
        title=f"{turned.provider} is a hole: {turned.older} and {turned.newer} have"
        f" {_what(scene)}",
        culprit=blame(turned.provider),
        evidence=(*_lines(scene, turned), *turned.evidence),
        mends=(newer, *_back(turned)),
    )


def not_yet(scene: Scene) -> Finding | None:
    """No older release does, and a newer one does."""
    turned = _of_distributions(scene)
    if turned is None or turned.older is not None or turned.newer is None:
        return None
    newer = f"{turned.provider.name}>={turned.newer}"
    return Finding(
        title=f"{turned.consumer} lets {turned.provider} in, but needs"
        f" {_what(scene)}, which {turned.newer} has",
        culprit=blame(turned.consumer),
        evidence=(*_lines(scene, turned), *turned.evidence),
        mends=(mend(Install(requirements=(newer,))),),
    )


def is_at_import(scene: Scene) -> bool:
    """Whether a distribution's module was being run, not a call made later."""
    return any(
        frame.function == "<module>" and scene.owner(frame) is not None
        for frame in scene.frames
    )


def elsewhere(scene: Scene) -> tuple[str, str] | None:
    """Another module of the same distribution that has the name, and its file."""
    asked, provider = scene.wanted, scene.provider
    if asked is None or asked.kind != "name" or provider is None or not asked.name:
        return None
    found = []
    for top in provider.importable:
        root = os.path.join(provider.root, top)  # noqa: PTH118 - roots are spelt as text
        for count, file in enumerate(_sources(root)):
            if count > _MOST_FILES:
                break
            if _mentions(file, asked.name) and defines(file, asked.name):
                relative = os.path.relpath(file, provider.root)
                module = relative.removesuffix(".py").removesuffix("/__init__")
                found.append((module.replace(os.sep, "."), file))
    public = [it for it in found if "._" not in it[0] and it[0] != asked.module]
    near = [it for it in public if it[0].startswith(f"{asked.module}.")]
    return min(near or public, key=lambda it: (it[0].count("."), it), default=None)


class Standing(TypedDict):
    """Where an import stands that is to be written otherwise."""

    file: str | None
    line: int | None


def standing(scene: Scene) -> Standing:
    """The file and line of the failing import; neither where a statement is run."""
    frame = scene.importer
    if frame is None or not os.path.isfile(frame.file):  # noqa: PTH113 - as it is spelt
        return {"file": None, "line": None}
    return {"file": frame.file, "line": frame.line}


def is_as_released(scene: Scene, provider: Installed) -> bool:
    """Whether the user's line meets just what one release installed."""
    place, asked = scene.place, scene.wanted
    if place is None or place.kind == "namespace" or asked is None:
        return False
    if not scene.is_users or asked.partial:
        return False
    copies = [it for it in scene.inspection.distributions if it.name == provider.name]
    mixed = any(
        it.path == place.file and not it.agree for it in scene.inspection.shared
    )
    stale = asked.name is not None and defines(place.file, asked.name)
    return len(copies) == 1 and not mixed and not stale


def knows_it(scene: Scene, owner: Installed) -> bool:
    """Whether a distribution has anything else that the same code takes from it.

    What code is written for has most of what it asks for; a namesake has nothing.
    """
    asked, tree = scene.wanted, asking(scene)
    if asked is None or tree is None:
        return False
    names = {
        (it.module, it.name)
        for it in imports(tree, "")
        if it.module.partition(".")[0] == asked.top and it.name is not None
    }
    names |= {(asked.top, name) for name in _read_off(tree, asked.top)}
    names -= {(asked.module, asked.name)}
    try:
        own = InstalledArchive([Path(owner.root)], owner.name)
        return any(look(own, module, name).there for module, name in names)
    except IndexFault:
        return True  # then nothing may rest on it


def _read_off(tree: ast.AST, top: str) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == top
    }


def _sources(root: str) -> list[str]:
    return sorted(
        os.path.join(folder, name)  # noqa: PTH118 - as `os.walk` spells
        for folder, _, names in os.walk(root)
        for name in names
        if name.endswith(".py")
    )


def _mentions(file: str, name: str) -> bool:
    try:
        with open(file, "rb") as opened:  # noqa: PTH123 - likewise
            return name.encode() in opened.read()
    except OSError:
        return False


def _of_distributions(scene: Scene) -> Turning | None:
    """The turning, where a distribution asks for it and not the user."""
    turned = None if scene.is_users else turning(scene)
    return turned if turned is not None and turned.consumer is not None else None


def _what(scene: Scene) -> str:
    if scene.wanted is not None:
        return f"`{scene.wanted}`"
    return " ".join(scene.step.message.split())[:120]


def _lines(scene: Scene, turned: Turning) -> tuple[str, ...]:
    """Where it came up, and that the metadata lets it in."""
    line = declared(scene, turned.provider)
    who = turned.consumer
    lets = (
        f"{who} requires {str(line).partition(';')[0].strip()}, which lets it in"
        if line is not None
        else f"{who} does not say which releases of {turned.provider.name} it needs"
    )
    at = (f"it came up at {scene.at(scene.importer)}",) if scene.importer else ()
    return (*at, lets)


def _back(turned: Turning) -> tuple[Mend, ...]:
    """Hold the provider back; or a newer consumer, which may have learnt of it."""
    held = f"{turned.provider.name}=={turned.older}"
    ways = [mend(Install(requirements=(held,)))]
    if turned.consumer is not None:
        ways.append(mend(Install(requirements=(turned.consumer.name,), newer=True)))
    return tuple(ways)
