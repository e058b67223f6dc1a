"""An editable install whose source has moved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene, squeezed
from compatcheck.model.inspected import Inspection, Installed, within
from compatcheck.model.mending import Install, mend

RANK: Final = 4
TITLE: Final = "the source of an editable install is gone"
EXPLANATION: Final = (
    "An editable install holds no code: a `.pth` line or a finder leads to the source."
    " Where that is moved, renamed or deleted, the distribution is still listed and"
    " nothing of it can be imported."
)
REMEDY: Final = "Install it anew from where the source is now."
REFERENCE: Final = "https://peps.python.org/pep-0660/"
EXAMPLE: Final = "ModuleNotFoundError: No module named 'mypkg'"
_NEAR: Final = 200


def proves(scene: Scene) -> Finding | None:
    """What is wanted lay where an editable install leads, and nothing is there."""
    asked = scene.wanted
    if asked is None or any(it.kind != "namespace" for it in scene.places(asked.top)):
        return None
    for found, source in _dangling(scene.inspection):
        names = {it.name for it in scene.inspection.links if it.name and not it.there}
        named = asked.top in names or squeezed(asked.top) == squeezed(found.name)
        alone = not names and len(list(_dangling(scene.inspection))) == 1
        if named or alone:
            return _told(found, source, Path(scene.process.folder))
    return None


def checks(inspection: Inspection) -> Iterable[Finding]:
    """Each editable install that leads nowhere."""
    return [
        _told(it, source, Path(source).parent) for it, source in _dangling(inspection)
    ]


def _dangling(inspection: Inspection) -> Iterator[tuple[Installed, str]]:
    for it in inspection.distributions:
        source = unquote(urlsplit(it.editable).path) if it.editable else ""
        if not source:
            continue
        gone = [
            link.target
            for link in inspection.links
            if not link.there and within(link.target, source)
        ]
        if gone or not os.path.isdir(source):  # noqa: PTH112 - a stranger's text
            yield it, source


def _told(found: Installed, source: str, near: Path) -> Finding:
    moved = _moved(found, source, near)
    step = Install(requirements=(str(moved),), editable=True) if moved else None
    return Finding(
        title=f"the source of {found}, an editable install, is gone",
        culprit=blame(found),
        evidence=(
            f"{found} is installed in place from {source}",
            "what is to be imported from there is not there any more",
            *((f"a project of that name lies in {moved}",) if moved else ()),
        ),
        mends=(mend(step),) if step else (),
    )


def _moved(found: Installed, source: str, near: Path) -> Path | None:
    """A folder nearby whose project has the distribution's name."""
    for parent in dict.fromkeys((Path(source).parent, near)):
        try:
            folders = sorted(it for it in parent.iterdir() if it.is_dir())[:_NEAR]
        except OSError:
            continue
        for folder in folders:
            file = folder / "pyproject.toml"
            if file.is_file() and squeezed(found.name) in _names(file):
                return folder
    return None


def _names(file: Path) -> set[str]:
    import tomllib

    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        return {squeezed(str(told["project"]["name"]))}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
