"""Which modules of a tree look others up by name, to see whether they are there yet.

What such a module does hangs on what was imported before it. Found is what is written
out, `"numpy" in sys.modules` and its like, and runs when the module is imported; what
comes in variables is not, nor what functions do that others call.
"""

from __future__ import annotations

import ast
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

_MAY_PEEK: Final = re.compile(
    rb"""["']\s+(?:not\s+)?in\s+(?:sys\.)?modules\b"""
    rb"""|\bmodules(?:\.get\(|\.pop\(|\[)\s*["']"""
)
_KEPT: Final = "peeks-1.json"
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def peeks(tree: Path, site: Path) -> Mapping[str, list[str]]:
    """Modules below `site` to the names that they look up; remembered beside `tree`."""
    kept = tree.with_name(_KEPT)
    with suppress(OSError, ValueError):
        return dict(json.loads(kept.read_text("utf-8")))
    found = dict(_found(site))
    with suppress(OSError):
        _write(kept, json.dumps(found))
    return found


def _found(site: Path) -> Iterator[tuple[str, list[str]]]:
    for folder, _, files in os.walk(site):
        for name in sorted(files):
            path = Path(folder, name)
            words = path.read_bytes() if name.endswith(".py") else b""
            if _MAY_PEEK.search(words) and (names := _looked_up(words)):
                yield _module(path.relative_to(site)), sorted(names)


def _looked_up(words: bytes) -> set[str]:
    try:
        module = ast.parse(words)
    except (SyntaxError, ValueError):  # of another Python: it fails when it is imported
        return set()
    functions = {it.name: it for it in module.body if isinstance(it, ast.FunctionDef)}
    nodes = [node for it in module.body for node in _run(it)]
    called = {_called(it) for it in nodes}
    for function in called & set(functions):
        nodes += [node for it in functions[function].body for node in _run(it)]
    return {name for node in nodes if (name := _peek(node)) is not None}


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=str(name))):
            return name
        case _:
            return ""


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a statement does: not what functions hold."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _FUNCTIONS) and not isinstance(node, _FUNCTIONS):
            yield from _run(child)


def _peek(node: ast.AST) -> str | None:
    match node:
        case ast.Compare(
            left=ast.Constant(value=str(name)),
            ops=[ast.In() | ast.NotIn()],
            comparators=[where],
        ) if _is_modules(where):
            return name
        case ast.Subscript(value=where, slice=ast.Constant(value=str(name))) if (
            _is_modules(where)
        ):
            return name
        case ast.Call(
            func=ast.Attribute(value=where, attr="get" | "pop"),
            args=[ast.Constant(value=str(name)), *_],
        ) if _is_modules(where):
            return name
        case _:
            return None


def _is_modules(node: ast.expr) -> bool:
    match node:
        case ast.Name(id="modules") | ast.Attribute(attr="modules"):
            return True
        case _:
            return False


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _write(place: Path, words: str) -> None:
    """Put a file there whole, whoever else does so at the same time."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=place.parent, delete=False
    ) as file:
        file.write(words)
    Path(file.name).replace(place)
