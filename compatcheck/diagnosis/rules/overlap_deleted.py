"""A file was deleted when another distribution that owned its path was uninstalled."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.inspected import Inspection, Installed
from compatcheck.model.mending import Install, mend

RANK: Final = 8
TITLE: Final = "a file of a distribution is gone: another owned the same path"
EXPLANATION: Final = (
    "Two distributions may own one path. Uninstalling either deletes the file, and"
    " the other is left without it, still listed, and with all its requirements met."
    " Where the file was a package's `__init__.py`, Python takes the folder for a"
    " namespace package and says `(unknown location)`."
)
REMEDY: Final = "Install the damaged distribution again, the very same release."
REFERENCE: Final = (
    "https://packaging.python.org/specifications/recording-installed-packages/"
)
EXAMPLE: Final = (
    "ImportError: cannot import name 'Apple' from 'orchard' (unknown location)"
)
_CODE: Final = (".py", ".so", ".pyd")
_LOOSE: Final = ("namespace", "foreign")


def proves(scene: Scene) -> Finding | None:
    """A RECORD lists the file that the failing import would be answered by."""
    for owner, path in _lost(scene):
        if _would_help(scene, owner):
            return _told(owner, path, scene.shown(path), scene)
    return None


def checks(inspection: Inspection) -> Iterable[Finding]:
    """Each package that has lost its `__init__.py`, while the rest of it is there."""
    for one in inspection.distributions:
        gone = [it for it in one.missing if it not in one.hollow and _is_heart(it)]
        if gone:
            yield _told(one, gone[0], os.path.relpath(gone[0], one.root), None)


def _is_heart(path: str) -> bool:
    folder, name = os.path.split(path)
    return name == "__init__.py" and os.path.isdir(folder) and _holds_code(folder)  # noqa: PTH112 - spelt as RECORDs are


def _holds_code(folder: str) -> bool:
    try:
        return any(name.endswith(_CODE) for name in os.listdir(folder))  # noqa: PTH208 - names alone are asked
    except OSError:
        return False


def _lost(scene: Scene) -> Iterator[tuple[Installed, str]]:
    for module in _modules(scene):
        relative = module.replace(".", os.sep)
        for it in scene.inspection.distributions:
            base = os.path.join(it.root, relative)  # noqa: PTH118 - compared as text
            ways = (os.path.join(base, "__init__."), f"{base}.")  # noqa: PTH118 - likewise
            for path in (each for each in it.missing if each not in it.hollow):
                if (
                    path.startswith(ways)
                    and path.endswith(_CODE)
                    and _is_of(path, ways)
                ):
                    yield it, path


def _is_of(path: str, ways: tuple[str, ...]) -> bool:
    return any(path.startswith(way) and os.sep not in path[len(way) :] for way in ways)


def _modules(scene: Scene) -> Iterator[str]:
    """The modules one of which must be lost: none that is found, however little."""
    asked = scene.wanted
    if asked is None:
        return
    if not any(it.kind not in _LOOSE for it in scene.places(asked.module)):
        yield asked.module
    if asked.kind != "module" and not scene.places(f"{asked.module}.{asked.name}"):
        yield f"{asked.module}.{asked.name}"


def _would_help(scene: Scene, owner: Installed) -> bool:
    """Whether the release has what is wanted, by its own wheel; True if unknown."""
    asked = scene.wanted
    if asked is None:
        return False
    releases = scene.bench.releases(owner.name)
    own = [it for it in releases if str(it.version) == owner.version]
    told = scene.bench.have(own, asked.module, asked.name)
    return not any(it.there is False for it in told)


def _told(owner: Installed, path: str, shown: str, scene: Scene | None) -> Finding:
    count = len(owner.missing)
    gone = "which is not there"
    if count > 1:
        gone = f"which is not there, like {count - 1} more of its files"
    lines = [f"the RECORD of {owner} lists {shown}, {gone}"]
    if scene is not None and scene.wanted is not None and scene.wanted.nowhere:
        lines.append(f"so `{scene.wanted.module}` is only a namespace package")
    rivals = _rivals(owner, path, scene)
    lines += [f"{it} owns the same path" for it in rivals]
    pinned = f"{owner.name}=={owner.version}"
    return Finding(
        title=f"{shown} of {owner} is missing: it was deleted after the installation",
        culprit=blame(owner),
        evidence=tuple(lines),
        mends=(mend(Install(requirements=(pinned,), alone=True, again=True)),),
    )


def _rivals(owner: Installed, path: str, scene: Scene | None) -> list[Installed]:
    if scene is None:
        return []
    return [
        it
        for shared in scene.inspection.shared
        for it in shared.owners
        if shared.path == path and it.name != owner.name
    ]


def reads(telling: Telling) -> Suspicion | None:
    """The module was loaded from no file: it is a namespace package."""
    if telling.wanted is None or not telling.wanted.nowhere:
        return None
    return Suspicion(
        sure=False,
        why="its `__init__.py` may have been deleted with another distribution",
    )
