"""Follows where a walk through one file stands, and what names are bound to there."""

# ruff: noqa: D102
# (the methods that `ast.NodeVisitor` looks for need no telling)

from __future__ import annotations

import ast
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager

from compatcheck.surface.guards import last_name
from compatcheck.surface.uses_features import Features, Guard
from compatcheck.surface.uses_reached import Mention, as_module
from compatcheck.surface.uses_scopes import (
    OTHER,
    AnnotatedBinding,
    Binding,
    BoundTo,
    Chain,
    DerivedBinding,
    Fact,
    ModuleBinding,
    NameBinding,
    Scope,
    ScopeKind,
    ValueBinding,
    View,
)


class Binder(ast.NodeVisitor):
    """Visits each node of a file once, in the order in which it stands there."""

    def __init__(self, features: Features, module: str, *, is_package: bool) -> None:
        """Begin at the top of a file, which is that module, with nothing bound."""
        self.loaded: set[str] = set()
        """Every module that the file imports, packages included."""
        self.held: list[tuple[str, ast.expr, View]] = []
        """What the file keeps in attributes of its own objects."""
        self.mentions: list[Mention] = []
        """Where the file speaks of what may be the consumer's own."""
        self._features = features
        self._around: tuple[str, ...] = (as_module(module),)
        self._package = module if is_package else module.rpartition(".")[0]
        self._scope = Scope("module", None)
        self._facts: Mapping[Chain, Fact] = {}
        self._guarded = Guard.NONE
        self._types_only = False
        self._never = {"TYPE_CHECKING"}

    # --- where the walk stands -----------------------------------------------------

    @contextmanager
    def _within(
        self,
        *,
        guarded: Guard | bool = Guard.NONE,
        types_only: bool = False,
        known: Mapping[Chain, Fact] | None = None,
    ) -> Generator[None]:
        outer = self._guarded, self._types_only, self._facts
        self._guarded = max(self._guarded, Guard(guarded))
        self._types_only = self._types_only or types_only
        if known:
            self._facts = {**self._facts, **known}
        try:
            yield
        finally:
            self._guarded, self._types_only, self._facts = outer

    @contextmanager
    def _inside(self, kind: ScopeKind) -> Generator[None]:
        """Open a scope. What runs later sees names that may have changed since."""
        outer = self._scope, self._facts
        self._scope = Scope(kind, self._scope)
        if kind == "function":
            self._facts = {}
        try:
            yield
        finally:
            self._scope, self._facts = outer

    @contextmanager
    def _inside_of(self, name: str) -> Generator[None]:
        """Walk through what a function or a class of that name holds."""
        outer = self._around
        self._around = (*outer, name)
        try:
            yield
        finally:
            self._around = outer

    def _mention(self, name: str) -> None:
        """Note that something is spoken of; a type checker's imports load nothing."""
        if not self._types_only:
            guarded = self._guarded is Guard.VERSION
            mention = Mention(name=name, guarded=guarded, within=self._around)
            self.mentions.append(mention)

    def _mention_module(self, module: str) -> None:
        while module:
            self._mention(as_module(module))
            module = module.rpartition(".")[0]

    def _absolute(self, node: ast.ImportFrom) -> str:
        """The module that a `from` names, relative or not (PEP 328)."""
        parts = self._package.split(".") if node.level else []
        kept = parts[: len(parts) - node.level + 1]
        return ".".join([*kept, *filter(None, [node.module])])

    def _view(self) -> View:
        return View(scope=self._scope, facts=self._facts)

    def _bind(
        self, name: str | None, to: BoundTo = OTHER, view: View | None = None
    ) -> None:
        if name is not None:
            binding = Binding(
                to=to,
                view=view or self._view(),
                guarded=bool(self._guarded),
                types_only=self._types_only,
            )
            self._scope.bind(name, binding)

    def _each(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    # --- what names are bound to ---------------------------------------------------

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            module = alias.name if alias.asname else top
            self._load(alias.name)
            self._mention_module(alias.name)
            self._bind(alias.asname or top, ModuleBinding(module=module))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = self._absolute(node)
        self._mention_module(module)
        for alias in node.names:
            self._mention(as_module(f"{module}.{alias.name}"))
            if alias.asname or self._guarded is Guard.VERSION:
                self._mention(alias.name)
            local = alias.asname or alias.name
            if alias.name == "TYPE_CHECKING":
                self._never.add(local)
            if node.level or not node.module:
                self._bind(local)
            else:
                self._load(node.module)
                self._bind(local, NameBinding(module=node.module, name=alias.name))

    def _load(self, module: str) -> None:
        while module:
            self.loaded.add(module)
            module = module.rpartition(".")[0]

    def visit_Global(self, node: ast.Global) -> None:
        for name in node.names:
            self._scope.leave_global(name)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            self._scope.leave_nonlocal(name)

    def visit_Assign(self, node: ast.Assign) -> None:
        with self._within(guarded=self._is_table(node.targets, node.value)):
            self.visit(node.value)
        for target in node.targets:
            self._store(target, ValueBinding(value=node.value))

    def _is_table(self, targets: Sequence[ast.expr], value: ast.expr | None) -> bool:
        """Whether a version chooses later which of these things is used."""
        literal = isinstance(value, ast.Dict | ast.List | ast.Tuple)
        return literal and any(last_name(it) in self._features.tables for it in targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        with self._within(guarded=self._is_table([node.target], node.value)):
            self._each([node.value])
        self._store(node.target, AnnotatedBinding(annotation=node.annotation))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        inner = self._scope
        while self._scope.kind == "comprehension" and self._scope.parent is not None:
            self._scope = self._scope.parent
        self._store(node.target, ValueBinding(value=node.value))
        self._scope = inner

    def _store(self, target: ast.expr, to: BoundTo) -> None:
        match target, to:
            case ast.Name(id=name), _:
                self._bind(name, to)
            case ast.Attribute(value=ast.Name(id="self"), attr=name), (
                ValueBinding(value=kept)
            ):
                self.held.append((name, kept, self._view()))
            case ast.Tuple(elts=parts) | ast.List(elts=parts), _:
                if isinstance(to, ValueBinding):
                    to = DerivedBinding(source=to.value)
                for part in parts:
                    self._store(part, to)
            case ast.Starred(value=inner), _:
                self._store(inner, to)
            case _:
                self.visit(target)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._mention(node.id)
        else:
            self._bind(node.id)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._bind(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self._bind(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self._bind(node.rest)
        self.generic_visit(node)
