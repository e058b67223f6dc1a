"""What a condition says of a name's type while it holds."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from compatcheck.surface.uses_scopes import Chain, Fact

JUMPS = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def facts(test: ast.expr) -> Iterator[tuple[Chain, Fact]]:
    """Give what is so where a test holds: `isinstance`, and `and` between several."""
    match test:
        case ast.Call(
            func=ast.Name(id="isinstance"), args=[subject, owner], keywords=[]
        ) if chain := chain_of(subject):
            yield chain, Fact(owner=owner)
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from facts(value)
        case _:
            pass


def facts_otherwise(test: ast.expr) -> Iterator[tuple[Chain, Fact]]:
    """Give what is so where a test does not hold: `not isinstance(…)`."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from facts(operand)
        case ast.BoolOp(op=ast.Or(), values=values):
            for value in values:
                yield from facts_otherwise(value)
        case _:
            pass


def facts_behind(statement: ast.stmt) -> Iterator[tuple[Chain, Fact]]:
    """Give what is so behind a statement, because it leaves where it is not."""
    match statement:
        case ast.Assert(test=test):
            yield from facts(test)
        case ast.If(test=test, body=[*_, last], orelse=[]) if isinstance(last, JUMPS):
            yield from facts_otherwise(test)
        case _:
            pass


def facts_of_case(
    subject: ast.expr, pattern: ast.pattern
) -> Iterator[tuple[Chain, Fact]]:
    """Give what is so where a pattern matches: `case X():`, `case X() as y:`."""
    match pattern:
        case ast.MatchClass(cls=owner):
            if chain := chain_of(subject):
                yield chain, Fact(owner=owner)
        case ast.MatchAs(pattern=ast.MatchClass(cls=owner) as inner, name=str(name)):
            yield (name,), Fact(owner=owner)
            yield from facts_of_case(subject, inner)
        case _:
            pass


def holding(
    known: Iterable[tuple[Chain, Fact]], body: Sequence[ast.AST]
) -> Mapping[Chain, Fact]:
    """Keep facts for a part of the source; one that it overturns is not sure."""
    kept = dict(known)
    if not kept:
        return kept
    written = set(_written(body))
    return {
        chain: replace(fact, sure=not any(_upsets(it, chain) for it in written))
        for chain, fact in kept.items()
    }


def chain_of(node: ast.expr) -> Chain:
    """Split `a.b.c` into its names; empty where it is anything else."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=value, attr=attribute):
            chain = chain_of(value)
            return (*chain, attribute) if chain else ()
        case _:
            return ()


def _upsets(written: Chain, chain: Chain) -> bool:
    return written == chain[: len(written)]


def _written(body: Sequence[ast.AST]) -> Iterator[Chain]:
    """Give the names, plain and dotted, that are bound anew anywhere in there."""
    for node in (inner for part in body for inner in ast.walk(part)):
        match node:
            case (
                ast.Name(ctx=ast.Store() | ast.Del())
                | ast.Attribute(ctx=ast.Store() | ast.Del())
            ):
                yield chain_of(node)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield (name,)
            case ast.Nonlocal(names=names) | ast.Global(names=names):
                yield from ((name,) for name in names)
            case _:
                pass
