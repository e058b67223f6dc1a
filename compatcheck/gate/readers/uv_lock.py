"""uv's own lock: read as the TOML that it is, and walked from the project's roots.

`uv export` would need the whole workspace around the file, and of a commit that means
writing a stranger's files out and running a program on them. The format is described
at https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile; version 1 is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeAlias

from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name

from compatcheck.gate.locks import (
    Entry,
    Lock,
    Place,
    Tree,
    Wanted,
    applies,
    by_name,
    distribution,
    quoted,
    version,
)
from compatcheck.gate.readers._toml import lines_of, load, table, tables

KIND: Final = "uv.lock"
RANK: Final = 10
USUAL: Final = ("uv.lock",)
_VERSION: Final = 1
_USUAL_GROUPS: Final = frozenset({"dev"})
"""What `uv sync` installs unasked."""
_OWN: Final = ("editable", "virtual", "directory", "path")

_Key: TypeAlias = tuple[str, str]
"""Name and version."""


def claims(name: str) -> bool:
    """Whether a file of that name is one."""
    return name.endswith("uv.lock")


def read(tree: Tree, path: str, wanted: Wanted) -> Lock:
    """The lock in that file. Raises `UsageError`."""
    place = Place(path, label=tree.label)
    data, text = load(tree, path)
    if data.get("version") != _VERSION:
        found = quoted(repr(data.get("version")))
        raise place.wrong(f"its version is {found}, and {_VERSION} is what is read")
    packages = [
        _package(it, Place(path, line, label=tree.label))
        for it, line in zip(
            tables(data.get("package"), place, "package"),
            lines_of(text, "[[package]]"),
            strict=False,
        )
    ]
    roots = _roots(packages, data, place)
    whole = _Whole(
        packages={it.key: it for it in packages},
        roots=roots,
        wanted=wanted,
        place=place,
    )
    manifest = table(data.get("manifest"), place, "manifest")
    return Lock(
        path=path,
        kind=KIND,
        choose=partial(_choose, whole),
        everything=tuple(
            it.entry for it in sorted(packages, key=lambda it: it.key) if not it.own
        ),
        overrides=tuple(_overrides(manifest, place)),
        direct=frozenset(edge.name for root in roots for edge in whole.edges(root)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """That something requires a distribution, and when."""

    name: str
    version: str | None
    extras: tuple[str, ...]
    marker: Marker | None

    def applies(self, markers: Mapping[str, str]) -> bool:
        """Whether it does in an environment; what cannot be decided does."""
        return applies(self.marker, markers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """One `[[package]]`."""

    entry: Entry
    own: bool
    """Whether it is the project's own, or a member of its workspace."""
    dependencies: tuple[_Edge, ...]
    extras: Mapping[str, tuple[_Edge, ...]]
    groups: Mapping[str, tuple[_Edge, ...]]
    where: str = ""

    @property
    def key(self) -> _Key:
        """What it is told apart by."""
        return self.entry.distribution, str(self.entry.version or "")


@dataclass(frozen=True, kw_only=True)
class _Whole:
    packages: Mapping[_Key, _Package]
    roots: tuple[_Package, ...]
    wanted: Wanted
    place: Place
    versions: dict[str, list[_Package]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for package in self.packages.values():
            self.versions.setdefault(package.entry.distribution, []).append(package)

    def edges(self, root: _Package) -> Iterator[_Edge]:
        """What a root requires, with the groups and extras that are meant."""
        yield from root.dependencies
        groups = self.wanted.groups
        for name, edges in root.groups.items():
            if name in (_USUAL_GROUPS if groups is None else groups):
                yield from edges
        for name, edges in root.extras.items():
            if name in self.wanted.extras:
                yield from edges

    def target(self, edge: _Edge) -> _Package:
        """What an edge leads to. Raises `UsageError` where nothing is there."""
        there = self.versions.get(edge.name, [])
        if edge.version is not None:
            there = [it for it in there if str(it.entry.version) == edge.version]
        if not there:
            raise self.place.wrong(f"{edge.name} is required and not locked")
        return there[0]


def _choose(whole: _Whole, markers: Mapping[str, str]) -> tuple[Entry, ...]:
    """What is installed where these markers hold."""
    seen: set[tuple[_Key, str]] = set()
    todo = [edge for root in whole.roots for edge in whole.edges(root)]
    found: dict[_Key, Entry] = {}
    while todo:
        edge = todo.pop()
        if not edge.applies(markers):
            continue
        package = whole.target(edge)
        for part in ("", *edge.extras):
            if (package.key, part) in seen:
                continue
            seen.add((package.key, part))
            todo += package.extras.get(part, ()) if part else package.dependencies
        if not package.own:
            found[package.key] = package.entry
    return by_name(list(found.values()), whole.place)


def _package(data: Mapping[str, Any], place: Place) -> _Package:
    name = distribution(data.get("name"), place)
    source = table(data.get("source"), place, "source")
    own = any(kind in source for kind in _OWN) and not _is_file(source)
    if not own and "registry" not in source:
        raise place.wrong(
            f"{name} comes from an address ({quoted(', '.join(source) or 'none')}),"
            " and the gate follows none",
            "take it from an index, or leave it out of what is gated",
        )
    edges = partial(_edges, place=place)
    dependencies = edges(data.get("dependencies"))
    return _Package(
        own=own,
        dependencies=dependencies,
        extras=_named(data.get("optional-dependencies"), edges, place),
        groups=_named(data.get("dev-dependencies"), edges, place),
        where=str(next((source[it] for it in _OWN if it in source), "")),
        entry=Entry(
            distribution=name,
            version=version(data["version"], place) if "version" in data else None,
            hashes=frozenset(_hashes(data, place)),
            file=place.file,
            line=place.line or 1,
            needs=frozenset(edge.name for edge in dependencies),
        ),
    )


def _is_file(source: Mapping[str, Any]) -> bool:
    """Whether a path leads to a wheel or an archive, which is nobody's own source."""
    path = str(source.get("path", ""))
    return path.endswith((".whl", ".gz", ".zip", ".bz2", ".xz"))


def _hashes(data: Mapping[str, Any], place: Place) -> Iterator[str]:
    files = [*tables(data.get("wheels"), place, "wheels")]
    if "sdist" in data:
        files.append(table(data["sdist"], place, "sdist"))
    yield from (str(file["hash"]) for file in files if "hash" in file)


def _named(
    value: object, edges: Callable[[object], tuple[_Edge, ...]], place: Place
) -> Mapping[str, tuple[_Edge, ...]]:
    found = table(value, place, "a table of dependencies")
    return {canonicalize_name(name): edges(it) for name, it in found.items()}


def _edges(value: object, *, place: Place) -> tuple[_Edge, ...]:
    return tuple(
        _Edge(
            name=distribution(it.get("name"), place),
            version=str(version(it["version"], place)) if "version" in it else None,
            extras=tuple(map(str, _list(it.get("extra"), place))),
            marker=_marker(it.get("marker"), place),
        )
        for it in tables(value, place, "dependencies")
    )


def _list(value: object, place: Place) -> Iterable[object]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise place.wrong("extra is no list")
    return value


def _marker(text: object, place: Place) -> Marker | None:
    if text is None:
        return None
    try:
        return Marker(str(text))
    except (InvalidMarker, RecursionError):
        raise place.wrong(f"{quoted(repr(text))} is no marker") from None


def _roots(
    packages: Iterable[_Package], data: Mapping[str, Any], place: Place
) -> tuple[_Package, ...]:
    """The project in whose folder the lock lies; else every member of the workspace."""
    own = [it for it in packages if it.own]
    here = [it for it in own if it.where == "."]
    if not own:
        raise place.wrong("it locks no project", "run `uv lock` in the project")
    members = table(data.get("manifest"), place, "manifest").get("members")
    names = set(map(str, members)) if isinstance(members, list) else set()
    named = [it for it in own if it.entry.distribution in names]
    return tuple(here or named or own)


def _overrides(manifest: Mapping[str, Any], place: Place) -> Iterator[str]:
    for it in tables(manifest.get("overrides"), place, "overrides"):
        name = distribution(it.get("name"), place)
        if isinstance(it.get("specifier"), str):
            marker = f" ; {it['marker']}" if it.get("marker") else ""
            yield f"{name}{it['specifier']}{marker}"
