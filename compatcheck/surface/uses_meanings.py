"""What an expression of one file stands for, where the file leaves no doubt."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from compatcheck.surface.guards import last_name
from compatcheck.surface.uses_facts import chain_of
from compatcheck.surface.uses_scopes import (
    AnnotatedBinding,
    Binding,
    DerivedBinding,
    Fact,
    HeirBinding,
    ModuleBinding,
    NameBinding,
    OtherBinding,
    ValueBinding,
    View,
)
from compatcheck.surface.uses_types import (
    Kind,
    Meaning,
    any_of,
    heir_of,
    instance_of,
    is_null,
    members_of,
)

OPEN_TYPES: Final = frozenset({"Any", "object"})
FLAT: Final = frozenset(
    {"bool", "float", "hash", "id", "int", "isinstance", "len", "print", "repr", "str"}
)
"""Functions that give back nothing of what they are given."""


class Meanings:
    """Tells meanings from the bindings of a whole file."""

    def __init__(
        self, loaded: Collection[str], held: Iterable[tuple[str, ast.expr, View]]
    ) -> None:
        """Take the modules that a file imports and what it keeps in attributes."""
        self._loaded = loaded
        self._known: dict[int, Meaning | None] = {}
        self._held: dict[str, Meaning] = {}
        for name, value, view in held:
            if (kept := self.of(value, view)) is not None:
                self._held.setdefault(name, kept.unclear())

    def of(self, node: ast.expr, view: View) -> Meaning | None:
        """What an expression stands for; None where it is nothing of anybody else's."""
        spine = [node]
        while (inner := _inner(spine[-1])) is not None:
            spine.append(inner)
        meaning = self.first(spine.pop(), view)
        while spine:
            meaning = self.step(meaning, spine.pop(), view)
        return meaning

    def first(self, node: ast.expr, view: View) -> Meaning | None:
        """What the innermost part of an expression stands for."""
        match node:
            case ast.Name(id=name):
                bindings = view.scope.find(name)
                if (fact := view.facts.get((name,))) is not None:
                    return self._narrowed(self._instance(fact, view), bindings)
                return self._joined(bindings)
            case ast.NamedExpr(value=value):
                return self.of(value, view)
            case ast.BoolOp(values=parts):
                return any_of(self.of(part, view) for part in parts)
            case ast.IfExp(body=body, orelse=other):
                return any_of(self.of(part, view) for part in (body, other))
            case _:
                return None

    def step(self, base: Meaning | None, node: ast.expr, view: View) -> Meaning | None:
        """What stands one step further out: an attribute, a call, an item."""
        if view.facts and (fact := view.facts.get(chain_of(node))) is not None:
            return self._instance(fact, view)
        if base is None:
            return self._held.get(_of_self(node)) or self._passed_on(node, view)
        match node, base.kind:
            case ast.Attribute(attr=name), _:
                return self._attribute(base, name)
            case ast.Call(), Kind.NAME | Kind.GENERIC:
                base = replace(base, kind=Kind.INSTANCE)
            case ast.Subscript(), Kind.NAME:
                base = replace(base, kind=Kind.GENERIC)
            case _:
                base = base.unclear()
        return base

    def _passed_on(self, node: ast.expr, view: View) -> Meaning | None:
        """What may come out of a function that is given somebody else's thing."""
        match node:
            case ast.Call(func=ast.Name(id=name), args=arguments) if name not in FLAT:
                given = (self.of(argument, view) for argument in arguments)
                return any_of(it for it in given if it and it.kind in Kind.objects())
            case _:
                return None

    def _attribute(self, base: Meaning, name: str) -> Meaning | None:
        match base.kind:
            case Kind.MODULE:
                inner = f"{base.module}.{name}"
                if inner in self._loaded:
                    return replace(base, module=inner)
                return replace(base, kind=Kind.NAME, name=name)
            case Kind.NAME | Kind.INSTANCE:
                return replace(
                    base,
                    kind=Kind.MEMBER,
                    name=f"{base.name}.{name}",
                    instance=base.kind is Kind.INSTANCE,
                )
            case Kind.CONTENT | Kind.HEIR:
                return None
            case Kind.GENERIC | Kind.MEMBER | Kind.UNCLEAR:
                return base.unclear()

    # --- names ---------------------------------------------------------------------

    def _joined(self, bindings: Sequence[Binding]) -> Meaning | None:
        """What a name stands for whichever of its bindings was the last."""
        found = [self._bound(it) for it in bindings if not _is_none(it)]
        known = [it for it in found if it is not None]
        if not known:
            return None
        guarded = any(it.guarded for it in known)
        joined = [it if it.guarded == guarded else _guarded(it) for it in known]
        if len(known) == len(found) and all(it == joined[0] for it in joined):
            return joined[0]
        return joined[0].unclear()

    def _bound(self, binding: Binding) -> Meaning | None:
        if id(binding) not in self._known:
            self._known[id(binding)] = None  # while it is asked for, as in `x = x.y`
            meaning = self._told(binding)
            if meaning is not None and (binding.guarded or binding.types_only):
                meaning = replace(
                    meaning,
                    guarded=meaning.guarded or binding.guarded,
                    types_only=meaning.types_only or binding.types_only,
                )
            self._known[id(binding)] = meaning
        return self._known[id(binding)]

    def _told(self, binding: Binding) -> Meaning | None:
        view, told = binding.view, None
        match binding.to:
            case ModuleBinding(module=module):
                told = Meaning(kind=Kind.MODULE, module=module)
            case NameBinding(module=module, name=name):
                told = self._attribute(Meaning(kind=Kind.MODULE, module=module), name)
            case ValueBinding(value=value):
                told = self.of(value, view)
                if told is not None and told.kind is Kind.MEMBER:
                    told = told.unclear()
            case AnnotatedBinding(annotation=annotation):
                told = self._annotated(annotation, view)
            case DerivedBinding(source=source):
                told = any_of([self.of(source, view)])
            case HeirBinding(base=base):
                told = heir_of(self.of(base, view))
            case OtherBinding():
                pass
        return told

    # --- types ---------------------------------------------------------------------

    def _instance(self, fact: Fact, view: View) -> Meaning | None:
        meaning = self._annotated(fact.owner, view)
        return meaning if meaning is None or fact.sure else meaning.unclear()

    def _narrowed(
        self, meaning: Meaning | None, bindings: Sequence[Binding]
    ) -> Meaning | None:
        """Weigh what a test says of a name against what the name was said to be.

        Under `isinstance(x, Base)` an `x: Mine` has all that Mine has, too.
        """
        for binding in bindings:
            match binding.to:
                case AnnotatedBinding(annotation=annotation) if meaning is not None:
                    if not self._admits(annotation, binding.view, meaning):
                        return meaning.unclear()
                case _:
                    pass
        return meaning

    def _admits(self, annotation: ast.expr, view: View, meaning: Meaning) -> bool:
        """Whether a type says no more than that it may be of that origin."""
        for part in members_of(annotation, lambda node: self.of(node, view)):
            said = self.of(part, view)
            if last_name(part) in OPEN_TYPES or (said and said.top == meaning.top):
                return True
        return False

    def _annotated(self, annotation: ast.expr, view: View) -> Meaning | None:
        """What an object is, of which the source says this type."""

        def of(node: ast.expr) -> Meaning | None:
            return self.of(node, view)

        members = [it for it in members_of(annotation, of) if not is_null(it)]
        meanings = [instance_of(it, of) for it in members]
        return meanings[0] if len(meanings) == 1 else any_of(meanings)


def _guarded(meaning: Meaning) -> Meaning:
    return replace(meaning, guarded=True)


def _of_self(node: ast.expr) -> str:
    """The name of what is read off `self`; empty for anything else."""
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
        case _:
            return ""


def _inner(node: ast.expr) -> ast.expr | None:
    match node:
        case (
            ast.Attribute(value=inner)
            | ast.Call(func=inner)
            | ast.Subscript(value=inner)
            | ast.Await(value=inner)
        ):
            return inner
        case _:
            return None


def _is_none(binding: Binding) -> bool:
    """Whether it is the None before the value: nothing is read off that."""
    return isinstance(binding.to, ValueBinding) and is_null(binding.to.value)
