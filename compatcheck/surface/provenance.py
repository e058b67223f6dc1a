"""How a module came by a name: it makes it, takes it, or only hands on to another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from compatcheck.surface.parsing import parse_source

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A class, a function or a value of that name is made there."""

    shape: str
    """`class`, `value`, or of a function its parameters: `(a, b=, *, c=)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """It is what stands in another place."""

    module: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A function that does nothing but call another one of its module, as called."""

    name: str


Provenance: TypeAlias = Made | Taken | Handed


def provenance(
    source: bytes, module: str, name: str, *, package: bool
) -> Provenance | None:
    """How a module's source comes by a name at its top level.

    None where it does not, or not for certain: what an `if` or `try` may leave out and
    what a `*` brings does not count. `package`: the source is that of an `__init__`.
    Raises one of `UNREADABLE` where it cannot be parsed.
    """
    found = None
    for node in parse_source(source).body:  # the last one counts, as it runs
        found = _of(node, module, name, package=package) or found
    return found


def made_in(source: bytes, name: str) -> Made | None:
    """What a module makes under a name, if it is the one that makes it."""
    found = provenance(source, "", name, package=False)
    return found if isinstance(found, Made) else None


def _of(  # noqa: PLR0911 - one for each kind of statement
    node: ast.stmt, module: str, name: str, *, package: bool
) -> Provenance | None:
    match node:
        case ast.ImportFrom():
            return _imported(node, module, name, package=package)
        case ast.ClassDef(name=found) if found == name:
            return Made(shape="class")
        case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name == name:
            called = _handed(node)
            return Handed(name=called) if called else Made(shape=_shape(node.args))
        case ast.Assign(targets=targets, value=ast.Name(id=other)):
            taken = Taken(module=module, name=other)
            return taken if name in _names(targets) else None
        case ast.Assign(targets=targets) if name in _names(targets):
            return Made(shape="value")
        case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr()):
            return Made(shape="value") if found == name else None
        case _:
            return None


def _names(targets: list[ast.expr]) -> list[str]:
    return [it.id for it in targets if isinstance(it, ast.Name)]


def _imported(
    node: ast.ImportFrom, module: str, name: str, *, package: bool
) -> Taken | None:
    origin = next((it.name for it in node.names if (it.asname or it.name) == name), "")
    if not origin:
        return None
    parts = module.split(".")
    above = node.level - package if node.level else 0
    if node.level and above >= len(parts):
        return None  # a relative import that leads out of the package
    base = parts[: len(parts) - above] if node.level else []
    return Taken(module=".".join([*base, *filter(None, [node.module])]), name=origin)


def _handed(node: _Function) -> str | None:
    """The function that it calls with just its own parameters, if it does only that.

    What it says before, a docstring or a warning, does not count.
    """
    *before, last = node.body
    plain = all(isinstance(it, ast.Expr | ast.Import | ast.ImportFrom) for it in before)
    match last:
        case ast.Return(
            value=ast.Call(func=ast.Name(id=called), args=given, keywords=[])
        ) if plain and [*_given(given)] == [it.arg for it in node.args.args]:
            return called
        case _:
            return None


def _given(arguments: list[ast.expr]) -> Iterator[str]:
    for it in arguments:
        yield it.id if isinstance(it, ast.Name) else ""


def _shape(it: ast.arguments) -> str:
    """A function's parameters as they bind: names, kinds, and which have a default."""
    plain = [*it.posonlyargs, *it.args]
    required = len(plain) - len(it.defaults)
    told = [f"{arg.arg}{'=' * (n >= required)}" for n, arg in enumerate(plain)]
    told += [f"*{it.vararg.arg}"] if it.vararg else ["*"] * bool(it.kwonlyargs)
    pairs = zip(it.kwonlyargs, it.kw_defaults, strict=True)
    told += [f"{arg.arg}{'=' * (value is not None)}" for arg, value in pairs]
    told += [f"**{it.kwarg.arg}"] if it.kwarg else []
    return f"({', '.join(told)})"
