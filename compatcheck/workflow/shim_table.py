"""What the `__init__` of a package did in each release, as the shim reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from compatcheck.errors import CouldNotTell, IndexFault, Problem, UsageError
from compatcheck.index.archives import RemoteArchives
from compatcheck.index.client import Simple
from compatcheck.index.settings import read_index_settings
from compatcheck.model import Release
from compatcheck.ports import Archive
from compatcheck.surface.exports import Exports, read_exports
from compatcheck.surface.parsing import UNREADABLE
from compatcheck.workflow.session import Session

_PARTS = ("rows", "lost", "constants", "exported", "lazy")


def read_table(distribution: str, package: str, session: Session) -> str:
    """Read every release's wheel and tell, as JSON, what is needed without the file.

    Raises `UsageError` where no release has that file, `CouldNotTell` where a wheel or
    the index cannot be read: a table with a gap would repair with another release's.
    """
    name = canonicalize_name(distribution)
    where = read_index_settings(session.environ, session.folder)
    with Simple(where) as index, RemoteArchives(where) as archives:
        project = index.project(name)
        read: dict[Version, Exports] = {}
        for release in project.releases if project else ():
            found = _exports(release, package, archives)
            if found is not None:
                read[release.version] = found
    if not read:
        raise UsageError(
            Problem(
                place=f"{distribution} {package}",
                message="no release has an __init__.py of that package in a wheel",
                mend="name the distribution and the package that it installs",
            )
        )
    return as_table(name, package, read)


def _exports(
    release: Release, package: str, archives: RemoteArchives
) -> Exports | None:
    path = package.replace(".", "/") + "/__init__.py"
    for wheel in release.wheels[:1]:
        with archives.open(wheel, whole=False) as archive:
            source = _source(archive, path)
        if source is not None:
            try:
                return read_exports(source, package)
            except UNREADABLE as error:
                raise IndexFault(f"{wheel.filename}: {path}: {error}") from error
    return None


def _source(archive: Archive, path: str) -> bytes | None:
    return archive.read(path) if path in archive.names() else None


def as_table(distribution: str, package: str, read: Mapping[Version, Exports]) -> str:
    """Tell each release by what differs from the one before it.

    Raises `CouldNotTell` where a file does more than bind names: what it does then is
    not known, and the shim would leave it out.
    """
    acting = [str(version) for version, it in sorted(read.items()) if it.effects]
    if acting:
        raise CouldNotTell(
            f"{package}/__init__.py does more than bind names in {', '.join(acting)}"
        )
    before: Mapping[str, Sequence[Any]] = dict.fromkeys(_PARTS, ())
    releases: dict[str, Any] = {}
    for version, exports in sorted(read.items()):
        told = _listed(exports)
        releases[str(version)] = {
            part: edits
            for part in _PARTS
            if (edits := list(_edits(before[part], told[part])))
        }
        before = told
    head = {"distribution": distribution, "package": package}
    lines = ",\n".join(
        f"{json.dumps(version)}: {json.dumps(changes, ensure_ascii=True)}"
        for version, changes in releases.items()
    )
    opening = json.dumps(head)[:-1]
    return f'{opening},\n"releases": {{\n{lines}\n}}}}\n'


def _listed(exports: Exports) -> dict[str, list[Any]]:
    constants = dict(exports.constants)
    named = constants.pop("__all__", [])
    exported = named if isinstance(named, list) else []
    known = {it.bind for it in exports.rows} | {*constants, *exports.lost}
    return {
        "rows": [
            [it.source, it.name, it.bind] + [True] * it.optional for it in exports.rows
        ],
        "lost": list(exports.lost),
        "constants": [[name, value] for name, value in sorted(constants.items())],
        "exported": exported,
        # Offered and never bound: the file gives it when it is asked for.
        "lazy": [name for name in exported if name not in known],
    }


def _edits(old: Sequence[Any], new: Sequence[Any]) -> Iterator[list[Any]]:
    """What turns one list into the other, from the end, so that places stay true."""
    before, after = ([json.dumps(it) for it in each] for each in (old, new))
    matched = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, first, last in reversed(matched.get_opcodes()):
        if tag != "equal":
            yield [start, end, list(new[first:last])]
