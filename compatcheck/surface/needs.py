"""What a distribution, or a folder of source, imports from others and does with it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compatcheck.model import ImportNeed, Use, UseNeed
from compatcheck.ports import Archive
from compatcheck.surface.folder import FolderArchive
from compatcheck.surface.imports import find_imports
from compatcheck.surface.namespaces import read_archive
from compatcheck.surface.parsing import UNREADABLE, parse_source
from compatcheck.surface.roots import ModuleFile, Tree, owned_by
from compatcheck.surface.uses import Uses, find_uses
from compatcheck.surface.uses_heirs import added
from compatcheck.surface.uses_reached import as_module, doubtful
from compatcheck.surface.uses_silenced import silenced_lines

TEST_FOLDERS = frozenset({"test", "tests"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What is imported from others, and what could not be read."""

    needs: tuple[ImportNeed, ...]
    """One for each module and name, at the first place that needs it; sorted."""
    skipped: tuple[str, ...]
    """Modules whose source this Python cannot parse, sorted."""
    uses: tuple[UseNeed, ...] = ()
    """One for each thing and way to use it, at the first place that does; sorted."""
    unclear: Mapping[str, int] = field(default_factory=dict)
    """Places left out because what they use, or whether it must be there, is not
    plain; by the imported name that they hang on, `agents.Runner`, in its order."""


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
    uses: list[Uses] = []
    skipped: list[str] = []
    for file in _sources(tree, roots):
        source = archive.read(file.path)
        try:
            parsed = parse_source(source)
            found = find_imports(parsed, file.module), _used(parsed, source, file)
        except UNREADABLE:
            skipped.append(file.module)
        else:
            needs.extend(found[0])
            uses.append(found[1])
    foreign = (need for need in needs if not tree.owns(need.module, need.name))
    used, unclear = _joined(uses, tree)
    return Needs(
        needs=tuple(_merged(foreign)),
        skipped=tuple(sorted(skipped)),
        uses=used,
        unclear=unclear,
    )


def as_use(need: UseNeed) -> Use:
    """What is used, and how, wherever that is done."""
    return Use(
        module=need.module, name=need.name, instance=need.instance, call=need.call
    )


def _used(parsed: ast.Module, source: bytes, file: ModuleFile) -> Uses:
    return find_uses(
        parsed,
        file.module,
        silenced=silenced_lines(source),
        is_package=file.stem == "__init__",
    )


class _Provided:
    """What the consumer's files, together, provide for."""

    def __init__(self, files: Sequence[Uses], tree: Tree) -> None:
        self._spared = frozenset[str]().union(*(file.spared for file in files))
        self._replaced = frozenset[str]().union(*(file.replaced for file in files))
        self._added = added(heir for file in files for heir in file.heirs)
        mentions = (mention for file in files for mention in file.mentions)
        self._doubtful = doubtful(mentions, kept=set(map(as_module, tree.own)))

    def covers(self, use: UseNeed, within: Iterable[str]) -> bool:
        """Whether the consumer may do without it, or bring it along itself."""
        owner, _, last = use.name.rpartition(".")
        top = use.module.partition(".")[0]
        own = use.instance and last in self._added.get(top, ())
        spared = last in self._spared or owner in self._replaced
        return own or spared or not self._doubtful.isdisjoint(within)


def _joined(
    files: Sequence[Uses], tree: Tree
) -> tuple[tuple[UseNeed, ...], Mapping[str, int]]:
    """Join what the files use of others, without what any of them provides for."""
    provided = _Provided(files, tree)
    kept: dict[Use, UseNeed] = {}
    unclear: Counter[str] = Counter()
    placed = [it for file in files for it in zip(file.uses, file.within, strict=True)]
    for use, within in sorted(placed, key=lambda it: _place(it[0])):
        first, _, _ = use.name.partition(".")
        if tree.owns(use.module, first):
            continue
        if provided.covers(use, within):
            unclear[f"{use.module}.{first}"] += 1
        else:
            kept.setdefault(as_use(use), use)
    for file in files:
        for origin, count in file.unclear.items():
            module, _, name = origin.rpartition(".")
            if not tree.owns(module or name, name if module else None):
                unclear[origin] += count
    used = tuple(kept[it] for it in sorted(kept, key=lambda it: it.key))
    return used, dict(sorted(unclear.items()))


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


def _place(use: UseNeed) -> tuple[str, int]:
    return use.importer, use.line
