"""What expressions can stand for, and how types are written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, TypeAlias

from stdlibs import module_names

from compatcheck.surface.parsing import UNREADABLE, parse_source

TYPING: Final = frozenset({"typing", "typing_extensions"})
PLAINLY: Final = frozenset(
    {"Annotated", "ClassVar", "Final", "Required", "NotRequired"}
)
"""What may be written around a type without changing what an object of it can do."""


class Kind(Enum):
    """What sort of thing an expression stands for."""

    MODULE = "module"
    NAME = "name"
    """Taken from a module: a class, a function, or anything else."""
    GENERIC = "generic"
    """A name with something in brackets: `Agent[Context]` makes an Agent."""
    HEIR = "heir"
    """A class of the file's own that is made like the class of that name."""
    INSTANCE = "instance"
    """An instance of the class of that name."""
    MEMBER = "member"
    """Read off a name or an instance."""
    CONTENT = "content"
    """Something that holds such instances: a list of them."""
    UNCLEAR = "unclear"
    """Something of that module's, of which no more can be said."""

    @classmethod
    def objects(cls) -> frozenset[Kind]:
        """Those that are made as the file runs, not imported."""
        return frozenset({cls.INSTANCE, cls.MEMBER, cls.CONTENT, cls.UNCLEAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an expression stands for, by where it was imported from."""

    kind: Kind
    module: str
    name: str = ""
    """Dotted; empty for a module."""
    instance: bool = False
    """Of a member: whether it is read off an instance."""
    guarded: bool = False
    """Whether the file can do without it."""
    types_only: bool = False
    """Whether it is there for a type checker alone."""

    @property
    def origin(self) -> str:
        """The name that was imported, with its module."""
        return ".".join(filter(None, [self.module, self.name.partition(".")[0]]))

    @property
    def top(self) -> str:
        """The top-level module."""
        return self.module.partition(".")[0]

    def unclear(self) -> Meaning:
        """Something that came from here."""
        return replace(self, kind=Kind.UNCLEAR)


Of: TypeAlias = Callable[[ast.expr], Meaning | None]
"""Tells what a part of a type stands for."""


def members_of(node: ast.expr, of: Of) -> Iterator[ast.expr]:
    """Lay a union flat, and take off what changes nothing."""
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from members_of(left, of)
            yield from members_of(right, of)
        case ast.Constant(value=str(text)) if (read := _parsed(text)) is not None:
            yield from members_of(read, of)
        case ast.Tuple(elts=parts):  # the second argument of `isinstance`
            for part in parts:
                yield from members_of(part, of)
        case ast.Subscript(value=outer, slice=inner):
            yield from _within(outer, inner, node, of)
        case _:
            yield node


def instance_of(node: ast.expr, of: Of) -> Meaning | None:
    """What an object of that type is, where the type is no union."""
    if isinstance(node, ast.Subscript):
        return _content(node, of)
    match of(node):
        case Meaning(kind=Kind.NAME | Kind.GENERIC) as meaning:
            return replace(meaning, kind=Kind.INSTANCE, types_only=False)
        case Meaning(kind=Kind.MEMBER, instance=False) as meaning:
            return replace(meaning, kind=Kind.INSTANCE, types_only=False)
        case Meaning(kind=Kind.UNCLEAR) as meaning:
            return meaning
        case _:
            return None


def heir_of(base: Meaning | None) -> Meaning | None:
    """A class that has that base and is made like it."""
    if base is None or base.kind not in {Kind.NAME, Kind.GENERIC, Kind.HEIR}:
        return None
    return replace(base, kind=Kind.HEIR)


def any_of(meanings: Iterable[Meaning | None]) -> Meaning | None:
    """Something of somebody's, if any of them is."""
    found = next((it for it in meanings if it is not None), None)
    return found and found.unclear()


def is_null(node: ast.expr) -> bool:
    """Whether it is written `None`."""
    return isinstance(node, ast.Constant) and node.value is None


def _within(
    outer: ast.expr, inner: ast.expr, whole: ast.expr, of: Of
) -> Iterator[ast.expr]:
    match of(outer), inner:
        case Meaning(module=module, name=name), _ if not _is_standard(module):
            yield outer  # `RunContextWrapper[T]` is that, whatever it is of
        case Meaning(name="Optional" | "Union"), _:
            yield from members_of(inner, of)
        case Meaning(name=name), ast.Tuple(elts=[first, *_]) if name in PLAINLY:
            yield from members_of(first, of)
        case Meaning(name=name), _ if name in PLAINLY:
            yield from members_of(inner, of)
        case _:
            yield whole


def _content(node: ast.Subscript, of: Of) -> Meaning | None:
    """What holds others' things, as `list[Item]` does."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    inner = (instance_of(it, of) for part in parts for it in members_of(part, of))
    found = next((it for it in inner if it is not None), None)
    return found and replace(found, kind=Kind.CONTENT)


def _is_standard(module: str) -> bool:
    top = module.partition(".")[0]
    return top in module_names or module in TYPING


def _parsed(text: str) -> ast.expr | None:
    try:
        match parse_source(text.encode()).body:
            case [ast.Expr(value=value)]:
                return value
            case _:
                return None
    except UNREADABLE:
        return None
