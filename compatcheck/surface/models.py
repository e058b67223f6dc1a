"""Fields of models as their source has them: annotated names in a class."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

from compatcheck.surface.parsing import parse_source

_NEUTRAL: Final = {"int": 0, "float": 0.0, "str": "", "bool": False}
"""What says least, of types that have such a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelField:
    """A field of a model that has no default."""

    annotation: str

    @property
    def neutral(self) -> tuple[object] | None:
        """The value that says least, in a tuple; None where there is none.

        What may be None is None; of a number, a text, a truth value it is the empty
        one. A list or a dict must not be shared between objects.
        """
        tree = ast.parse(self.annotation, mode="eval").body
        if _may_be_none(tree):
            return (None,)
        plain = tree.id if isinstance(tree, ast.Name) else ""
        return (_NEUTRAL[plain],) if plain in _NEUTRAL else None


def required_field(source: bytes, model: str, field: str) -> ModelField | None:
    """A field without a default, of a class at the top level of a module.

    None where there is no such class, field, or where it has a default. Raises one of
    `UNREADABLE` where the source cannot be parsed.
    """
    for node in parse_source(source).body:
        if isinstance(node, ast.ClassDef) and node.name == model:
            return _required(node, field)
    return None


def _required(node: ast.ClassDef, field: str) -> ModelField | None:
    for it in node.body:
        match it:
            case ast.AnnAssign(target=ast.Name(id=name), value=None) if name == field:
                return ModelField(annotation=ast.unparse(it.annotation))
            case _:
                pass
    return None


def _may_be_none(tree: ast.expr) -> bool:
    match tree:
        case ast.Constant(value=None):
            return True
        case ast.Subscript(value=ast.Name(id="Optional")):
            return True
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _may_be_none(left) or _may_be_none(right)
        case _:
            return False
