"""Whether a release has a module or a name, told from as little of its wheel as serves.

A screen must be certain; a history need not be: what it suggests is tried afterwards.
So nothing is read but the modules that a question leads to.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Protocol, TypeVar

from compatcheck.model import ReleaseFile
from compatcheck.ports import Archive, Archives
from compatcheck.surface.contents import read_contents
from compatcheck.surface.finding import find_module, find_name
from compatcheck.surface.names import ModuleNames, Told
from compatcheck.surface.surfaces import Parsed, folders_of, modules_of

MENTIONED = "its source only mentions it"


T = TypeVar("T")


class Keeps(Protocol):
    """Where answers outlive this process."""

    def get(self, kind: str, key: str, shape: type[T]) -> T | None:
        """The value kept under that key, if there is one of that shape."""

    def put(self, kind: str, key: str, value: object) -> None:
        """Keep a value."""


class Presence:
    """Reads wheels, each question to each wheel once, and keeps the answers."""

    def __init__(self, archives: Archives, store: Keeps | None) -> None:
        """Read wheels from `archives`; keep in `store` what is certain to stay."""
        self._archives = archives
        self._store = store
        self._parsed: Parsed = {}
        self._guard = threading.Lock()

    def told(self, wheel: ReleaseFile, module: str, name: str | None) -> Told:
        """Whether the wheel has a module, or a name in it. Raises `IndexFault`.

        `there` is None where that is decided as it runs; `why` then says whether its
        source mentions it at all.
        """
        key = _key(wheel, module, name)
        kept = self._store.get("presence", key, Told) if self._store and key else None
        if kept is not None:
            return kept
        with self._archives.open(wheel, whole=False) as archive:
            told = look(archive, module, name, self._parsed)
        if self._store and key:
            self._store.put("presence", key, told)
        return told

    def elsewhere(self, wheel: ReleaseFile, name: str) -> tuple[str, ...]:
        """The modules of a wheel that define a name. Raises `IndexFault`."""
        plain = re.escape(name).encode()
        defining = re.compile(
            rb"^(?:class|def|async def) %b\b|^%b\s*[:=]" % (plain, plain), re.MULTILINE
        )
        with self._archives.open(wheel, whole=True) as archive:
            return tuple(
                module
                for module, path in modules_of(archive).items()
                if path.endswith(".py") and defining.search(archive.read(path))
            )

    def source(self, wheel: ReleaseFile, module: str) -> tuple[str, bytes] | None:
        """Path and source of a module; None if there is none. Raises `IndexFault`."""
        with self._archives.open(wheel, whole=False) as archive:
            path = modules_of(archive).get(module, "")
            return (path, archive.read(path)) if path.endswith(".py") else None

    def requires(self, wheel: ReleaseFile) -> tuple[str, ...]:
        """The Requires-Dist lines of a wheel. Raises `IndexFault`."""
        with self._archives.open(wheel, whole=False) as archive:
            return read_contents(archive).requires_dist

    def roots(self, wheel: ReleaseFile) -> frozenset[str]:
        """The import names of a wheel. Raises `IndexFault`."""
        with self._archives.open(wheel, whole=False) as archive:
            return frozenset(read_contents(archive).roots)


def _key(wheel: ReleaseFile, module: str, name: str | None) -> str | None:
    return f"{wheel.sha256} {module}:{name or ''}" if wheel.sha256 else None


def look(
    archive: Archive, module: str, name: str | None, parsed: Parsed | None = None
) -> Told:
    """Whether one open wheel has a module, or a name in it. Raises `IndexFault`."""
    looks = _Light(archive, {} if parsed is None else parsed)
    if name is None:
        return find_module(looks, module)
    told = find_name(looks, module, name)
    if told.there is None and looks.mentions(module, name):
        return Told(there=None, why=MENTIONED)
    return told


class _Light:
    """Looks at the modules that a question leads to, and at nothing else."""

    grafts = False
    depends = False

    def __init__(self, archive: Archive, parsed: Parsed) -> None:
        self._archive = archive
        self._parsed = parsed
        self.modules: Mapping[str, str] = modules_of(archive)

    @cached_property
    def folders(self) -> Collection[str]:
        return folders_of(self.modules)

    def names(self, module: str) -> ModuleNames | None:
        path = self.modules[module]
        if not path.endswith(".py"):
            return None
        from compatcheck.surface.naming import read_names

        source = self._archive.read(path)
        key = (path, hashlib.sha256(source).digest())
        if key not in self._parsed:
            package = path.rpartition("/")[2] == "__init__.py"
            self._parsed[key] = read_names(source, module, package=package)
        return self._parsed[key]

    def is_written(self, name: str) -> bool:  # noqa: ARG002 - as `Looks` has it
        return False

    def mentions(self, module: str, name: str) -> bool:
        path = self.modules.get(module)
        if path is None or not path.endswith(".py"):
            return False
        text = self._archive.read(path).decode("utf-8", "replace")
        return re.search(rf"\b{re.escape(name)}\b", text) is not None
