"""Other environments that the user may have meant, read without running them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Final

import importlib_metadata

from compatcheck.diagnosis.scene import Scene
from compatcheck.model.inspected import within

_MOST_FOLDERS: Final = 200
_VARIABLES: Final = ("VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT")


def having(scene: Scene, top: str) -> Iterator[tuple[Path, str]]:
    """Environments of the user's that have a top-level name, and whose it is there.

    Only what the user may well have meant is looked at: what variables and PATH name,
    and what lies in the working directory or around it.
    """
    own = scene.inspection.python.prefix
    seen = set[Path]()
    for root in _roots(scene):
        if root in seen or (within(str(root), own) and within(own, str(root))):
            continue
        seen.add(root)
        python = root / "bin" / "python"
        owner = _owner(root, top) if python.exists() else None
        if owner is not None:
            yield python, owner


def _roots(scene: Scene) -> Iterator[Path]:
    environ, folder = scene.process.environ, scene.process.folder
    for name in _VARIABLES:
        if environ.get(name):
            yield folder / environ[name]
    for parent in (folder, *folder.parents[:1]):
        yield from _environments_in(parent)
    for command in ("python", "python3", "pip"):
        found = which(command, path=environ.get("PATH", os.defpath))
        root = Path(found).parent.parent if found else None
        # What the machine's own Python has is no sign of what anybody meant.
        if root is not None and (root / "pyvenv.cfg").is_file():
            yield root


def _environments_in(parent: Path) -> Iterator[Path]:
    try:
        entries = sorted(parent.iterdir())[:_MOST_FOLDERS]
    except OSError:
        return
    yield from (it for it in entries if (it / "pyvenv.cfg").is_file())


def _owner(root: Path, top: str) -> str | None:
    """The distribution that has a top-level name in an environment."""
    for site in sorted(root.glob("lib/python*/site-packages")):
        if not any((site / name).exists() for name in (top, f"{top}.py")):
            continue
        for found in importlib_metadata.distributions(path=[str(site)]):
            files = found.files or ()
            if any(file.parts[:1] in ((top,), (f"{top}.py",)) for file in files):
                return f"{found.name} {found.version}"
    return None
