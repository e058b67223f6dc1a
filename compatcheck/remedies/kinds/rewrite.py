"""Import otherwise: an edit of a statement, or of a file's line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from compatcheck.errors import EnvironmentFault
from compatcheck.model.mending import Rewrite
from compatcheck.remedies.at import At
from compatcheck.remedies.copies import replace_text

KIND: Final = Rewrite


def words(step: Rewrite, at: At) -> str:
    """The edit for people."""
    del at
    where = f" ({step.file}:{step.line})" if step.file else ""
    if step.name is None:
        return f"import {step.new} instead of {step.old}{where}"
    return f"from {step.new} import {step.name}{where}"


def do(step: Rewrite, at: At) -> At:
    """Edit the file, or the statement that is run. Raises `EnvironmentFault`."""
    if step.file is not None:
        file = Path(at.here(step.file))
        try:
            text = file.read_text(encoding="utf-8")
            changed = _edited(text, step)
            if at.moved:
                replace_text(file, changed)
            else:
                file.write_text(changed, encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise EnvironmentFault(f"{file} cannot be edited: {error}") from error
        return at
    command = list(at.process.command)
    for number, word in enumerate(command[:-1]):
        if word == "-c":
            command[number + 1] = _edited(command[number + 1], step)
    return at.with_process(replace(at.process, command=tuple(command)))


def _edited(text: str, step: Rewrite) -> str:
    """The text with that import written otherwise. Raises `EnvironmentFault`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise EnvironmentFault("what imports it cannot be parsed") from error
    lines = text.splitlines(keepends=True)
    for node in sorted(_imports(tree), key=lambda it: -it.lineno):
        written = _written(node, step)
        if written is None or node.end_lineno is None:
            continue
        first, last = node.lineno - 1, node.end_lineno - 1
        # Offsets of the tree count bytes.
        head = lines[first].encode()[: node.col_offset].decode()
        tail = lines[last].encode()[node.end_col_offset :].decode()
        lines[first : last + 1] = [head + written + tail]
        return "".join(lines)
    raise EnvironmentFault(f"nothing imports {step.old} there")


def _imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


def _written(node: ast.Import | ast.ImportFrom, step: Rewrite) -> str | None:
    if isinstance(node, ast.ImportFrom) and step.name is not None:
        return _split(node, step)
    if isinstance(node, ast.ImportFrom):
        if node.level or not _is_below(node.module or "", step.old):
            return None
        module = step.new + (node.module or "")[len(step.old) :]
        return ast.unparse(ast.ImportFrom(module=module, names=node.names, level=0))
    names = [
        ast.alias(name=step.new, asname=alias.asname or step.old)
        if alias.name == step.old
        else alias
        for alias in node.names
    ]
    changed = any(alias.name == step.old for alias in node.names)
    return ast.unparse(ast.Import(names=names)) if changed else None


def _split(node: ast.ImportFrom, step: Rewrite) -> str | None:
    """Take one name out of an import, and import it from elsewhere."""
    moved = [alias for alias in node.names if alias.name == step.name]
    if node.module != step.old or not moved:
        return None
    rest = [alias for alias in node.names if alias.name != step.name]
    parts = [ast.ImportFrom(module=step.new, names=moved, level=0)]
    if rest:
        parts.insert(0, ast.ImportFrom(module=step.old, names=rest, level=0))
    return "; ".join(map(ast.unparse, parts))


def _is_below(module: str, top: str) -> bool:
    return module == top or module.startswith(f"{top}.")
