"""Which names a block of code binds always, and which only sometimes, told from syntax.

"Always" is: whenever the block has run to its end. What may not run, or may be left
early and caught, binds only sometimes; so does what is taken away again.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from compatcheck.surface.guards import last_name, truth

TRANSPARENT: Final = frozenset({"catch_warnings"})
"""Context managers that are known to let every exception through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What a block does to the names of its scope."""

    always: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()
    """Bound or deleted by any part of it."""
    gone: frozenset[str] = frozenset()
    """Deleted by any part of it."""
    ends: bool = False
    """Whether what stands behind it is never reached (`raise`)."""


def bound_by(block: Iterable[ast.stmt], never: Collection[str]) -> Bound:
    """Tell what a block binds. `never` are the local names of `TYPE_CHECKING`."""
    always: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    for statement in block:
        told = _statement(statement, never)
        always = (always - told.gone) | told.always
        ever, gone = ever | told.ever, gone | told.gone
        if told.ends:
            return Bound(always=always, ever=ever, gone=gone, ends=True)
    return Bound(always=always, ever=ever, gone=gone)


def _statement(node: ast.stmt, never: Collection[str]) -> Bound:
    match node:
        case ast.Raise():
            return Bound(ends=True)
        case ast.If(test=test, body=body, orelse=rest):
            return _if(test, bound_by(body, never), bound_by(rest, never), never)
        case ast.Try() | ast.TryStar():
            return _try(node, never)
        case ast.Delete(targets=targets):
            names = frozenset(it.id for it in targets if isinstance(it, ast.Name))
            return Bound(ever=names, gone=names)
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            inner = bound_by(body, never)
            known = all(_lets_through(item) for item in items)
            return _joined(_names(node), inner if known else _sometimes(inner))
        case _:
            inner = bound_by(_inner(node), never)
            return _joined(_names(node), _sometimes(inner))


def _inner(node: ast.stmt) -> Iterator[ast.stmt]:
    """Give the statements of a loop or a `match`, of which none need be run."""
    match node:
        case (
            ast.For(body=body, orelse=rest)
            | ast.AsyncFor(body=body, orelse=rest)
            | ast.While(body=body, orelse=rest)
        ):
            yield from (*body, *rest)
        case ast.Match(cases=cases):
            for case in cases:
                yield from case.body
        case _:
            pass


def _if(test: ast.expr, body: Bound, rest: Bound, never: Collection[str]) -> Bound:
    match truth(test, never):
        case True:
            return body
        case False:
            return rest
        case None:
            walrus = frozenset(_walrus(test))
            return _joined(Bound(ever=walrus), _either([body, rest]))


def _try(node: ast.Try | ast.TryStar, never: Collection[str]) -> Bound:
    whole = bound_by([*node.body, *node.orelse], never)
    handled = [bound_by(it.body, never) for it in node.handlers]
    caught = frozenset(it.name for it in node.handlers if it.name is not None)
    both = _joined(Bound(ever=caught, gone=caught), _either([whole, *handled]))
    return _joined(both, bound_by(node.finalbody, never))


def _either(ways: Iterable[Bound]) -> Bound:
    """Join ways of which one is gone; those that raise lead nowhere."""
    ways = tuple(ways)
    living = [way for way in ways if not way.ends]
    return Bound(
        always=frozenset.intersection(*(way.always for way in living))
        if living
        else frozenset(),
        ever=frozenset[str]().union(*(way.ever for way in ways)),
        gone=frozenset[str]().union(*(way.gone for way in ways)),
        ends=not living,
    )


def _joined(first: Bound, then: Bound) -> Bound:
    return Bound(
        always=(first.always - then.gone) | then.always,
        ever=first.ever | then.ever,
        gone=first.gone | then.gone,
        ends=first.ends or then.ends,
    )


def _sometimes(inner: Bound) -> Bound:
    return Bound(ever=inner.ever, gone=inner.gone)


def _lets_through(item: ast.withitem) -> bool:
    call = item.context_expr
    return isinstance(call, ast.Call) and last_name(call.func) in TRANSPARENT


def _names(node: ast.stmt) -> Bound:
    """What a statement itself binds, without the blocks that it holds."""
    always, ever = set[str](), set[str]()
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return Bound(always=frozenset({node.name}), ever=frozenset({node.name}))
        case ast.Import(names=names):
            always.update(it.asname or it.name.partition(".")[0] for it in names)
        case ast.ImportFrom(names=names):
            always.update(it.asname or it.name for it in names if it.name != "*")
        case ast.AnnAssign(target=target, value=value):
            always.update(_stored(target) if value is not None else ())
        case ast.Assign() | ast.With() | ast.AsyncWith():
            for each in _targets(node):
                always.update(_stored(each))
        case ast.For(target=looped) | ast.AsyncFor(target=looped):
            ever.update(_stored(looped))
        case ast.Match(cases=cases):
            ever.update(_captured(cases))
        case _ if type(node).__name__ == "TypeAlias":  # from Python 3.12
            always.update(_stored(node.name))  # type: ignore[attr-defined] # as above
        case _:
            pass
    ever.update(always, _walrus(node))
    return Bound(always=frozenset(always), ever=frozenset(ever))


def _targets(node: ast.Assign | ast.With | ast.AsyncWith) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        yield from node.targets
    else:
        yield from (it.optional_vars for it in node.items if it.optional_vars)


def _stored(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _stored(part)
        case ast.Starred(value=value):
            yield from _stored(value)
        case _:
            pass


def _captured(cases: Iterable[ast.match_case]) -> Iterator[str]:
    for node in (it for case in cases for it in ast.walk(case.pattern)):
        match node:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case _:
                pass


def _walrus(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.NamedExpr):
            yield from _stored(inner.target)
