"""What in a module's code makes names come or go without being written as names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from compatcheck.surface.guards import last_name

_SCOPES: Final = frozenset({"globals", "locals", "vars"})
"""Calls without arguments that give the names of a scope as a dict."""
_LOGGERS: Final = frozenset({"getLogger", "get_logger", "getChild"})
"""Calls that are told a module's name and change nothing in it."""
_SCOPED: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_TAKERS: Final = frozenset({"clear", "pop", "popitem"})

_DEEP: Final = re.compile(
    r"\bexec\s*\(|^\s*global\s|\b(?:globals|locals|vars)\s*\(|\bsys\.modules\b"
    r"|\bimport\b.*\bmodules\b",
    re.MULTILINE,
)
"""Stands wherever code in a function may bear on the names of its module."""
_MIRRORS: Final = re.compile(
    r"""\bsys\.modules(?!\s*\[|\.get\b) | \bimport\b.*\bmodules\b
    | (?:\bsys\.modules\s*\[|\bsys\.modules\.get\(|\bimport_module\(|\b__import__\()
      \s*(?:__name__|__package__|__spec__|["'])""",
    re.VERBOSE,
)
"""Stands in each module that can lay hands on itself as an object. One that it looks
up by a name which it was given (`sys.modules[wanted]`) is another."""
_HANDS: Final = re.compile(r"\bsetattr\b|\bdelattr\b|\b__dict__\b")

_GRAFTS: Final = re.compile(
    rb"""\bsys\.modules\s*\[[^\]]*\]\s*(?::[^=\n]*)?=(?!=)
    | \bsys\.modules\.(?:update|setdefault)\b
    | \bmeta_path\b | \bpath_hooks\b | \bextend_path\b | \bdeclare_namespace\b
    | \b__path__\s*(?::[^=\n]*)?\+?=(?!=) | \b__path__\.(?:append|extend|insert)\b""",
    re.VERBOSE,
)
"""Ways to change which modules there are."""
_GRAFTING: Final = (
    *(b"sys.modules", b"meta_path", b"path_hooks"),
    *(b"extend_path", b"declare_namespace", b"__path__"),
)
_BY_NAME: Final = re.compile(
    rb"\bsetattr\b|\bglobals\(|\bvars\(|\b__dict__\b|\bsys\.modules\b"
)
"""Ways to set an attribute whose name is a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What is not plain about a module's names."""

    more: bool = False
    fewer: bool = False
    gone: frozenset[str] = frozenset()
    """Module names that a function takes away."""
    reset: frozenset[str] = frozenset()
    """Module names that a function may bind."""


def doubts_of(tree: ast.Module, text: str) -> Doubts:
    """Look for what may add names to a module, or take some away, as it runs.

    Wherever it stands: a function of the module may run while it is imported.
    """
    mirrors = _MIRRORS.search(text) is not None
    found = _Found(knows_itself=mirrors)
    top = set(_at_top(tree))
    # To walk into every function is what takes long, and most modules need none of it.
    deep = _DEEP.search(text) or (mirrors and _HANDS.search(text))
    for node in ast.walk(tree) if deep else top:
        found.look_at(node, at_top=node in top)
    return Doubts(
        more=found.more,
        fewer=found.fewer,
        gone=frozenset(found.declared & found.deleted),
        reset=frozenset(found.declared),
    )


class _Found:
    """What was found so far."""

    def __init__(self, *, knows_itself: bool) -> None:
        self.more = self.fewer = False
        self.declared, self.deleted = set[str](), set[str]()
        self._knows_itself = knows_itself

    def look_at(self, node: ast.AST, *, at_top: bool) -> None:
        self.more = self.more or _adds(node, at_top=at_top)
        self.fewer = self.fewer or _takes(node)
        if self._knows_itself:
            # Its own module among other objects: which, is not told from syntax.
            self.more = self.more or _calls(node, "setattr")
            self.fewer = self.fewer or _calls(node, "delattr") or _empties(node)
        match node:
            case ast.Global(names=names):
                self.declared.update(names)
            case ast.Name(id=name, ctx=ast.Del()):
                self.deleted.add(name)
            case _:
                pass


def changes_modules(source: bytes) -> bool:
    """Whether a source changes where modules come from, or which there are."""
    # Plain searches first: most files have none of these words.
    return any(word in source for word in _GRAFTING) and bool(_GRAFTS.search(source))


def may_write(source: bytes, name: str) -> bool:
    """Whether a source sets an attribute of that name on something not its own.

    Coarse on purpose, on the safe side: a text that is the name counts where the file
    also has a way to set attributes by text.
    """
    raw = re.escape(name.encode())
    if raw not in source:
        return False
    stored = rb"(?<!self)(?<!cls)\.%s\s*(?::[^=\n]*)?=(?!=)" % raw
    quoted = rb"[\"']%s[\"']" % raw
    if re.search(stored, source):
        return True
    return bool(re.search(quoted, source) and _BY_NAME.search(source))


def _adds(node: ast.AST, *, at_top: bool) -> bool:
    match node:
        case ast.FunctionDef(name="__getattr__"):
            return at_top
        case ast.Call():
            return _call_adds(node, at_top=at_top)
        case (
            ast.Name(id="__getattr__", ctx=ast.Store())
            | ast.alias(name="__getattr__")
            | ast.alias(asname="__getattr__")
            | ast.alias(name="modules")
            | ast.Attribute(attr="modules", value=ast.Name(id="sys"))
        ):
            return True
        case _:
            return False


def _call_adds(call: ast.Call, *, at_top: bool) -> bool:
    match call:
        case ast.Call(func=ast.Name(id="exec")):
            return True
        case ast.Call(func=ast.Name(id=name), args=[]) if name in _SCOPES:
            return True
        case _:
            told = (it.id for it in call.args if isinstance(it, ast.Name))
            named = at_top and "__name__" in told
            return named and last_name(call.func) not in _LOGGERS


def _takes(node: ast.AST) -> bool:
    match node:
        case ast.Subscript(value=value, ctx=ast.Del()):
            return _is_scope(value) or _is_modules(value)
        case ast.Subscript(value=value, ctx=ast.Store()):
            return _is_modules(value)
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in _TAKERS:
            return _is_scope(value) or _is_modules(value)
        case _:
            return False


def _empties(node: ast.AST) -> bool:
    """Whether something goes out of an object's `__dict__`."""
    match node:
        case (
            ast.Subscript(value=ast.Attribute(attr="__dict__"), ctx=ast.Del())
            | ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="__dict__"), attr="pop")
            )
            | ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="__dict__"), attr="clear")
            )
        ):
            return True
        case _:
            return False


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == name


def _is_scope(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) in _SCOPES


def _is_modules(value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute) and value.attr == "modules"


def _at_top(node: ast.AST) -> Iterator[ast.AST]:
    """Give what runs with the module itself: not what is in functions and classes."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _SCOPED):
            yield from _at_top(child)
