"""Whose a module is, and of which release: metadata and RECORD, never a name alone."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from urllib.parse import unquote, urlsplit

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from compat_shims.adaptation import Guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """The guard holds: this release owns the place."""

    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOwned:
    """The guard does not hold, and why."""

    reason: str


def owner_of_file(guard: Guard, origin: str | None) -> Owned | NotOwned:
    """Whether a file is the guarded distribution's, in a release that it admits.

    That the distribution is installed is not enough: another one, or a folder of the
    user's, may own the import name.
    """
    if origin is None or origin in {"built-in", "frozen"}:
        return NotOwned(reason=f"it lies in no file (it is {origin or 'a namespace'})")
    installed = list(distributions(name=guard.distribution))
    for it in installed:
        if _lists(it, origin) or _is_edited_in(it, origin):
            return _admitted(guard, it)
    return NotOwned(
        reason=f"it is not {guard.distribution}'s: {origin} is in no list of its files"
        if installed
        else f"{guard.distribution} is not installed"
    )


def owner_of_lost(guard: Guard, lost: str, folders: list[str]) -> Owned | NotOwned:
    """Whether the distribution lists a file that is not on disk.

    `lost` is its path from the root (`a/__init__.py`), `folders` are those that the
    import system found in its place.
    """
    installed = list(distributions(name=guard.distribution))
    for it in installed:
        if lost in _listed(it):
            path = str(it.locate_file(lost))
            if os.path.exists(path):
                return NotOwned(reason=f"{path} is there, and was not what was found")
            if _same(os.path.dirname(path), folders):
                return _admitted(guard, it)
    return NotOwned(
        reason=f"{guard.distribution} does not list {lost} where this folder is"
        if installed
        else f"{guard.distribution} is not installed"
    )


def _admitted(guard: Guard, it: Distribution) -> Owned | NotOwned:
    try:
        version = Version(it.version)
    except (InvalidVersion, TypeError):
        return NotOwned(reason=f"{guard.distribution} tells no version")
    if not SpecifierSet(guard.versions).contains(version, prereleases=True):
        reason = f"{guard.distribution} {version} is not in {guard.versions!r}"
        return NotOwned(reason=reason)
    alone = _alone(guard.beside) if guard.beside else None
    return Owned(version=str(version)) if alone is None else NotOwned(reason=alone)


def _alone(beside: str) -> str | None:
    """Why the requirement that makes an adaptation necessary is not met, if it is not.

    The first of a name on the path is the one that is imported.
    """
    wanted = Requirement(beside)
    for it in distributions(name=wanted.name):
        if wanted.specifier.contains(it.version, prereleases=True):
            return None
        return f"{wanted.name} {it.version} is there and does not need it ({beside})"
    return f"{wanted.name} is not installed, for whose sake it is ({beside})"


def _listed(it: Distribution) -> set[str]:
    # `files` leaves out what is not on disk, from Python 3.12 on.
    return {
        row[0] for row in csv.reader((it.read_text("RECORD") or "").splitlines()) if row
    }


def _lists(it: Distribution, origin: str) -> bool:
    root = str(it.locate_file(""))
    for base, path in (
        (root, origin),
        (os.path.realpath(root), os.path.realpath(origin)),
    ):
        inside = os.path.relpath(path, base).replace(os.sep, "/")
        if not inside.startswith("../") and inside in _listed(it):
            return True
    return False


def _is_edited_in(it: Distribution, origin: str) -> bool:
    """Whether it is an editable installation of a project that holds the file."""
    said = it.read_text("direct_url.json")
    if not said:
        return False
    told = json.loads(said)
    if not told.get("dir_info", {}).get("editable"):
        return False
    folder = unquote(urlsplit(told["url"]).path)
    return os.path.realpath(origin).startswith(os.path.realpath(folder) + os.sep)


def _same(folder: str, folders: list[str]) -> bool:
    return os.path.realpath(folder) in map(os.path.realpath, folders)
