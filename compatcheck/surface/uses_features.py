"""Where a source tells versions apart: what it tests for before it does something.

What hangs on such a test is never said to be needed: the source has another way.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What one file tests for, told before its uses are judged."""

    spared: frozenset[str]
    """Attributes that it tests for, or sets on others' objects itself."""
    switches: frozenset[str]
    """Names that hold the outcome of a test, or of functions that make one."""
    tables: frozenset[str]
    """Names of what is looked up by the outcome of a test: `TABLE[MAJOR]`."""

    def looked_at(self, test: ast.expr) -> bool:
        """Whether a condition tells versions apart."""
        return _looks(test, self.switches) or any(map(_is_flag, _operands(test)))


def find_features(tree: ast.Module) -> Features:
    """Read what a file tests for. Whoever reads a result of a test makes one too."""
    spared: set[str] = set()
    switches: set[str] = set()
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, SETTING):
            spared.update(_spared(node))
    giving = [node for node in nodes if isinstance(node, GIVING)]
    known = -1
    while len(switches) > known:  # one may be told by another that stands behind it
        known = len(switches)
        for node in giving:
            switches.update(_switches(node, switches))
    tables = {name for node in nodes for name in _tables(node, switches)}
    return Features(
        spared=frozenset(spared),
        switches=frozenset(switches),
        tables=frozenset(tables),
    )


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


def _tables(node: ast.AST, switches: Iterable[str]) -> Iterator[str]:
    if isinstance(node, ast.expr) and (chosen := chosen_by(node)) is not None:
        table, key = chosen
        if isinstance(table, ast.Name | ast.Attribute) and _looks(key, switches):
            yield _last(table)


def _switches(node: ast.stmt, known: Iterable[str]) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets, value=value) if _looks(value, known):
            yield from map(_last, _plain(targets))
        case ast.AnnAssign(target=target, value=ast.expr() as value) if _looks(
            value, known
        ):
            yield from map(_last, _plain([target]))
        case ast.FunctionDef(name=name, body=body) if _tells(body):
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


def _tells(body: Sequence[ast.stmt]) -> bool:
    """Whether a function does little else than to make a test and give its outcome."""
    if len(body) > SHORT:
        return False
    nodes = (node for statement in body for node in ast.walk(statement))
    given = (node.value for node in nodes if isinstance(node, ast.Return))
    return any(_looks(value, ()) for value in given if value is not None)


def _looks(test: ast.AST, switches: Iterable[str]) -> bool:
    """Whether anything in an expression asks for a version or for what is there."""
    return any(_is_tester(node, switches) for node in ast.walk(test))


def _is_tester(node: ast.AST, switches: Iterable[str]) -> bool:
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
