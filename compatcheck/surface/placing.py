"""Whether a module is a name's home: it makes it, rather than takes it."""

from __future__ import annotations

import ast


def defines(module: ast.Module, name: str) -> bool:
    """Whether a class, a function or a value of that name is made at its top level.

    What an `if` or `try` may leave out counts as not defined.
    """
    return any(_makes(node, name) for node in module.body)


def _makes(node: ast.stmt, name: str) -> bool:
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return node.name == name
        case ast.Assign(targets=targets):
            return any(isinstance(it, ast.Name) and it.id == name for it in targets)
        case ast.AnnAssign(target=ast.Name(id=found), value=value):
            return found == name and value is not None
        case _:
            return False
