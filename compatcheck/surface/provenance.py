"""How a module came by a name: it makes it, takes it, or only hands on to another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
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
    """A function that does nothing but call another one, as it is called itself."""

    module: str
    """Where that one is found."""
    name: str


Provenance: TypeAlias = Made | Taken | Handed


def provenances(
    source: bytes, module: str, name: str, *, package: bool
) -> tuple[Provenance, ...]:
    """How a module's source comes by a name at its top level.

    One where that is certain; else all the ways that a `try` leaves open. What an `if`
    may leave out and what a `*` brings is none. `package`: the source is that of an
    `__init__`. Raises one of `UNREADABLE` where it cannot be parsed.
    """
    body, imported = parse_source(source).body, dict[str, str]()
    certain, possible = list[Provenance](), list[Provenance]()
    for node in body:
        imported |= _modules(node)
        place = _Place(module=module, package=package, imported=imported)
        if isinstance(node, ast.Try):
            inner = [*node.body, *(it for each in node.handlers for it in each.body)]
            possible += filter(None, (_of(it, place, name) for it in inner))
        elif (found := _of(node, place, name)) is not None:
            certain = [found]  # the last one counts, as it runs
    return tuple(certain or possible)


def made_in(source: bytes, name: str) -> Made | None:
    """What a module makes under a name, if it is the one that makes it."""
    found = provenances(source, "", name, package=False)
    if len(found) == 1 and isinstance(found[0], Handed):
        return Made(shape="function")
    return found[0] if len(found) == 1 and isinstance(found[0], Made) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    module: str
    package: bool
    imported: Mapping[str, str]
    """Modules by the names that they have there."""


def _modules(node: ast.stmt) -> dict[str, str]:
    if not isinstance(node, ast.Import):
        return {}
    return {it.asname or it.name: it.name for it in node.names}


def _of(node: ast.stmt, place: _Place, name: str) -> Provenance | None:
    found: Provenance | None = None
    match node:
        case ast.ImportFrom():
            found = _imported(node, place, name)
        case ast.ClassDef(name=known) if known == name:
            found = Made(shape="class")
        case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name == name:
            found = _handed(node, place) or Made(shape=_shape(node.args))
        case ast.Assign(targets=targets, value=ast.Name(id=other)):
            if name in _names(targets):
                found = Taken(module=place.module, name=other)
        case ast.Assign(targets=targets) if name in _names(targets):
            found = Made(shape="value")
        case ast.AnnAssign(target=ast.Name(id=known), value=ast.expr()):
            found = Made(shape="value") if known == name else None
        case _:
            pass
    return found


def _names(targets: list[ast.expr]) -> list[str]:
    return [it.id for it in targets if isinstance(it, ast.Name)]


def _imported(node: ast.ImportFrom, place: _Place, name: str) -> Taken | None:
    origin = next((it.name for it in node.names if (it.asname or it.name) == name), "")
    if not origin:
        return None
    parts = place.module.split(".")
    above = node.level - place.package if node.level else 0
    if node.level and above >= len(parts):
        return None  # a relative import that leads out of the package
    base = parts[: len(parts) - above] if node.level else []
    return Taken(module=".".join([*base, *filter(None, [node.module])]), name=origin)


def _handed(node: _Function, place: _Place) -> Handed | None:
    """The function that it calls with just its own parameters, if it does only that.

    What it says before, a docstring or a warning, does not count.
    """
    *before, last = node.body
    plain = all(isinstance(it, ast.Expr | ast.Import | ast.ImportFrom) for it in before)
    if not plain or not isinstance(last, ast.Return):
        return None
    match last.value:
        case ast.Call(func=called, args=given, keywords=[]):
            if [*_given(given)] != [it.arg for it in node.args.args]:
                return None
            return _called(called, place)
        case _:
            return None


def _called(called: ast.expr, place: _Place) -> Handed | None:
    match called:
        case ast.Name(id=name):
            return Handed(module=place.module, name=name)
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            module = place.imported.get(owner)
            return Handed(module=module, name=name) if module else None
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
