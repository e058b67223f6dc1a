"""What says what gets installed: one file for each kind of lock, found by its name.

A reader is a module of this folder with `KIND` (how people call it), `RANK` (the
smaller, the sooner it is looked for), `USUAL` (file names that it has by convention),
`claims(name)` (whether a file of that name is one) and `read(tree, path, wanted)`. What
it is given may be hostile: it runs nothing, writes nothing, follows no address, and
complains with `UsageError` in one line.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from compatcheck.errors import Problem, UsageError
from compatcheck.gate.locks import Lock, Tree, Wanted, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One kind of lock."""

    kind: str
    rank: int
    usual: tuple[str, ...]
    claims: Callable[[str], bool]
    read: Callable[[Tree, str, Wanted], Lock]


@cache
def readers() -> tuple[Reader, ...]:
    """Every kind of lock, in the order in which they are looked for."""
    modules = (info.name for info in pkgutil.iter_modules(__path__))
    found = [_load(name) for name in modules if not name.startswith("_")]
    return tuple(sorted(found, key=lambda reader: (reader.rank, reader.kind)))


def _load(module: str) -> Reader:
    file = importlib.import_module(f"{__name__}.{module}")
    return Reader(
        kind=file.KIND,
        rank=file.RANK,
        usual=file.USUAL,
        claims=file.claims,
        read=file.read,
    )


def read_named(tree: Tree, path: str, wanted: Wanted) -> Lock:
    """The lock of that path. Raises `UsageError` where it is not there or is none."""
    name = path.rpartition("/")[2]
    for reader in readers():
        if reader.claims(name):
            if tree.read(path) is None:
                raise _missing(tree, quoted(path))
            return reader.read(tree, path, wanted)
    kinds = ", ".join(reader.kind for reader in readers())
    raise UsageError(
        Problem(
            place=quoted(path),
            message="it is not plain what kind of lock this is",
            mend=f"name it like one of {kinds}",
        )
    )


def find(tree: Tree, folder: str, wanted: Wanted) -> Lock:
    """The first lock there is in a folder of the tree. Raises `UsageError`."""
    for reader in readers():
        for name in reader.usual:
            path = f"{folder}/{name}" if folder else name
            if tree.read(path) is not None:
                return reader.read(tree, path, wanted)
    usual = ", ".join(name for reader in readers() for name in reader.usual)
    raise _missing(tree, usual)


def _missing(tree: Tree, what: str) -> UsageError:
    return UsageError(
        Problem(
            place=tree.label,
            message=f"there is no lock ({what})",
            mend="name the file with --lock",
        )
    )
