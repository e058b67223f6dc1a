"""The surface of a wheel, read as far as somebody asks."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, MutableMapping
from functools import cached_property
from typing import Final, TypeAlias

from compatcheck.model import Symbol
from compatcheck.ports import Archive
from compatcheck.surface.doubts import changes_modules, may_write
from compatcheck.surface.finding import find_module, find_name
from compatcheck.surface.names import ModuleNames, Surface, Told
from compatcheck.surface.roots import ModuleFile, read_tree

_RANKS: Final = {"so": 0, "pyd": 0, "py": 1, "pyc": 2}
"""Which of several files an import takes (`importlib.machinery.FileFinder`)."""

Parsed: TypeAlias = MutableMapping[tuple[str, bytes], ModuleNames | None]
"""What was read of a file, by its path and its digest: releases share most of them."""


def surface_of(
    archive: Archive,
    asked: Iterable[Symbol | str],
    *,
    depends: bool,
    known: Surface | None = None,
    parsed: Parsed | None = None,
) -> Surface:
    """Read what is needed to tell whether these modules and names are in a wheel.

    Nothing is executed. Only modules that a question leads to are parsed; what is
    `known` of the wheel is kept, and what other wheels had the same is in `parsed`.
    `depends` says whether it requires others. Raises `IndexFault` where a file cannot
    be read.
    """
    look = _Look(archive, depends=depends, known=known, parsed=parsed)
    for each in asked:
        _ask(look, each)
    return look.surface()


def is_known(surface: Surface, asked: Iterable[Symbol | str]) -> bool:
    """Whether a surface was read far enough for all these questions."""
    looks = Looked(surface)
    for each in asked:
        _ask(looks, each)
    return not looks.lacks


class Answers:
    """What a surface tells, each answer worked out once."""

    def __init__(self, surface: Surface) -> None:
        """Answer from that surface."""
        self._surface = surface
        self._told: dict[Symbol | str, Told] = {}

    def __call__(self, asked: Symbol | str) -> Told:
        """Whether the wheel has that module, or that name of a module."""
        if asked not in self._told:
            looks = Looked(self._surface)
            told = _ask(looks, asked)
            if looks.lacks:
                told = Told(there=None, why="its wheel was not read so far")
            self._told[asked] = told
        return self._told[asked]


def _ask(looks: Looked | _Look, asked: Symbol | str) -> Told:
    if isinstance(asked, str):
        return find_module(looks, asked)
    return find_name(looks, asked.module, asked.name)


class Looked:
    """Looks at what a surface holds, and notes what it does not."""

    def __init__(self, surface: Surface) -> None:
        """Look at a surface."""
        self._surface = surface
        self.lacks = False

    @property
    def modules(self) -> Mapping[str, str]:
        """See `Looks`."""
        return self._surface.modules

    @cached_property
    def folders(self) -> Collection[str]:
        """See `Looks`."""
        return folders_of(self._surface.modules)

    @property
    def grafts(self) -> bool:
        """See `Looks`."""
        return self._surface.grafts

    @property
    def depends(self) -> bool:
        """See `Looks`."""
        return self._surface.depends

    def names(self, module: str) -> ModuleNames | None:
        """See `Looks`."""
        if module not in self._surface.read:
            self.lacks = True
            return None
        return self._surface.read[module]

    def is_written(self, name: str) -> bool:
        """See `Looks`."""
        if name not in self._surface.written:
            self.lacks = True
            return True
        return self._surface.written[name]


class _Look:
    """Looks into an open wheel."""

    def __init__(
        self,
        archive: Archive,
        *,
        depends: bool,
        known: Surface | None,
        parsed: Parsed | None,
    ) -> None:
        self._archive = archive
        self._parsed = {} if parsed is None else parsed
        self.depends = depends
        self._read = dict(known.read) if known else {}
        self._written = dict(known.written) if known else {}
        self.modules = known.modules if known else modules_of(archive)
        self.folders = folders_of(self.modules)

    @cached_property
    def grafts(self) -> bool:
        hooks = (it.endswith(".pth") and "/" not in it for it in self._archive.names())
        return any(hooks) or any(map(changes_modules, self._sources.values()))

    @cached_property
    def _sources(self) -> Mapping[str, bytes]:
        return {
            path: self._archive.read(path)
            for path in self._archive.names()
            if path.endswith(".py")
        }

    def names(self, module: str) -> ModuleNames | None:
        if module not in self._read:
            self._read[module] = self._names(module)
        return self._read[module]

    def _names(self, module: str) -> ModuleNames | None:
        path = self.modules[module]
        if not path.endswith(".py"):
            return None
        package = path.rpartition("/")[2] == "__init__.py"
        # griffe takes long to import, and most runs read nothing anew.
        from compatcheck.surface.naming import read_names

        source = self._archive.read(path)
        key = (path, hashlib.sha256(source).digest())
        if key not in self._parsed:
            self._parsed[key] = read_names(source, module, package=package)
        return self._parsed[key]

    def is_written(self, name: str) -> bool:
        if name not in self._written:
            found = any(may_write(text, name) for text in self._sources.values())
            self._written[name] = found
        return self._written[name]

    def surface(self) -> Surface:
        return Surface(
            modules=self.modules,
            read=dict(sorted(self._read.items())),
            grafts=self.grafts,
            written=dict(sorted(self._written.items())),
            depends=self.depends,
        )


def modules_of(archive: Archive) -> dict[str, str]:
    """Tell which file each module of a wheel is loaded from."""
    found: dict[str, tuple[bool, int, str]] = {}
    for file in read_tree(archive.names()).files:
        if file.module:
            rank = _rank(file)
            found[file.module] = min(rank, found.get(file.module, rank))
    return {module: path for module, (*_, path) in sorted(found.items())}


def _rank(file: ModuleFile) -> tuple[bool, int, str]:
    suffix = file.path.rpartition(".")[2]
    return file.stem != "__init__", _RANKS[suffix], file.path


def folders_of(modules: Iterable[str]) -> frozenset[str]:
    """Every package or folder that holds some of these modules."""
    found = set[str]()
    for module in modules:
        parent = module.rpartition(".")[0]
        while parent and parent not in found:
            found.add(parent)
            parent = parent.rpartition(".")[0]
    return frozenset(found)
