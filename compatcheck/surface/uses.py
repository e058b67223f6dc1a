"""What one module of source does with what it imports, read from its syntax.

Followed is only what the file itself makes plain: an imported name, a module's
attribute, a parameter annotated with an imported class, a branch under `isinstance`, a
variable that is only ever given such a thing. One level is read: what `x.attr` is in
its turn, the file does not say. What is not plain, or may be missing because the file
provides for that, is counted and nothing more.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from stdlibs import module_names

from compatcheck.model import CallShape, UseNeed
from compatcheck.surface.uses_features import find_features
from compatcheck.surface.uses_heirs import Heir, members_of_class
from compatcheck.surface.uses_meanings import Meanings
from compatcheck.surface.uses_places import Place, PlaceWalker
from compatcheck.surface.uses_reached import Mention
from compatcheck.surface.uses_scopes import View
from compatcheck.surface.uses_types import Kind, Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What a file uses, and how much of what it uses was left out."""

    uses: tuple[UseNeed, ...]
    """In the order of the file, with repetition."""
    within: tuple[tuple[str, ...], ...]
    """Of each use, the module, classes and functions around it."""
    unclear: Mapping[str, int]
    """Number of places by what they hang on: `agents.Runner`."""
    spared: frozenset[str]
    """Attributes that the file tests for or sets itself, on whatever object."""
    replaced: frozenset[str]
    """Names of others' modules and classes that it sets anew."""
    mentions: tuple[Mention, ...]
    """Where it speaks of what may be the consumer's own."""
    heirs: tuple[Heir, ...]
    """Its classes."""


def find_uses(
    tree: ast.Module,
    importer: str,
    *,
    silenced: Collection[int] = (),
    is_package: bool = False,
) -> Uses:
    """List the calls on, and attribute reads of, what a module imports absolutely.

    The standard library's modules are left out: they come with the interpreter. On
    the `silenced` lines a type checker disagrees with the source, so that what the
    source says of types is not plain there.
    """
    features = find_features(tree)
    walker = PlaceWalker(features, importer, is_package=is_package)
    walker.visit(tree)
    meanings = Meanings(walker.loaded, walker.held)
    uses: list[tuple[UseNeed, tuple[str, ...]]] = []
    unclear: Counter[str] = Counter()
    for place in walker.places:
        guarded = place.guarded or _is_silenced(place.spine[-1], silenced)
        for found, call in _read(place, meanings):
            if found.top in module_names:
                continue
            doubtful = found.guarded or found.types_only or guarded
            if doubtful or found.kind is Kind.UNCLEAR:
                unclear[found.origin] += 1
            else:
                line = place.spine[0].lineno
                uses.append((_use(found, call, importer, line), place.within))
    return Uses(
        uses=tuple(use for use, _ in uses),
        within=tuple(within for _, within in uses),
        unclear=dict(unclear),
        spared=features.spared,
        replaced=features.replaced,
        mentions=tuple(walker.mentions),
        heirs=tuple(_heir(node, view, meanings) for node, view in walker.classes),
    )


def _is_silenced(node: ast.expr, lines: Collection[int]) -> bool:
    last = node.end_lineno or node.lineno
    return any(line in lines for line in range(node.lineno, last + 1))


def _heir(node: ast.ClassDef, view: View, meanings: Meanings) -> Heir:
    bases, tops = set[str](), set[str]()
    for inner in (inner for base in node.bases for inner in ast.walk(base)):
        if isinstance(inner, ast.Name | ast.Attribute):
            bases.add(inner.id if isinstance(inner, ast.Name) else inner.attr)
            found = meanings.of(inner, view)
            tops.update({found.top} if found is not None else ())
    return Heir(
        name=node.name,
        bases=frozenset(bases),
        tops=frozenset(tops - module_names),
        members=frozenset(members_of_class(node)),
    )


def _read(
    place: Place, meanings: Meanings
) -> Iterator[tuple[Meaning, CallShape | None]]:
    """Give what is used there, outwards, up to the first that is not plain."""
    meaning = meanings.first(place.spine[0], place.view)
    for node, outer in pairwise((*place.spine, None)):
        assert node is not None  # noqa: S101 - only the last of a pair is
        before = meaning
        if node is not place.spine[0]:
            meaning = meanings.step(before, node, place.view)
            if before is not None and _is_lost(before, node, meaning):
                yield before.unclear(), None
                return
        if meaning is None or _is_dunder(meaning):
            continue
        call = _shape(node, outer, decorates=place.decorates)
        read = meaning.kind is Kind.MEMBER
        if read or (call and meaning.kind in {Kind.NAME, Kind.GENERIC, Kind.HEIR}):
            yield meaning, call


def _is_lost(before: Meaning, node: ast.expr, after: Meaning | None) -> bool:
    """Whether something is used here of which only its origin is known."""
    if after is None or after.kind is not Kind.UNCLEAR:
        return False
    match node:
        case ast.Attribute():
            return before.kind in {Kind.GENERIC, Kind.MEMBER, Kind.UNCLEAR}
        case ast.Call():
            return before.kind in {Kind.INSTANCE, Kind.UNCLEAR}
        case _:
            return False


def _is_dunder(meaning: Meaning) -> bool:
    return meaning.kind is Kind.MEMBER and meaning.name.endswith("__")


def _shape(
    node: ast.expr, outer: ast.expr | None, *, decorates: bool
) -> CallShape | None:
    """How an expression is called by what stands around it."""
    match outer:
        case ast.Call(func=called, args=arguments, keywords=keywords):
            if called is not node:
                return None
            starred = any(isinstance(it, ast.Starred) for it in arguments)
            return CallShape(
                positional=sum(not isinstance(it, ast.Starred) for it in arguments),
                keywords=tuple(sorted(it.arg for it in keywords if it.arg)),
                partial=starred or any(it.arg is None for it in keywords),
            )
        case None if decorates:
            return CallShape(positional=1, keywords=())
        case _:
            return None


def _use(meaning: Meaning, call: CallShape | None, importer: str, line: int) -> UseNeed:
    return UseNeed(
        module=meaning.module,
        name=meaning.name,
        instance=meaning.instance,
        call=call,
        importer=importer,
        line=line,
    )
