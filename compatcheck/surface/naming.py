"""Reads the names of one module from its source, with griffe and without running it.

griffe (https://mkdocstrings.github.io/griffe/) tells what each name is, and where an
imported one comes from. What it does not ask is whether a name is there in the end:
it takes every branch of an `if` and of a `try`. That is told by `binding` and `doubts`.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.util import decode_source
from pathlib import Path
from typing import Any, Final

import griffe

from compatcheck.surface.binding import Bound, bound_by
from compatcheck.surface.doubts import Doubts, doubts_of
from compatcheck.surface.guards import last_name
from compatcheck.surface.names import Kind, ModuleNames, Name
from compatcheck.surface.parsing import PARSING, UNREADABLE

_PLAIN_DECORATORS: Final = frozenset({"dataclass", "final", "runtime_checkable"})
"""Of classes: those that take no member away (`dataclasses`, `typing`)."""

_KINDS: Final[Mapping[griffe.Kind, Kind]] = {
    griffe.Kind.CLASS: "class",
    griffe.Kind.FUNCTION: "function",
}


def read_names(source: bytes, module: str, *, package: bool) -> ModuleNames | None:
    """The names of a module; None where this Python cannot parse its source.

    `package` says whether it is an `__init__`, which relative imports hang on.
    """
    keeper = _Tree()
    try:
        text = decode_source(source)
        with PARSING, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen = griffe.visit(
                module.rpartition(".")[2],
                Path(_file(module, package=package)),
                text,
                extensions=griffe.Extensions(keeper),
                parent=_parent(module),
            )
    except UNREADABLE:
        return None
    tree = keeper.tree
    never = frozenset(_never(tree))
    doubts, bound = doubts_of(tree, text), bound_by(tree.body, never)
    classes = {it.name: it for it in tree.body if isinstance(it, ast.ClassDef)}
    names = dict(_names(seen, _with_doubts(bound, doubts), classes, never))
    if package:
        # griffe passes over `from . import x` here, where x is its own submodule.
        for name in names.keys() & set(_own_imports(tree)):
            own = f"{module}.{name}"
            names[name] = replace(names[name], kind="alias", target=own)
    exporting = len(re.findall(r"\b__all__\b", text))
    return ModuleNames(
        names=dict(sorted(names.items())),
        stars=dict(_stars(seen, tree)),
        exports=_exports(seen, exporting),
        exporting=exporting > 0,
        more=doubts.more,
        fewer=doubts.fewer,
    )


class _Tree(griffe.Extension):
    """Keeps the syntax tree that griffe parses."""

    tree: ast.Module

    def on_module_node(
        self,
        *,
        node: ast.AST | griffe.ObjectNode,
        agent: griffe.Visitor | griffe.Inspector,  # noqa: ARG002 - as griffe calls it
        **kwargs: Any,  # noqa: ANN401, ARG002 - likewise
    ) -> None:
        """Keep it."""
        assert isinstance(node, ast.Module)  # noqa: S101 - source is all we give it
        self.tree = node


def _with_doubts(bound: Bound, doubts: Doubts) -> Bound:
    return replace(
        bound, always=bound.always - doubts.gone, ever=bound.ever | doubts.reset
    )


def _names(
    seen: griffe.Module,
    bound: Bound,
    classes: Mapping[str, ast.ClassDef],
    never: frozenset[str],
) -> Iterator[tuple[str, Name]]:
    """Give each name that is ever bound; what griffe passes over is an attribute."""
    for name in bound.ever:
        member, sure = seen.members.get(name), name in bound.always
        node = classes.get(name)
        match member:
            case griffe.Alias(target_path=target):
                yield name, Name(kind="alias", sure=sure, target=target)
            case griffe.Class() if node is not None:
                yield name, _class(member, node, sure=sure, never=never)
            case None:
                yield name, Name(kind="attribute", sure=sure)
            case _:
                kind = _KINDS.get(member.kind, "attribute")
                yield name, Name(kind=kind, sure=sure, plain=False)


def _class(
    seen: griffe.Class, node: ast.ClassDef, *, sure: bool, never: frozenset[str]
) -> Name:
    bound = bound_by(node.body, never)
    annotated = {
        it.target.id
        for it in node.body
        if isinstance(it, ast.AnnAssign) and isinstance(it.target, ast.Name)
    }
    decorators = (
        it.func if isinstance(it, ast.Call) else it for it in node.decorator_list
    )
    known = all(last_name(it) in _PLAIN_DECORATORS for it in decorators)
    made = {
        it.name
        for it in node.body
        if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    plain = known and not node.keywords
    # A metaclass or a decorator may take plain values away, fields above all.
    keeps = bound.always if plain and not node.bases else bound.always & made
    return Name(
        kind="class",
        sure=sure,
        members={
            it: it in keeps or it in annotated for it in sorted(bound.ever | annotated)
        },
        bases=tuple(_bases(seen)),
        plain=plain,
    )


def _bases(seen: griffe.Class) -> Iterator[str]:
    """Give the dotted name of each base; `Generic[T]` is what it is of."""
    for base in seen.bases:
        match base:
            case griffe.ExprSubscript(left=griffe.Expr() as left):
                yield left.canonical_path
            case griffe.Expr():
                yield base.canonical_path
            case _:
                yield str(base)


def _stars(seen: griffe.Module, tree: ast.Module) -> Iterator[tuple[str, bool]]:
    found = [it for it in seen.members.values() if isinstance(it, griffe.Alias)]
    stars = [it.wildcard for it in found if it.wildcard is not None]
    always = len(stars) == sum(map(_is_star, tree.body))
    yield from dict.fromkeys(stars, always).items()


def _is_star(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _exports(seen: griffe.Module, mentions: int) -> tuple[str, ...] | None:
    """The texts of `__all__`; None unless it is named once, and set to texts alone."""
    exports = seen.exports or ()
    texts = tuple(it for it in exports if isinstance(it, str))
    # griffe tells an `__all__` that it cannot read as an empty one.
    if mentions != 1 or not texts or len(texts) != len(exports):
        return None
    return tuple(sorted(set(texts)))


def _own_imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1 and not node.module:
            yield from (it.name for it in node.names if it.asname is None)


def _never(tree: ast.Module) -> Iterator[str]:
    """Give the local names of `typing.TYPE_CHECKING`, which is false when code runs."""
    yield "TYPE_CHECKING"
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "TYPE_CHECKING" and alias.asname:
                    yield alias.asname


def _parent(module: str) -> griffe.Module | None:
    """The packages around a module, empty: griffe reads relative imports by them."""
    above, _, _ = module.rpartition(".")
    if not above:
        return None
    path = Path(_file(above, package=True))
    name = above.rpartition(".")[2]
    return griffe.Module(name, filepath=path, parent=_parent(above))


def _file(module: str, *, package: bool) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if package else f"{path}.py"
