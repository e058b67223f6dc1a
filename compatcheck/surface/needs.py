"""What a distribution, or a folder of source, imports from others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from compatcheck.model import ImportNeed
from compatcheck.ports import Archive
from compatcheck.surface.folder import FolderArchive
from compatcheck.surface.imports import find_imports
from compatcheck.surface.namespaces import read_archive
from compatcheck.surface.parsing import UNREADABLE
from compatcheck.surface.roots import ModuleFile, Tree, owned_by

TEST_FOLDERS = frozenset({"test", "tests"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What is imported from others, and what could not be read."""

    needs: tuple[ImportNeed, ...]
    """One for each module and name, at the first place that needs it; sorted."""
    skipped: tuple[str, ...]
    """Modules whose source this Python cannot parse, sorted."""


def read_needs(archive: Archive) -> Needs:
    """List what a wheel's source imports from modules that are not its own.

    Nothing is executed. A name that is needed both ways is required. What stands in
    a function is optional, because importing the consumer does not do it; modules
    that no importer needs (tests, `conftest`, `__main__`) are left out, and so is
    what was compiled. Raises `IndexFault` where a file cannot be read.
    """
    tree = read_archive(archive)
    return _read(archive, tree, tree.meant)


def read_source_needs(folder: Path) -> Needs:
    """List what the user's own source imports, read like that of a wheel.

    Every module counts here, a folder of scripts beside a package too.
    Raises `IndexFault` where the folder or a file cannot be read.
    """
    archive = FolderArchive(folder)
    tree = read_archive(archive)
    return _read(archive, tree, tree.own)


def _read(archive: Archive, tree: Tree, roots: Iterable[str]) -> Needs:
    needs: list[ImportNeed] = []
    skipped: list[str] = []
    for file in _sources(tree, roots):
        source = archive.read(file.path)
        try:
            needs.extend(find_imports(source, file.module))
        except UNREADABLE:
            skipped.append(file.module)
    foreign = (need for need in needs if not tree.owns(need.module, need.name))
    return Needs(needs=tuple(_merged(foreign)), skipped=tuple(sorted(skipped)))


def _sources(tree: Tree, roots: Iterable[str]) -> Iterator[ModuleFile]:
    """Give the source files that importing the consumer may run."""
    roots = tuple(roots)
    for file in tree.files:
        tests = not TEST_FOLDERS.isdisjoint(file.folder)
        named = all(part.isidentifier() for part in file.parts)
        if not file.path.endswith(".py") or tests or not named:
            continue
        if file.stem not in {"conftest", "__main__"} and owned_by(file.module, roots):
            yield file


def _merged(needs: Iterable[ImportNeed]) -> Iterator[ImportNeed]:
    """Keep one need of each module and name: a required one before an optional."""
    kept: dict[tuple[str, str], ImportNeed] = {}
    for need in sorted(needs, key=_weight):
        kept.setdefault((need.module, need.name or ""), need)
    for key in sorted(kept):
        yield kept[key]


def _weight(need: ImportNeed) -> tuple[bool, str, int]:
    return need.optional, need.importer, need.line
