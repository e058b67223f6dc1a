"""Finds compat_shims here and lays copies of it out for cells.

What a cell is given must not change while it is asked, and must not bring along what
lies beside it here: so the package alone is copied, and the user's adaptations.
"""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import compatcheck
from compatcheck.environments.shims import Shims
from compatcheck.errors import EnvironmentFault, Problem, UsageError

_PACKAGE: Final = "compat_shims"
_DISTRIBUTION: Final = "compatcheck-shims"
_WORKSPACE: Final = "shims"
"""The folder of its source in a clone of compatcheck."""
_UNWANTED: Final = shutil.ignore_patterns("__pycache__")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The shim as it is here."""

    package: Path
    """The folder of the import package."""
    version: str
    requires: tuple[str, ...]
    requires_python: str


def find_shims() -> Found:
    """The shim that is installed beside compatcheck, else that of its clone.

    Raises `UsageError` where there is neither.
    """
    for package in _packages():
        if (package / "__init__.py").is_file():
            known = _described(package)
            if known is not None:
                return known
    raise UsageError(
        Problem(
            place="--with-shims",
            message=f"{_DISTRIBUTION} is not installed beside compatcheck",
            mend="install it there (in a clone: pip install ./shims)",
        )
    )


def _packages() -> list[Path]:
    spec = find_spec(_PACKAGE)
    clone = Path(compatcheck.__file__).parents[1] / _WORKSPACE / "src" / _PACKAGE
    installed = spec.submodule_search_locations if spec else None
    return [*map(Path, installed or ()), clone]


def _described(package: Path) -> Found | None:
    """What its project says of it, or what the installed distribution does."""
    try:
        written = (package.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
        project: Mapping[str, Any] = tomllib.loads(written)["project"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        project = {}
    if project.get("name") == _DISTRIBUTION:
        return Found(
            package=package,
            version=str(project["version"]),
            requires=tuple(project["dependencies"]),
            requires_python=str(project["requires-python"]),
        )
    try:
        told = metadata(_DISTRIBUTION)
    except PackageNotFoundError:
        return None
    return Found(
        package=package,
        version=told["Version"],
        requires=tuple(told.get_all("Requires-Dist") or ()),
        requires_python=told["Requires-Python"] or "",
    )


def lay_out(found: Found, adaptations: Sequence[Path], folder: Path) -> Shims:
    """Copy it and the user's adaptations below `folder`, which is empty or not there.

    Raises `EnvironmentFault` where they cannot be read or written.
    """
    own = [folder / f"adaptations-{place}" for place in range(len(adaptations))]
    shipped = folder / "shims"
    try:
        shutil.copytree(found.package, shipped / _PACKAGE, ignore=_UNWANTED)
        for source, copy in zip(adaptations, own, strict=True):
            shutil.copytree(source, copy, ignore=_UNWANTED)
        digest = _digest(folder)
    except (OSError, shutil.Error) as error:
        raise EnvironmentFault(f"the shim cannot be laid out: {error}") from error
    return Shims(
        folder=shipped,
        adaptations=tuple(own),
        requires=found.requires,
        digest=digest,
    )


def _digest(folder: Path) -> str:
    """Of each file's relative path and bytes, data too, in order."""
    told = hashlib.sha256()
    for path in sorted(it for it in folder.rglob("*") if it.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        told.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return told.hexdigest()
