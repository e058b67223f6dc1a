"""Walks one file in its order, telling what is guarded, and what holds, where."""

# ruff: noqa: D102, N802
# (the methods' names are those that `ast.NodeVisitor` looks for)

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from compatcheck.surface.guards import CATCH_ALL, catches, suppresses, truth
from compatcheck.surface.uses_binding import Binder
from compatcheck.surface.uses_facts import (
    JUMPS,
    facts,
    facts_behind,
    facts_of_case,
    facts_otherwise,
    holding,
)
from compatcheck.surface.uses_features import Guard
from compatcheck.surface.uses_scopes import Chain, DerivedBinding, Fact

FORGIVING: Final = CATCH_ALL | {
    *("AttributeError", "ImportError", "ModuleNotFoundError", "TypeError"),
}
"""Who catches one of these may mean to do without what a release does not have."""


class Walker(Binder):
    """Visits each node of a file once, in the order in which it stands there."""

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        """Visit statements in turn; some say what holds for those behind them."""
        for place, statement in enumerate(statements, start=1):
            self.visit(statement)
            rest = statements[place:]
            known = holding(facts_behind(statement), rest) if rest else {}
            guarded = self._parts_ways(statement)
            if known or guarded:
                with self._within(guarded=guarded, known=known):
                    self._block(rest)
                return

    def _parts_ways(self, statement: ast.stmt) -> Guard:
        """Whether what stands behind a statement is the other way for some versions."""
        match statement:
            case ast.If(test=test) if guard := self._features.looked_at(test):
                # At the top of a file, to raise is to refuse a version outright.
                jumps = JUMPS if self._scope.kind == "function" else (ast.Return,)
                parts = any(isinstance(node, jumps) for node in ast.walk(statement))
                return guard if parts else Guard.NONE
            case _:
                return Guard.NONE

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._store(node.target, DerivedBinding(source=node.iter))
        self._block(node.body)
        self._block(node.orelse)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self.visit_For(node)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self._store(
                    item.optional_vars, DerivedBinding(source=item.context_expr)
                )
        with self._within(guarded=suppresses(node.items, FORGIVING)):
            self._block(node.body)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self.visit_With(node)

    # --- what runs only sometimes --------------------------------------------------

    def visit_If(self, node: ast.If) -> None:
        match truth(node.test, self._never):
            case None:
                self._either(node.test, node.body, node.orelse)
            case holds:
                with self._within(types_only=not holds):
                    self._block(node.body)
                with self._within(types_only=holds):
                    self._block(node.orelse)

    def _either(
        self, test: ast.expr, body: Sequence[ast.stmt], rest: Sequence[ast.stmt]
    ) -> None:
        self.visit(test)
        guarded = self._features.looked_at(test)
        with self._within(guarded=guarded, known=holding(facts(test), body)):
            self._block(body)
        with self._within(guarded=guarded, known=holding(facts_otherwise(test), rest)):
            self._block(rest)

    def visit_While(self, node: ast.While) -> None:
        self._either(node.test, node.body, node.orelse)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        guarded = self._features.looked_at(node.test)
        with self._within(guarded=guarded, known=dict(facts(node.test))):
            self.visit(node.body)
        with self._within(guarded=guarded, known=dict(facts_otherwise(node.test))):
            self.visit(node.orelse)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        told = facts if isinstance(node.op, ast.And) else facts_otherwise
        guarded, known = Guard.NONE, dict[Chain, Fact]()
        for value in node.values:
            with self._within(guarded=guarded, known=known):
                self.visit(value)
            guarded = max(guarded, self._features.looked_at(value))
            known.update(told(value))

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        forgiving = [it for it in node.handlers if not _raises_again(it)]
        with self._within(guarded=catches(forgiving, FORGIVING)):
            self._block(node.body)
            self._block(node.orelse)
        for handler in node.handlers:
            forgives = catches([handler], FORGIVING)
            with self._within(guarded=Guard.VERSION if forgives else Guard.NONE):
                self.visit(handler)  # the other way, if the first is not there
        self._block(node.finalbody)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        self.visit_Try(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        known: Mapping[Chain, Fact] = {}
        if node.type is not None:
            self.visit(node.type)
            if node.name is not None:
                caught = [((node.name,), Fact(owner=node.type))]
                known = holding(caught, node.body)
        self._bind(node.name)
        with self._within(known=known):
            self._block(node.body)

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        guarded = self._features.looked_at(node.subject)
        for case in node.cases:
            self.visit(case.pattern)
            if case.guard is not None:
                guarded = max(guarded, self._features.looked_at(case.guard))
            known = dict(facts_of_case(node.subject, case.pattern))
            held = holding(known.items(), case.body)
            with self._within(guarded=guarded, known=held):
                self._each([case.guard])
                self._block(case.body)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """Whether what a handler catches goes on, whatever it does before."""
    match handler.body:
        case [*before, ast.Raise(exc=None)]:
            inner = (node for part in before for node in ast.walk(part))
            return not any(isinstance(node, JUMPS) for node in inner)
        case _:
            return False
