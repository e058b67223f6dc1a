"""The import names that a tree of files offers, told from the paths alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import PurePosixPath

MODULE_FILE = re.compile(
    r"""(?!lib[^.]*\.so$)  # what an extension is linked with, no module
    (?P<stem>[^.]+)
    (?: \.pyc?
      | (?: \.(?:abi3|cp\d|cpython-|graalpy|pypy)[^.]* )? \.(?:so|pyd)
    )$""",
    re.VERBOSE,
)
"""Source, bytecode without source, and extension modules with or without a tag
(`importlib.machinery.all_suffixes()` of the interpreters that wheels exist for)."""

DATA_FOLDER = re.compile(r"^[^/]+\.data/(?:purelib|platlib)/")
"""What an installer spreads over site-packages (PEP 427)."""

SIDE_NAMES = frozenset(
    {"benchmark", "benchmarks", "conftest", "doc", "docs"}
    | {"example", "examples", "setup", "test", "tests"}
)
"""Top-level names that end up in wheels by accident and that nobody means."""

MANY_MODULES = 8
"""A namespace folder with more modules than this is told by its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFile:
    """A file that an interpreter can import, by the path of its module."""

    path: str
    """As the archive names it."""
    folder: tuple[str, ...]
    stem: str
    """`__init__` for the file that makes its folder a regular package."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The module's dotted name, in pieces."""
        return self.folder if self.stem == "__init__" else (*self.folder, self.stem)

    @property
    def module(self) -> str:
        """The module's dotted name."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The import names in a tree of files; each tuple is sorted."""

    files: tuple[ModuleFile, ...]
    own: tuple[str, ...]
    """Every regular package or module that no other one contains."""
    meant: tuple[str, ...]
    """Those of them that did not slip in: no tests, no stray folder of scripts."""
    roots: tuple[str, ...]
    """Those that are public; the private ones where there are no others."""

    def owns(self, module: str, name: str | None = None) -> bool:
        """Whether `import module`, or `from module import name`, stays in the tree."""
        if owned_by(module, self.own):
            return True
        if not any(root.startswith(f"{module}.") for root in self.own):
            return False
        # A namespace that the tree shares with others: what is taken from it decides.
        return name is None or self.owns(f"{module}.{name}")


def read_tree(names: Iterable[str], shared: Collection[str] = ()) -> Tree:
    """Tell the import names from the paths of a wheel or a folder of source.

    `shared` are packages that are namespaces in spite of their `__init__.py`.
    """
    files = tuple(_module_files(names))
    solid, loose = _find_roots(file for file in files if file.module not in shared)
    own = sorted(solid | loose)
    tops = {_top(root) for root in solid}
    meant = _prefer(own, lambda root: _top(root) not in SIDE_NAMES)
    # A folder of loose modules beside a real package is mostly scripts or examples.
    meant = _prefer(meant, lambda root: _top(root) in tops)
    roots = _prefer(meant, lambda root: not root.startswith("_") and "._" not in root)
    return Tree(files=files, own=tuple(own), meant=tuple(meant), roots=tuple(roots))


def shareable(names: Iterable[str]) -> Iterator[ModuleFile]:
    """Find the `__init__.py` of top-level packages that others might share.

    Such a package holds something to import, but at most one module of its own: a
    distribution puts its part below a namespace, not many pieces beside each other.
    """
    files = [file for file in _module_files(names) if all(map(_is_name, file.parts))]
    crowds = Counter(file.folder for file in files)
    filled = {file.folder[0] for file in files if len(file.parts) > 1}
    for file in files:
        top = file.parts == file.folder and len(file.folder) == 1
        alone = crowds[file.folder] <= 2  # noqa: PLR2004 - itself, and one module
        if top and alone and file.module in filled and file.path.endswith(".py"):
            yield file


def owned_by(module: str, roots: Iterable[str]) -> bool:
    """Whether a dotted name is one of the roots or lies below one."""
    return any(module == root or module.startswith(f"{root}.") for root in roots)


def _module_files(names: Iterable[str]) -> Iterator[ModuleFile]:
    """Find the files that can be imported, sorted by path."""
    for name in sorted(names):
        path = PurePosixPath(DATA_FOLDER.sub("", name))
        found = MODULE_FILE.match(path.name)
        if found and "__pycache__" not in path.parts:
            yield ModuleFile(path=name, folder=path.parts[:-1], stem=found["stem"])


def _find_roots(files: Iterable[ModuleFile]) -> tuple[set[str], set[str]]:
    """Tell packages and top-level modules from modules loose in a namespace folder."""
    files = [file for file in files if file.parts]
    packages = {file.folder for file in files if file.stem == "__init__"}
    solid: set[tuple[str, ...]] = set()
    loose: set[tuple[str, ...]] = set()
    for file in files:
        root = _shallowest(file, packages)
        if not all(map(_is_name, root)) or root == ("__main__",):
            continue
        (solid if root in packages or not file.folder else loose).add(root)
    loose = _fold(loose)
    every = {".".join(root) for root in solid | loose}
    outermost = {root for root in every if not _lies_below(root, every)}
    named = {".".join(root) for root in solid}
    return outermost & named, outermost - named


def _shallowest(file: ModuleFile, packages: set[tuple[str, ...]]) -> tuple[str, ...]:
    """Give the outermost regular package around a file, else the module itself."""
    depths = range(1, len(file.folder) + 1)
    around = (file.folder[:depth] for depth in depths)
    return next((folder for folder in around if folder in packages), file.parts)


def _fold(loose: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Put a namespace folder in the place of its modules where they are many."""
    crowds = Counter(module[:-1] for module in loose)
    many = {folder for folder, count in crowds.items() if count > MANY_MODULES}
    return many | {module for module in loose if module[:-1] not in many}


def _lies_below(root: str, others: set[str]) -> bool:
    return owned_by(root.rpartition(".")[0], others)


def _is_name(part: str) -> bool:
    return part.isidentifier() and not iskeyword(part)


def _top(root: str) -> str:
    return root.partition(".")[0]


def _prefer(roots: list[str], wanted: Callable[[str], bool]) -> list[str]:
    """Keep those that are wanted, or all of them where none is."""
    return [root for root in roots if wanted(root)] or roots
