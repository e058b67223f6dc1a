"""What a package's `__init__` binds at its top level, and from where, told from source.

For the shim, which does without the file what can be done without it: import
statements are repeated, plain values are kept, and what the file itself defined is
lost. What cannot be told for certain counts as lost.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from compatcheck.surface.guards import CATCH_IMPORT, catches, truth
from compatcheck.surface.parsing import parse_source

Plain = str | int | float | bool | None | list[str]

_NEVER: Final = frozenset({"TYPE_CHECKING"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One name that an import statement binds."""

    source: str
    """The module, with one leading dot for those of the package itself; `.` alone is
    `from . import name`."""
    name: str | None
    """What is taken from it: None is the module itself, `*` whatever it offers."""
    bind: str
    optional: bool = False
    """Whether the file goes on without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """What a file binds when it runs to its end, in its order."""

    rows: tuple[Row, ...]
    constants: tuple[tuple[str, Plain], ...]
    lost: tuple[str, ...]
    """Names that it defines itself, or binds in a way that is not repeated."""
    effects: int
    """Statements that only do something: they are not repeated either."""


def read_exports(source: bytes, package: str) -> Exports:
    """Read the `__init__` of a package. Raises `SyntaxError`."""
    rows: dict[str, Row] = {}
    constants: dict[str, Plain] = {}
    lost: dict[str, None] = {}
    known: dict[str, Row] | dict[str, Plain] | dict[str, None]
    effects = 0
    for what in _told(parse_source(source).body, package, optional=False):
        effects += isinstance(what, _Effect)
        for name in _names(what):
            for known in (rows, constants, lost):
                known.pop(name, None)  # the last word on a name counts
        match what:
            case Row(name="*", source=module):
                rows[f"{module}*"] = what
            case Row(bind=name):
                rows[name] = what
            case (name, value):
                constants[name] = value
            case _Lost(names=names):
                lost.update(dict.fromkeys(names))
            case _Effect():
                pass
    return Exports(
        rows=tuple(rows.values()),
        constants=tuple(sorted(constants.items())),
        lost=tuple(sorted(lost)),
        effects=effects,
    )


@dataclass(frozen=True, slots=True)
class _Lost:
    names: list[str]


@dataclass(frozen=True, slots=True)
class _Effect:
    pass


_Told = Row | tuple[str, Plain] | _Lost | _Effect


def _names(what: _Told) -> list[str]:
    match what:
        case Row(bind=name) | (name, _):
            return [name]
        case _Lost(names=names):
            return names
        case _Effect():
            return []


def _told(block: list[ast.stmt], package: str, *, optional: bool) -> Iterator[_Told]:
    for node in block:
        yield from _statement(node, package, optional=optional)


def _statement(node: ast.stmt, package: str, *, optional: bool) -> Iterator[_Told]:
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from _imported(node, package, optional=optional)
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            pass
        case ast.Expr():
            yield _Effect()
        case ast.If(test=test, body=body, orelse=rest):
            sure = truth(test, _NEVER)
            if sure is None:
                yield _Lost(sorted(_bound([node])))
            else:
                yield from _told(body if sure else rest, package, optional=optional)
        case ast.Try(body=body, handlers=handlers, orelse=rest, finalbody=last):
            if _only_imports(body) and _forgives(handlers) and not (rest or last):
                other = _bound(it for each in handlers for it in each.body)
                for row in _told(body, package, optional=True):
                    fall_back = isinstance(row, Row) and row.bind in other
                    yield _firm(row) if fall_back else row
                yield from _only_there(other - _bound(body))
            else:
                yield _Lost(sorted(_bound([node])))
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            yield _assigned(name, value)
        case _:
            yield _Lost(sorted(_bound([node])))


def _firm(row: _Told) -> _Told:
    """A row whose failure has to be told, as the file would bind something else."""
    if not isinstance(row, Row):
        return row
    return Row(source=row.source, name=row.name, bind=row.bind)


def _only_there(names: set[str]) -> Iterator[_Told]:
    if names:
        yield _Lost(sorted(names))


def _assigned(name: str, value: ast.expr) -> _Told:
    try:
        read = ast.literal_eval(value)
    except ValueError:
        return _Lost([name])
    flat = isinstance(read, list) and all(isinstance(it, str) for it in read)
    if flat or read is None or isinstance(read, str | int | float | bool):
        return (name, read)
    return _Lost([name])


def _imported(
    node: ast.Import | ast.ImportFrom, package: str, *, optional: bool
) -> Iterator[Row]:
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return
    for it in node.names:
        if isinstance(node, ast.ImportFrom):
            source = _absolute(node, package)
            bind = it.asname or it.name
            yield Row(source=source, name=it.name, bind=bind, optional=optional)
        else:
            source = it.name if it.asname else it.name.partition(".")[0]
            bind = it.asname or source
            yield Row(source=source, name=None, bind=bind, optional=optional)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """Write a module of the package itself with one dot, every other one in full."""
    module = node.module or ""
    if node.level == 0:
        inside = module.startswith(f"{package}.")
        return module.removeprefix(package) if inside else module
    if node.level == 1:
        return f".{module}"
    above = package.split(".")[: 1 - node.level]
    return ".".join([*above, module] if module else above)


def _only_imports(block: list[ast.stmt]) -> bool:
    return all(isinstance(it, ast.Import | ast.ImportFrom) for it in block)


def _forgives(handlers: list[ast.ExceptHandler]) -> bool:
    """Whether all that is caught is a failed import."""
    return all(catches([it], CATCH_IMPORT) for it in handlers)


def _bound(block: Iterable[ast.stmt]) -> set[str]:
    """Every name that a block may bind or take away, inner functions left out."""
    found: set[str] = set()
    for node in block:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                continue
            case ast.Import() | ast.ImportFrom():
                found.update(
                    it.asname or it.name.partition(".")[0] for it in node.names
                )
                continue
            case _:
                inner = list(ast.iter_child_nodes(node))
                found |= _bound(it for it in inner if isinstance(it, ast.stmt))
                found |= _bound(
                    under
                    for it in inner
                    if isinstance(it, ast.ExceptHandler | ast.match_case)
                    for under in it.body
                )
                found |= {
                    it.id
                    for each in inner
                    if isinstance(each, ast.expr | ast.withitem)
                    for it in ast.walk(each)
                    if isinstance(it, ast.Name) and not isinstance(it.ctx, ast.Load)
                }
    return found
