"""Which parts of a source run always, sometimes or never, told from its syntax."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

CATCH_ALL = frozenset({"BaseException", "Exception"})
CATCH_IMPORT = CATCH_ALL | {"ImportError", "ModuleNotFoundError"}
CATCH_NAME = CATCH_ALL | {"AttributeError"}

Jumps: TypeAlias = frozenset[type[ast.AST]]

LOOP_JUMPS: Jumps = frozenset({ast.Break, ast.Continue})
RAISE: Jumps = frozenset({ast.Raise})


def truth(test: ast.expr, never: Collection[str]) -> bool | None:
    """Decide a condition that does not depend on where it runs; None if it may.

    `never` are the local names of `typing.TYPE_CHECKING`, which is false at run time
    (PEP 484); as an attribute it is known whatever `typing` is called.
    """
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id=name):
            return False if name in never else None
        case ast.Attribute(attr=name):
            return False if name == "TYPE_CHECKING" else None
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = truth(operand, never)
            return None if inner is None else not inner
        case ast.BoolOp(op=joint, values=values):
            decisive = isinstance(joint, ast.Or)
            return _joined([truth(it, never) for it in values], decisive=decisive)
        case _:
            return None


def catches(handlers: Iterable[ast.ExceptHandler], names: Collection[str]) -> bool:
    """Whether a handler takes an exception of these names; a bare one takes all."""
    return any(
        handler.type is None or _names_one_of(handler.type, names)
        for handler in handlers
    )


def suppresses(items: Iterable[ast.withitem], names: Collection[str]) -> bool:
    """Whether a `with` swallows exceptions of these names (`contextlib.suppress`)."""
    calls = [item.context_expr for item in items]
    return any(
        isinstance(call, ast.Call)
        and last_name(call.func) == "suppress"
        and any(_names_one_of(argument, names) for argument in call.args)
        for call in calls
    )


def leaves(statement: ast.AST, jumps: Jumps) -> bool:
    """Whether a statement may end the block that it stands in, by one of these jumps.

    What a function does is not done here. A loop keeps its own `break` and
    `continue`; a `raise` in a `try` is taken to be meant for its handlers.
    """
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return False
        case ast.For(body=body, orelse=rest) | ast.While(body=body, orelse=rest):
            return _any_leaves(body, jumps & RAISE) or _any_leaves(rest, jumps)
        case (
            ast.Try(body=body, handlers=[_, *_] as handlers, orelse=rest, finalbody=end)
            | ast.TryStar(body=body, handlers=handlers, orelse=rest, finalbody=end)
        ):
            behind = [*handlers, *rest, *end]
            return _any_leaves(body, jumps - RAISE) or _any_leaves(behind, jumps)
        case _:
            inner = _any_leaves(_inner(statement), jumps)
            return type(statement) in jumps or inner


def _any_leaves(statements: Iterable[ast.AST], jumps: Jumps) -> bool:
    return any(leaves(statement, jumps) for statement in statements)


def _inner(statement: ast.AST) -> Iterator[ast.AST]:
    """Give the statements in a statement, and the clauses that hold some."""
    for node in ast.iter_child_nodes(statement):
        if isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            yield node


def last_name(node: ast.expr) -> str | None:
    """The name itself, or the last of a dotted one; None for anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def _joined(parts: list[bool | None], *, decisive: bool) -> bool | None:
    """Join the parts of an `and` (False decides) or an `or` (True decides)."""
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _names_one_of(exception: ast.expr, names: Collection[str]) -> bool:
    match exception:
        case ast.Tuple(elts=elements) | ast.Starred(value=ast.Tuple(elts=elements)):
            return any(_names_one_of(element, names) for element in elements)
        case _:
            return last_name(exception) in names
