"""What a consumer's own classes add to those that they come from.

Where a function takes the provider's class, it may be given one of the consumer's own
that has more, or other, methods. Which class of the provider's that comes from is not
known without the provider: any of the same top-level module counts.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """A class of the consumer's own."""

    name: str
    bases: frozenset[str]
    """Every name in what it comes from."""
    tops: frozenset[str]
    """The top-level modules of others that these were imported from."""
    members: frozenset[str]
    """What it defines, declares, or sets on itself."""


def members_of_class(node: ast.ClassDef) -> Iterator[str]:
    """Give what a class binds in its body and what its methods set on `self`."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        match waiting.pop():
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) as inner:
                yield name
                yield from _set_on_self(inner)
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case inner:
                waiting.extend(ast.iter_child_nodes(inner))


def _set_on_self(method: ast.AST) -> Iterator[str]:
    for inner in ast.walk(method):
        match inner:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if (
                isinstance(inner.ctx, ast.Store)
            ):
                yield name
            case _:
                pass


def added(heirs: Iterable[Heir]) -> Mapping[str, frozenset[str]]:
    """What own classes have beyond those of others, by top-level module."""
    bases: defaultdict[str, set[str]] = defaultdict(set)
    tops: defaultdict[str, set[str]] = defaultdict(set)
    members: defaultdict[str, set[str]] = defaultdict(set)
    for heir in heirs:
        bases[heir.name] |= heir.bases
        tops[heir.name] |= heir.tops
        members[heir.name] |= heir.members
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in members:
        above = _above(name, bases)
        has = {member for each in above for member in members.get(each, ())}
        for top in {top for each in above for top in tops.get(each, ())}:
            found[top] |= has
    return {top: frozenset(names) for top, names in sorted(found.items())}


def _above(name: str, bases: Mapping[str, Iterable[str]]) -> set[str]:
    waiting, seen = [name], {name}
    while waiting:
        for base in set(bases.get(waiting.pop(), ())) - seen:
            seen.add(base)
            waiting.append(base)
    return seen
