"""The scopes of one file, and what each of their names is bound to."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

ScopeKind: TypeAlias = Literal["module", "class", "function", "comprehension"]
Chain: TypeAlias = tuple[str, ...]
"""A plain name, or one with attributes behind it: `event.item`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleBinding:
    """`import a.b as x`."""

    module: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBinding:
    """`from a.b import c`."""

    module: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueBinding:
    """`x = value`."""

    value: ast.expr


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedBinding:
    """A parameter, or a variable, that says what it is."""

    annotation: ast.expr


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedBinding:
    """What a loop, a `with` or an unpacking takes out of something."""

    source: ast.expr


@dataclass(frozen=True, slots=True, kw_only=True)
class HeirBinding:
    """`class X(base):` with nothing that changes how its instances are made."""

    base: ast.expr


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherBinding:
    """Anything else: a definition, a bare parameter, a `del`."""


BoundTo: TypeAlias = (
    ModuleBinding
    | NameBinding
    | ValueBinding
    | AnnotatedBinding
    | DerivedBinding
    | HeirBinding
    | OtherBinding
)
OTHER: Final = OtherBinding()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a test says of a name while it holds: it is an instance of that class."""

    owner: ast.expr
    sure: bool = True
    """False where the name is bound anew in the part of the source that it covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where in the source a name is looked at."""

    scope: Scope
    facts: Mapping[Chain, Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One of the places that give a name its meaning."""

    to: BoundTo
    view: View
    """Where what it is bound to is read."""
    guarded: bool
    """Whether the file can do without it."""
    types_only: bool
    """Whether only a type checker sees it (PEP 484, `TYPE_CHECKING`)."""


class Scope:
    """Where names live: a module, a class body, a function or a comprehension."""

    def __init__(self, kind: ScopeKind, parent: Scope | None) -> None:
        """Open a scope in which nothing is bound yet."""
        self.kind: ScopeKind = kind
        self.parent = parent
        self.bindings: defaultdict[str, list[Binding]] = defaultdict(list)
        self._global: set[str] = set()
        self._nonlocal: set[str] = set()

    def bind(self, name: str, binding: Binding) -> None:
        """Note a binding where Python would make it."""
        for scope in self._targets(name):
            scope.bindings[name].append(binding)

    def leave_global(self, name: str) -> None:
        """Note a `global` statement."""
        self._global.add(name)

    def leave_nonlocal(self, name: str) -> None:
        """Note a `nonlocal` statement."""
        self._nonlocal.add(name)

    def find(self, name: str) -> list[Binding]:
        """All the bindings of a name in the scope that it is looked up in."""
        scope: Scope | None = self
        while scope is not None:
            # A class body is seen from itself alone, not from what it holds.
            if name in scope.bindings and (scope is self or scope.kind != "class"):
                return scope.bindings[name]
            scope = scope.parent
        return []

    def _targets(self, name: str) -> list[Scope]:
        above = list(self._above())
        if name in self._global:
            return above[-1:]
        if name in self._nonlocal:
            # Which of them it is hangs on what comes later: each may be it.
            return [scope for scope in above if scope.kind == "function"]
        return [self]

    def _above(self) -> list[Scope]:
        found: list[Scope] = []
        scope = self.parent
        while scope is not None:
            found.append(scope)
            scope = scope.parent
        return found
