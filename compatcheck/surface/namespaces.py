"""Tells the import names of an open wheel, old namespaces included.

Before PEP 420 a namespace was a package whose `__init__.py`, the same in every
distribution that shares it, made room for the others' parts (packaging guide,
"Packaging namespace packages": the pkgutil and the pkg_resources style).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from compatcheck.ports import Archive
from compatcheck.surface.guards import last_name
from compatcheck.surface.parsing import UNREADABLE, parse_source
from compatcheck.surface.roots import Tree, read_tree, shareable

LONGEST = 2048
"""An `__init__.py` of more bytes than this does more than to open a namespace."""

OPENERS = frozenset({"declare_namespace", "extend_path"})
"""The calls that make room, of `pkg_resources` and of `pkgutil`."""

MAKERS = frozenset({"pkg_resources", "pkgutil"})


def read_archive(archive: Archive) -> Tree:
    """Tell the import names of a wheel or a folder of source.

    Few files are read: where a package's paths look as if others might share it.
    Raises `IndexFault` where one cannot be read.
    """
    names = archive.names()
    shared = [
        file.module for file in shareable(names) if _only_opens(archive.read(file.path))
    ]
    return read_tree(names, shared)


def _only_opens(source: bytes) -> bool:
    """Whether a package's own source does nothing but to open a namespace."""
    if len(source) > LONGEST:
        return False
    try:
        statements = list(_telling(parse_source(source).body))
    except UNREADABLE:
        return False
    return bool(statements) and all(map(_opens, statements))


def _telling(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Give the statements that tell something, those of a `try` laid flat."""
    for statement in body:
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Import(names=names) if MAKERS.issuperset(it.name for it in names):
                pass
            case ast.ImportFrom(module=module, level=0) if module in MAKERS:
                pass
            case ast.Try(body=tried, handlers=handlers, orelse=[], finalbody=[]):
                yield from _telling(tried)
                for handler in handlers:
                    yield from _telling(handler.body)
            case _:
                yield statement


def _opens(statement: ast.stmt) -> bool:
    """Whether a statement calls an opener, for nothing or for `__path__`."""
    match statement:
        case (
            ast.Expr(value=ast.Call(func=function))
            | ast.Assign(
                targets=[ast.Name(id="__path__")], value=ast.Call(func=function)
            )
            | ast.AnnAssign(
                target=ast.Name(id="__path__"), value=ast.Call(func=function)
            )
        ):
            return last_name(function) in OPENERS
        case _:
            return False
