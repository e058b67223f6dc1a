"""A default for a model's field that became required (pydantic 2)."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, get_args

from compat_shims.actions import Case
from compat_shims.actions.places import owner_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDefault:
    """Gives the target (`Model.field`) a default, which has to be immutable.

    pydantic compiles a model's schema into that of everything that holds it, so every
    class and adapter built before is built anew: subclasses that inherit the field,
    models that contain one of these, and adapters.
    """

    value: object

    def is_needed(self, module: ModuleType, case: Case) -> bool:
        """The field is there and required."""
        try:
            owner, last = owner_of(module, case.target)
            return bool(vars(owner)["__pydantic_fields__"][last].is_required())
        except (AttributeError, KeyError, TypeError):
            return False

    def apply(self, module: ModuleType, case: Case) -> str:
        """Set the default and build anew what was built without it."""
        owner, last = owner_of(module, case.target)
        changed = list(self._inheriting(owner, last))
        for model in changed:
            model.model_fields[last].default = self.value
        rebuilt = [*changed, *_containing(set(changed))]
        for model in rebuilt:
            model.model_rebuild(force=True, _types_namespace={})
        for adapter in _adapters():
            adapter.rebuild(force=True, raise_errors=False, _types_namespace={})
        return f"the field {last} is {self.value!r} where it is not given"

    def _inheriting(self, model: Any, field: str) -> Iterator[Any]:
        """The model and those below it that have its field as it stands."""
        yield model
        for heir in model.__subclasses__():
            inherited = heir.model_fields[field].is_required()
            if inherited and field not in _annotated(heir):
                yield from self._inheriting(heir, field)


def _annotated(model: Any) -> dict[str, Any]:
    try:
        return inspect.get_annotations(model)
    except NameError:  # from 3.14 on they are worked out when they are asked for
        return {}


def _containing(changed: set[Any]) -> Iterator[Any]:
    """The models with a field that holds one of these, and those that hold them.

    Those that hold come after those that are held.
    """
    from pydantic import BaseModel

    known, every = set(changed), list(_below(BaseModel))
    while True:
        holding = [it for it in every if it not in known and _holds(it, known)]
        if not holding:
            return
        known.update(holding)
        yield from holding


def _holds(model: Any, known: set[Any]) -> bool:
    if not vars(model).get("__pydantic_complete__", False):
        return False  # it will be built with the default, when it is
    fields = vars(model).get("__pydantic_fields__", {}).values()
    return any(_mentions(it.annotation, known) for it in fields) or any(
        base in known for base in model.__mro__[1:]
    )


def _mentions(annotation: Any, known: set[Any], seen: tuple[Any, ...] = ()) -> bool:
    if any(annotation is it for it in seen):  # `type X = list[X]`
        return False
    if isinstance(annotation, type) and annotation in known:
        return True
    value = getattr(annotation, "__value__", None)
    inner = (*get_args(annotation), *([] if value is None else [value]))
    return any(_mentions(each, known, (*seen, annotation)) for each in inner)


def _below(model: Any) -> Iterator[Any]:
    for heir in model.__subclasses__():
        yield heir
        yield from _below(heir)


def _adapters() -> list[Any]:
    from pydantic import TypeAdapter

    return [
        it
        for it in gc.get_objects()
        # Before 2.10 they cannot be built anew.
        if type(it) is TypeAdapter and getattr(it, "pydantic_complete", False)
    ]
