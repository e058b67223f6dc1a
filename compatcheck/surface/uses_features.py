"""Where a source tells versions apart: what it tests for before it does something.

What hangs on such a test is never said to be needed: the source has another way.
"""

from __future__ import annotations

import ast
import re
from collections.abc import (
    Callable,
    Collection,
    Container,
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

TESTERS: Final = frozenset(
    {"hasattr", "getattr", "dir", "vars", "callable", "find_spec"}
    | {"signature", "getfullargspec", "getattr_static", "isabstract"}
)
"""Functions that look at what is there."""
ABOUT_VERSIONS: Final = re.compile(
    r"version|compat|platform|win32|windows|linux|darwin|posix"
    r"|(?:^|_)py\d|(?:^|_)v?\d+(?:_\d+)*$",
    re.IGNORECASE,
)
"""Words of a name that stands for a version, or for what came with one."""
FLAG: Final = re.compile(
    r"^_*[A-Z][A-Z0-9_]+$|(?:^|_)(?:has|have|supports?|available|installed)(?:_|$)"
)
"""A name that is a constant switch when it is all that a condition asks."""
SHORT: Final = 5
"""A function of more statements than this does more than to make a test."""
SETTING: Final = (ast.Attribute, ast.Call, ast.Compare)
GIVING: Final = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ImportFrom)


Looks: TypeAlias = Callable[[ast.AST, Collection[str]], bool]
"""Tells whether an expression makes a test, given the switches known so far."""


class Guard(IntEnum):
    """What stands before a place, the surer the higher."""

    NONE = 0
    SOME = 1
    """A test of what some object can do, or a handler for what is missing."""
    VERSION = 2
    """A test of a version, or of what an imported module has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What one file tests for, told before its uses are judged."""

    spared: frozenset[str]
    """Attributes that it tests for, or sets on others' objects itself."""
    switches: frozenset[str]
    """Names that hold the outcome of a test, or of functions that make one."""
    tables: frozenset[str]
    """Names of what is looked up by the outcome of a test: `TABLE[MAJOR]`."""

    version_switches: frozenset[str]
    """Those of the switches that tell of a version, not of any object."""
    imported: frozenset[str]
    """The local names of what is imported."""
    replaced: frozenset[str]
    """Attributes of what is imported that the file sets: names that it replaces."""

    def looked_at(self, test: ast.expr) -> Guard:
        """Whether a condition tells versions apart, and how surely."""
        if self._tells_versions(test):
            return Guard.VERSION
        return Guard.SOME if _looks(test, self.switches) else Guard.NONE

    def _tells_versions(self, test: ast.expr) -> bool:
        flagged = any(map(_is_flag, _operands(test)))
        return flagged or _looks_at_versions(test, self.version_switches, self.imported)


def find_features(tree: ast.Module) -> Features:
    """Read what a file tests for. Whoever reads a result of a test makes one too."""
    spared: set[str] = set()
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, SETTING):
            spared.update(_spared(node))
    giving = [node for node in nodes if isinstance(node, GIVING)]
    imported = frozenset(name for node in nodes for name in _imported(node))
    switches = _all_switches(giving, _looks)
    return Features(
        spared=frozenset(spared),
        switches=switches,
        tables=frozenset(name for node in nodes for name in _tables(node, switches)),
        version_switches=_all_switches(
            giving, lambda node, known: _looks_at_versions(node, known, imported)
        ),
        imported=imported,
        replaced=frozenset(name for node in nodes for name in _set(node, imported)),
    )


def _all_switches(giving: Sequence[ast.stmt], looks: Looks) -> frozenset[str]:
    """Find every switch; one may be told by another that stands behind it."""
    found: set[str] = set()
    known = -1
    while len(found) > known:
        known = len(found)
        for node in giving:
            found.update(_switches(node, found, looks))
    return frozenset(found)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]


def _set(node: ast.AST, imported: Container[str]) -> Iterator[str]:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=name, ctx=ast.Store()):
            if owner in imported:
                yield name
        case _:
            pass


def chosen_by(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """What is looked up where, and by what: `table[key]`, `table.get(key)`."""
    match node:
        case (
            ast.Subscript(value=table, slice=key)
            | ast.Call(func=ast.Attribute(value=table, attr="get"), args=[key, *_])
        ):
            return table, key
        case _:
            return None


def _tables(node: ast.AST, switches: Collection[str]) -> Iterator[str]:
    if isinstance(node, ast.expr) and (chosen := chosen_by(node)) is not None:
        table, key = chosen
        if isinstance(table, ast.Name | ast.Attribute) and _looks(key, switches):
            yield _last(table)


def _switches(node: ast.stmt, known: Collection[str], looks: Looks) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets, value=value) if looks(value, known):
            yield from map(_last, _plain(targets))
        case ast.AnnAssign(target=target, value=ast.expr() as value) if looks(
            value, known
        ):
            yield from map(_last, _plain([target]))
        case ast.FunctionDef(name=name, body=body) if _tells(body, looks):
            yield name
        case ast.ImportFrom(module=str(module), names=names) if ABOUT_VERSIONS.search(
            module
        ):
            yield from (alias.asname or alias.name for alias in names)
        case _:
            pass


def _plain(targets: Iterable[ast.expr]) -> Iterator[ast.Name | ast.Attribute]:
    """The names that an assignment gives a value, `self.modern` among them."""
    for target in targets:
        match target:
            case ast.Name() | ast.Attribute(value=ast.Name()):
                yield target
            case _:
                pass


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def _spared(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(value=owner, attr=name, ctx=ast.Store() | ast.Del()):
            if not (isinstance(owner, ast.Name) and owner.id in {"self", "cls"}):
                yield name
        case ast.Call(
            func=ast.Name(id="hasattr" | "getattr" | "setattr" | "delattr"),
            args=[_, ast.Constant(value=str(name)), *_],
        ):
            yield name
        case ast.Call(
            func=ast.Attribute(attr="setattr" | "__setattr__"),
            args=[_, ast.Constant(value=str(name)), *_],
        ):
            yield name
        case ast.Compare(
            left=ast.Constant(value=str(name)), ops=[ast.In() | ast.NotIn()]
        ) if _looks(node, ()):
            yield name
        case _:
            pass


def _tells(body: Sequence[ast.stmt], looks: Looks) -> bool:
    """Whether a function does little else than to make a test and give its outcome."""
    if len(body) > SHORT:
        return False
    nodes = (node for statement in body for node in ast.walk(statement))
    given = (node.value for node in nodes if isinstance(node, ast.Return))
    return any(looks(value, ()) for value in given if value is not None)


def _looks(test: ast.AST, switches: Collection[str]) -> bool:
    """Whether anything in an expression asks for a version or for what is there."""
    return any(_is_tester(node, switches) for node in ast.walk(test))


def _looks_at_versions(
    test: ast.AST, switches: Collection[str], imported: Container[str]
) -> bool:
    """Whether it asks for a version, or for what is there of something imported."""
    for node in ast.walk(test):
        match node:
            case ast.Call(func=called, args=[*_] as args) if _is_named(called, TESTERS):
                inner = (it for argument in args for it in ast.walk(argument))
                if any(isinstance(it, ast.Name) and it.id in imported for it in inner):
                    return True
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if name in switches or _names_a_version(name):
                    return True
            case _:
                pass
    return False


def _is_named(node: ast.expr, names: Container[str]) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and _last(node) in names


def _is_tester(node: ast.AST, switches: Collection[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name in TESTERS or name in switches or _names_a_version(name)
        case ast.Attribute(attr=name):
            return name in TESTERS or name in switches or _names_a_version(name)
        case _:
            return False


def _names_a_version(name: str) -> bool:
    return ABOUT_VERSIONS.search(name) is not None


def _operands(test: ast.expr) -> Iterator[ast.expr]:
    """Give what a condition asks of its own accord, without `and`, `or` and `not`."""
    match test:
        case ast.BoolOp(values=values):
            for value in values:
                yield from _operands(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _operands(operand)
        case _:
            yield test


def _is_flag(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return FLAG.search(name) is not None
        case _:
            return False
