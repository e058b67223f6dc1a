"""What a schema finds wrong, in plain words."""

from __future__ import annotations

from datetime import date
from typing import Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from compatcheck.config.parse import nearest
from compatcheck.config.table import (
    Names,
    NeedsTable,
    Table,
    WaiverTable,
    examples,
)
from compatcheck.errors import Problem

_MUST: Final = {
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "model_type": "must be a table",
    "string_type": "must be text",
}
"""pydantic's error types that our schema can meet, as TOML's users know them:
https://docs.pydantic.dev/latest/errors/validation_errors/"""


def problems_of(error: ValidationError, place: str) -> tuple[Problem, ...]:
    """Every fault that validation found, in the order of the schema."""
    return tuple(_problem(fault, place) for fault in error.errors())


def dotted(place: str, path: tuple[int | str, ...]) -> str:
    """`tool.compatcheck` and `("axes", 1)` are `tool.compatcheck.axes[1]`."""
    return place + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in path
    )


def _problem(fault: ErrorDetails, place: str) -> Problem:
    path = fault["loc"]
    match fault["type"]:
        case "extra_forbidden":
            known = [str(field.alias) for field in _level(path).model_fields.values()]
            message, mend = "this key is unknown", nearest(str(path[-1]), known)
        case "missing":
            message, mend = "this key is missing", _example(path)
        case kind:
            must = _MUST.get(kind, fault["msg"])
            message, mend = f"{must}, not {_kind(fault['input'])}", _example(path)
    return Problem(place=dotted(place, path), message=message, mend=mend)


def _level(path: tuple[int | str, ...]) -> type[BaseModel]:
    """The schema of the table that the last step of a path stands in."""
    match path:
        case (_,):
            return Table
        case (_, _):
            return NeedsTable
        case ("waivers", *_):
            return WaiverTable
        case _:
            return Names


def _example(path: tuple[int | str, ...]) -> str:
    _, line = examples()[str(path[0])]
    return f"write it like {line}"


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    kinds = {str: "text", list: "a list", dict: "a table", date: "a date"}
    return next((word for kind, word in kinds.items() if isinstance(value, kind)), "it")
