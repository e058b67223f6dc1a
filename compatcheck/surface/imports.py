"""What one module of Python source imports, read from its syntax and never run."""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from compatcheck.model import ImportNeed
from compatcheck.surface.following import LocalNames, Use
from compatcheck.surface.guards import (
    CATCH_IMPORT,
    CATCH_NAME,
    catches,
    suppresses,
    truth,
)

PARSING = threading.Lock()
"""What filters warnings belongs to the process: one thread at a time may change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What the source survives the absence of, at one place."""

    modules: bool = False
    names: bool = False


def find_imports(source: bytes, importer: str) -> tuple[ImportNeed, ...]:
    """List the absolute imports of a module, and the names it reads off them.

    An import that stands in a function is optional: it is made only when that is
    called. Names read off a module are needed wherever they stand, unless guarded.

    Raises what `ast.parse` does where the source is not that of this Python.
    """
    reader = _Reader(importer)
    reader.visit(_parse(source))
    return (*reader.needs, *reader.names.followed(reader.needs, importer))


def _parse(source: bytes) -> ast.Module:
    """Parse, silently: strangers' invalid escapes are no business of our user."""
    with PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


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
    def _guarded(self, *, modules: bool = False, names: bool = False) -> Iterator[None]:
        outer = self._guard
        self._guard = Guard(
            modules=outer.modules or modules, names=outer.names or names
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
                self._each(node.body if holds else node.orelse)

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

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        modules = catches(node.handlers, CATCH_IMPORT)
        names = catches(node.handlers, CATCH_NAME)
        with self._guarded(modules=modules, names=names):
            self._each(node.body)
            self._each(node.orelse)
        self._each(node.handlers)
        self._each(node.finalbody)

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
            self._each(node.body)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self.visit_With(node)

    # --- scopes and annotations --------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.names.rebind(node.name)
        self._each(node.decorator_list)
        self.visit(node.args)
        self._annotation(node.returns)
        with self._guarded(modules=True):
            self._each(node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.names.rebind(node.name)
        self.generic_visit(node)

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
