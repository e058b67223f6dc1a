"""What one module of Python source imports, read from its syntax and never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from compatcheck.model import ImportNeed
from compatcheck.surface.following import LocalNames, Use
from compatcheck.surface.guards import (
    CATCH_IMPORT,
    CATCH_NAME,
    LOOP_JUMPS,
    RAISE,
    catches,
    leaves,
    suppresses,
    truth,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What the source survives at one place: the absence of these, and raising."""

    modules: bool = False
    names: bool = False
    raises: bool = False
    """A `raise` that stands there ends no import: the file may catch it."""


def find_imports(tree: ast.Module, importer: str) -> tuple[ImportNeed, ...]:
    """List the absolute imports of a module, and the names it reads off them.

    Required is what importing the module cannot do without: what it imports, and
    what it reads as it is imported (base classes, decorators, default values,
    evaluated annotations). What stands in a function is optional, being done only
    when that is called; so is what stands in or behind a branch that may not be run.
    """
    reader = _Reader(importer)
    reader.visit(tree)
    return (*reader.needs, *reader.names.followed(reader.needs, importer))


class _Reader(ast.NodeVisitor):
    """Walks a module once, knowing at each place what is guarded."""

    def __init__(self, importer: str) -> None:
        self.needs: list[ImportNeed] = []
        self.names = LocalNames()
        self._importer = importer
        self._guard = Guard()
        self._lazy_annotations = False
        self._never = {"TYPE_CHECKING"}

    def _take(self, module: str, name: str | None, line: int) -> None:
        need = ImportNeed(
            module=module,
            name=name,
            optional=self._guard.modules,
            importer=self._importer,
            line=line,
        )
        self.needs.append(need)

    @contextmanager
    def _guarded(
        self, *, modules: bool = False, names: bool = False, raises: bool = False
    ) -> Iterator[None]:
        outer = self._guard
        self._guard = Guard(
            modules=outer.modules or modules,
            names=outer.names or names,
            raises=outer.raises or raises,
        )
        try:
            yield
        finally:
            self._guard = outer

    def _sometimes(self, nodes: Sequence[ast.AST]) -> None:
        """Visit what runs only if the source decides so."""
        with self._guarded(modules=True, names=True):
            self._each(nodes)

    def _each(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        """Visit statements in turn; behind one that may leave, what comes is open."""
        # Where nothing in the file catches it, a raise is no way to do without the
        # rest: the import fails.
        jumps = LOOP_JUMPS | RAISE if self._guard.raises else LOOP_JUMPS
        for place, statement in enumerate(statements, start=1):
            self.visit(statement)
            if leaves(statement, jumps):
                self._sometimes(statements[place:])
                return

    # --- imports -----------------------------------------------------------------

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._take(alias.name, None, node.lineno)
            module = alias.name if alias.asname else alias.name.partition(".")[0]
            local = alias.asname or module
            self.names.bind(local, module, guarded=self._guard.modules)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.names.rebind(alias.asname or alias.name)
            if node.module and not node.level:
                self._notice(node.module, alias)
                name = None if alias.name == "*" else alias.name
                self._take(node.module, name, node.lineno)

    def _notice(self, module: str, alias: ast.alias) -> None:
        """Note the imports that change what the rest of the file means."""
        if alias.name == "TYPE_CHECKING":
            self._never.add(alias.asname or alias.name)
        if (module, alias.name) == ("__future__", "annotations"):
            self._lazy_annotations = True

    # --- what runs only sometimes ------------------------------------------------

    def visit_If(self, node: ast.If) -> None:
        match truth(node.test, self._never):
            case None:
                self.visit(node.test)
                self._sometimes(node.body)
                self._sometimes(node.orelse)
            case holds:
                self._block(node.body if holds else node.orelse)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        match truth(node.test, self._never):
            case None:
                self.visit(node.test)
                self._sometimes([node.body, node.orelse])
            case holds:
                self.visit(node.body if holds else node.orelse)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        self._sometimes(node.values[1:])

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        self._sometimes(node.cases)

    def visit_For(self, node: ast.For) -> None:
        self._each([node.target, node.iter])
        # The else of a loop is behind its body: a break passes over it.
        self._block([*node.body, *node.orelse])

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self._block([*node.body, *node.orelse])

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        modules = catches(node.handlers, CATCH_IMPORT)
        names = catches(node.handlers, CATCH_NAME)
        raises = bool(node.handlers)
        with self._guarded(modules=modules, names=names, raises=raises):
            self._block([*node.body, *node.orelse])
        self._each(node.handlers)
        self._block(node.finalbody)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        self.visit_Try(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        self.names.rebind(node.name)
        self._sometimes(node.body)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        self._each(node.items)
        modules = suppresses(node.items, CATCH_IMPORT)
        names = suppresses(node.items, CATCH_NAME)
        with self._guarded(modules=modules, names=names):
            self._block(node.body)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self.visit_With(node)

    # --- scopes and annotations --------------------------------------------------

    def visit_Module(self, node: ast.Module) -> None:
        self._block(node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.names.rebind(node.name)
        self._each(node.decorator_list)
        self.visit(node.args)
        self._annotation(node.returns)
        self._sometimes(node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.names.rebind(node.name)
        self._each([*node.decorator_list, *node.bases, *node.keywords])
        self._block(node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        self._sometimes([node.body])

    def visit_arg(self, node: ast.arg) -> None:
        self.names.rebind(node.arg)
        self._annotation(node.annotation)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._each([node.target, *([node.value] if node.value else [])])
        self._annotation(node.annotation)

    def _annotation(self, node: ast.expr | None) -> None:
        """Visit an annotation, which PEP 563 leaves unread until somebody asks."""
        if node is not None:
            with self._guarded(names=self._lazy_annotations):
                self.visit(node)

    # --- names -------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.names.rebind(node.id)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.names.rebind(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self.names.rebind(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.names.rebind(node.rest)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = _chain(node)
        if not chain:
            self.generic_visit(node)
            return
        if not isinstance(node.ctx, ast.Load):
            # What the file itself puts there need not be there before.
            self.names.ask_for(chain)
            chain = chain[:-1]
        if len(chain) > 1:
            use = Use(chain=chain, optional=self._guard.names, line=node.lineno)
            self.names.use(use)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func, node.args:
            case (ast.Name(id="hasattr"), [target, ast.Constant(value=str(name))]) | (
                ast.Name(id="getattr"),
                [target, ast.Constant(value=str(name)), _],
            ):
                self.names.ask_for((*_chain(target), name))
            case _:
                pass
        self.generic_visit(node)


def _chain(node: ast.expr) -> tuple[str, ...]:
    """Split `a.b.c` into its names; empty where it is anything else."""
    match node:
        case ast.Name(id=name):
            return (name,)
        case ast.Attribute(value=value, attr=attribute):
            chain = _chain(value)
            return (*chain, attribute) if chain else ()
        case _:
            return ()
