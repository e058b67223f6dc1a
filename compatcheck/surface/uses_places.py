"""Finds the places of one file that may use what is somebody else's."""

# ruff: noqa: D102, N802
# (the methods' names are those that `ast.NodeVisitor` looks for)

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from compatcheck.surface.uses_facts import facts
from compatcheck.surface.uses_features import Features, Guard, chosen_by
from compatcheck.surface.uses_scopes import (
    OTHER,
    AnnotatedBinding,
    DerivedBinding,
    HeirBinding,
    View,
)
from compatcheck.surface.uses_walk import Walker


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An expression in which something is read or called, seen as a whole."""

    spine: tuple[ast.expr, ...]
    """From the name that it begins with to all of it: `a`, `a.b`, `a.b()`."""
    view: View
    guarded: bool
    """Whether the file can do without what is used there."""
    within: tuple[str, ...]
    """As in `Mention`."""
    decorates: bool = False
    """Whether it is called with what it decorates."""


class PlaceWalker(Walker):
    """A walk that also notes what is read and called."""

    def __init__(self, features: Features, module: str, *, is_package: bool) -> None:
        """Begin at the top of a file, which is that module."""
        super().__init__(features, module, is_package=is_package)
        self.places: list[Place] = []
        self.classes: list[tuple[ast.ClassDef, View]] = []

    # --- expressions ---------------------------------------------------------------

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            self._place(node)
        else:
            self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        self._place(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._place(node)

    def visit_Await(self, node: ast.Await) -> None:
        self._place(node)

    def _place(self, node: ast.expr, *, decorates: bool = False) -> None:
        spine = tuple(_spine(node))[::-1]
        if not isinstance(spine[0], ast.Name):
            with self._within(guarded=max(map(self._chooses, spine))):
                self.visit(spine[0])
        elif not self._types_only:
            place = Place(
                spine=spine,
                view=self._view(),
                guarded=bool(self._guarded),
                within=self._around,
                decorates=decorates,
            )
            self.places.append(place)
        for part in spine:
            match part:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    self._mention(name)
                case ast.Call(args=arguments, keywords=keywords):
                    self._each([*arguments, *keywords])
                case ast.Subscript(slice=index):
                    self.visit(index)
                case _:
                    pass

    def _chooses(self, node: ast.expr) -> Guard:
        """Whether a version chooses what is taken out: `{1: old, 2: new}[MAJOR]`."""
        chosen = chosen_by(node)
        return self._features.looked_at(chosen[1]) if chosen else Guard.NONE

    # --- scopes --------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self._place(decorator, decorates=True)
        self._bind(node.name)
        with self._inside_of(node.name):
            self._function(node.args, node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node.args, [node.body])

    def _function(self, args: ast.arguments, body: Sequence[ast.AST]) -> None:
        self._each([*args.defaults, *args.kw_defaults])
        outside = self._view()
        with self._inside("function"):
            for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
                if arg.annotation is None:
                    self._bind(arg.arg)
                else:
                    said = AnnotatedBinding(annotation=arg.annotation)
                    self._bind(arg.arg, said, outside)
            for rest in (args.vararg, args.kwarg):
                self._bind(rest.arg if rest else None)
            statements = [it for it in body if isinstance(it, ast.stmt)]
            self._block(statements)
            self._each(it for it in body if not isinstance(it, ast.stmt))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self._place(decorator, decorates=True)
        self._each([*node.bases, *node.keywords])
        base = _made_like(node)
        self._bind(node.name, OTHER if base is None else HeirBinding(base=base))
        self.classes.append((node, self._view()))
        with self._inside("class"), self._inside_of(node.name):
            self._block(node.body)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node.generators, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node.generators, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node.generators, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, [node.key, node.value])

    def _comprehension(
        self, generators: Sequence[ast.comprehension], made: Sequence[ast.expr]
    ) -> None:
        self.visit(generators[0].iter)
        with self._inside("comprehension"):
            # Its own names hide what was known of others by the same name.
            own = {name for it in generators for name in _names(it.target)}
            self._facts = {
                chain: fact
                for chain, fact in self._facts.items()
                if chain[0] not in own
            }
            self._each(it.iter for it in generators[1:])
            for it in generators:
                self._store(it.target, DerivedBinding(source=it.iter))
            self._filtered([test for it in generators for test in it.ifs], made)

    def _filtered(self, tests: Sequence[ast.expr], made: Iterable[ast.expr]) -> None:
        if not tests:
            self._each(made)
            return
        test, *rest = tests
        self.visit(test)
        guarded = self._features.looked_at(test)
        with self._within(guarded=guarded, known=dict(facts(test))):
            self._filtered(rest, made)


def _spine(node: ast.expr) -> Iterator[ast.expr]:
    """Give an expression, then what it is read off or called on, inwards."""
    while True:
        yield node
        match node:
            case (
                ast.Call(func=inner)
                | ast.Attribute(value=inner)
                | ast.Subscript(value=inner)
                | ast.Await(value=inner)
            ):
                node = inner
            case _:
                return


def _made_like(node: ast.ClassDef) -> ast.expr | None:
    """The one base of a class that adds nothing to how its instances are made."""
    match node:
        case ast.ClassDef(bases=[base], keywords=[], decorator_list=[], body=body):
            return base if all(map(_only_adds, body)) else None
        case _:
            return None


def _only_adds(statement: ast.stmt) -> bool:
    """Whether it is a method that makes no instance; a field would change how."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name not in {"__init__", "__new__", "__init_subclass__"}
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case _:
            return False


def _names(target: ast.expr) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id
