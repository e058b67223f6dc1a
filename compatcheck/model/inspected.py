"""What an inspector saw of an interpreter and of what is installed for it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Literal

PlaceKind = Literal[
    "builtin", "package", "source", "extension", "bytecode", "namespace", "foreign"
]
"""`foreign`: an extension module whose tag is not this interpreter's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A distribution as its metadata on the disk tells of it."""

    name: str
    """Normalised."""
    version: str
    root: str
    """The folder that it is installed in."""
    summary: str
    requires: tuple[str, ...]
    """Its Requires-Dist lines, as written."""
    extras: tuple[str, ...]
    requires_python: str | None
    editable: str | None
    """The address of its source, where it is an editable install."""
    recorded: bool
    """Whether it has a RECORD at all."""
    whole: bool = True
    """Whether all of its RECORD was read: one may be longer than anybody reads."""
    missing: tuple[str, ...]
    """Files of its RECORD that are not there."""
    hollow: frozenset[str]
    """Those of them that were empty: what is gone with them is no name."""
    resized: tuple[str, ...]
    """Files of its RECORD that have another size."""
    altered: tuple[str, ...] = ()
    """Files of that size with other content, among those that were looked into: what
    was asked about, and what was written after the RECORD."""
    tops: tuple[str, ...]
    """Every folder or module that it owns below its root."""
    importable: tuple[str, ...]
    """Those of them that hold code."""

    def __str__(self) -> str:
        """`flask 3.1.0`."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A file that several distributions own."""

    path: str
    owners: tuple[Installed, ...]
    matches: tuple[bool | None, ...]
    """Of each owner: whether the file has the hash in its RECORD; None: no telling."""
    there: bool
    agree: bool
    """Whether all RECORDs promise the same content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a name would be imported from."""

    kind: PlaceKind
    root: str
    """The entry of the search path, or the package, that has it; empty if built in."""
    file: str
    """The file, of a namespace the folder; empty if built in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLink:
    """A `.pth` line, or an entry of an editable finder."""

    name: str | None
    target: str
    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Python:
    """The interpreter that was inspected."""

    version: str
    implementation: str
    executable: str
    prefix: str
    base_prefix: str
    suffixes: tuple[str, ...]
    """Of the extension modules that it loads."""
    stdlib: str
    """The folder of its standard library."""
    standard: frozenset[str]
    """The top-level names of its standard library."""
    markers: Mapping[str, str]

    @property
    def minor(self) -> str:
        """`3.11`."""
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True, kw_only=True, eq=False)
class Inspection:
    """What is installed for an interpreter, as one process of the user's sees it."""

    python: Python
    path: tuple[str, ...]
    """The search path of the user's own process, absolute."""
    beside: str | None
    """The entry that is there for the script or the working directory, if any."""
    distributions: tuple[Installed, ...]
    """In the order of the search path."""
    shared: tuple[Shared, ...]
    names: Mapping[str, tuple[Place, ...]]
    """Of each name that was asked about: all places that have it, the first wins."""
    owners: Mapping[str, tuple[Installed, ...]]
    """Of each file that was asked about."""
    links: tuple[SourceLink, ...]
    unowned: tuple[tuple[str, str], ...]
    """Folders in a root of distributions that no distribution owns: root and name."""
    extra: tuple[str, ...] = ()
    """Code that no RECORD lists, in the folders of the names that were asked about."""

    @cached_property
    def by_name(self) -> Mapping[str, Installed]:
        """Each distribution by its name: the copy that comes first on the path."""
        return {it.name: it for it in reversed(self.distributions)}

    def owning(self, top: str) -> Iterator[Installed]:
        """The distributions that own a top-level name."""
        return (it for it in self.distributions if top in it.tops)

    def owner(self, file: str) -> Installed | None:
        """Whose a file is."""
        return next(iter(self.owners.get(file, ())), None)

    def is_standard(self, file: str) -> bool:
        """Whether a file is the standard library's, or the interpreter's own."""
        if file.startswith("<frozen"):
            return True
        library = self.python.stdlib
        parts = PurePath(file).parts
        installed = {"site-packages", "dist-packages"}.intersection(parts)
        return within(file, library) and not installed

    def is_installed(self, file: str) -> bool:
        """Whether a file lies where distributions are installed."""
        return any(within(file, root) for root in self.roots) and not (
            self.beside is not None and within(file, self.beside) and not self._venv_in
        )

    @cached_property
    def _venv_in(self) -> bool:
        """Whether the environment lies below the working directory, as `.venv` does."""
        return self.beside is not None and within(self.python.prefix, self.beside)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The entries of the search path in which distributions are installed."""
        return tuple(dict.fromkeys(it.root for it in self.distributions))


def within(file: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it, links followed on both sides."""
    return any(
        one == two or one.startswith(two.rstrip(os.sep) + os.sep)
        for one in _spellings(file)
        for two in _spellings(folder)
    )


def _spellings(path: str) -> Iterable[str]:
    return dict.fromkeys((path, os.path.realpath(path)))
