"""JSON Schemas of what we write and read, made from the very classes that do it.

What stands below a field in the source is its description, so the manual's reference
and the code cannot tell two stories.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final, get_args, get_type_hints

from pydantic import TypeAdapter

from compatcheck.config.table import Table
from compatcheck.report.diagnosed import Diagnosed
from compatcheck.report.document import Report
from compatcheck.report.investigated import Investigated

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
"""What pydantic writes."""

Schema = Mapping[str, Any]  # what JSON holds

_DOCUMENTS: Final[Mapping[str, type]] = {
    "report-1": Report,
    "diagnosis-1": Diagnosed,
    "investigation-1": Investigated,
}
_CONFIGURATION: Final = "configuration"


def names() -> tuple[str, ...]:
    """The schemas that there are: three documents, and `[tool.compatcheck]`."""
    return (*_DOCUMENTS, _CONFIGURATION)


@cache
def schema(name: str) -> Schema:
    """The schema of that name. Raises `KeyError` for one that is not there."""
    if name == _CONFIGURATION:
        return {"$schema": DIALECT, **Table.model_json_schema(by_alias=True)}
    told = TypeAdapter(_DOCUMENTS[name]).json_schema(mode="serialization")
    classes = {each.__name__: each for each in _reached(_DOCUMENTS[name], set())}
    for found in (told, *told.get("$defs", {}).values()):
        if known := classes.get(found.get("title", "")):
            _describe(found, known)
    return {"$schema": DIALECT, **told}


def written(name: str) -> str:
    """The schema as a file holds it."""
    return json.dumps(schema(name), indent=1, ensure_ascii=False) + "\n"


def _reached(found: Any, seen: set[type]) -> Iterator[type]:  # noqa: ANN401 - a hint
    """The dataclasses that a type is made of, itself among them."""
    if isinstance(found, type) and is_dataclass(found) and found not in seen:
        seen.add(found)
        yield found
        for hint in get_type_hints(found).values():
            yield from _reached(hint, seen)
    for part in get_args(found):
        yield from _reached(part, seen)


def _describe(told: dict[str, Any], known: type) -> None:
    """Give a class and its fields the words that stand below them in the source."""
    told["description"] = _folded(inspect.getdoc(known) or "")
    words = _below(known)
    for name, field in told.get("properties", {}).items():
        if name in words:
            field["description"] = words[name]


def _below(known: type) -> dict[str, str]:
    """The texts that stand below fields: attribute docstrings (PEP 257)."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(known))).body
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    found = {}
    for field, text in pairwise(body):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(words))),
            ):
                found[name] = _folded(words)
            case _:
                pass
    return found


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
