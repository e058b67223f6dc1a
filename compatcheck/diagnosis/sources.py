"""Source files that a failure leads to, read and never run."""

from __future__ import annotations

import ast
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a file that is parsed: larger ones are generated, or no source."""
_CATCHING: Final = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One name that an import statement takes."""

    module: str
    """Absolute."""
    name: str | None
    """None for `import module`."""
    bound: str
    """What it is called then."""
    line: int
    end: int


@lru_cache(maxsize=256)
def parsed(file: str) -> ast.Module | None:
    """The syntax tree of a file; None where it cannot be had."""
    try:
        if Path(file).stat().st_size > _LARGEST:
            return None
        with tokenize.open(file) as opened:
            text = opened.read()
    except (OSError, SyntaxError, UnicodeDecodeError, ValueError):
        return None
    return parsed_text(text)


def parsed_text(text: str) -> ast.Module | None:
    """The syntax tree of a text; None where it cannot be had."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def imports(tree: ast.AST, package: str) -> Iterator[Imported]:
    """Every import below a node; relative ones are made absolute from `package`."""
    for node in ast.walk(tree):
        end = getattr(node, "end_lineno", None) or 0
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Imported(
                    module=alias.name,
                    name=None,
                    bound=alias.asname or alias.name.partition(".")[0],
                    line=node.lineno,
                    end=end,
                )
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, package)
            for alias in node.names if module else ():
                yield Imported(
                    module=module,
                    name=alias.name,
                    bound=alias.asname or alias.name,
                    line=node.lineno,
                    end=end,
                )


def swallowed(file: str, package: str, name: str) -> Imported | None:
    """The guarded import that would have bound a name, had it not failed unheard."""
    tree = parsed(file)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Try) and any(map(_catches, node.handlers)):
            if any(_raises(handler) for handler in node.handlers):
                continue
            for found in imports(ast.Module(body=node.body, type_ignores=[]), package):
                if name in (found.bound, found.name):
                    return found
    return None


def guarded_in(file: str, package: str) -> list[Imported]:
    """Every import of a file whose failure is swallowed, in its order."""
    found: list[Imported] = []
    tree = parsed(file)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Try) and any(map(_catches, node.handlers)):
            body = ast.Module(body=node.body, type_ignores=[])
            found += imports(body, package)
    return found


def package_of(module: str, file: str) -> str:
    """The package that relative imports in a module's file hang on."""
    is_package = Path(file).stem == "__init__"
    return module if is_package else module.rpartition(".")[0]


def defines(file: str, name: str) -> bool:
    """Whether a file plainly binds a name at its top."""
    tree = parsed(file)
    for node in tree.body if tree else ():
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                bound = {node.name}
            case ast.Assign():
                bound = {it.id for it in node.targets if isinstance(it, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=bare)):
                bound = {bare}
            case ast.Import() | ast.ImportFrom():
                bound = {alias.asname or alias.name for alias in node.names}
            case _:
                bound = set()
        if name in bound:
            return True
    return False


def line_of(file: str, number: int) -> str:
    """One line of a file; empty where it cannot be had."""
    try:
        with tokenize.open(file) as opened:
            for count, line in enumerate(opened, 1):
                if count == number:
                    return line.strip()
    except (OSError, SyntaxError, UnicodeDecodeError, ValueError):
        pass
    return ""


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(
        isinstance(node, ast.Name) and node.id in _CATCHING
        for node in ast.walk(handler.type)
    )


def _raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for node in ast.walk(handler))
