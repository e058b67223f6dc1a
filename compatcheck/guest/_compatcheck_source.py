"""Where the source of a package gives a class what the class itself does not show.

A class may be filled by others, and what is handed out as one of its instances may
be of a class that lies in a module nobody has loaded. Nothing is imported here: the
files are read. Loaded by its path, by the probe that asks for it.
"""

import ast
import itertools
import os
import re
import sys
import warnings

_MOST_FILES = 5000
_STORES = (
    r"([\w\])]+)\.NAME\s*(?::[^=\n(]*)?=(?!=)",
    r"^[^=(\n#]*?([\w\])]+)\.NAME\s*,[^=(\n]*=(?!=)",
    r"setattr\([^,\n]+,\s*(['\"])NAME['\"]",
)
"""How source looks that sets an attribute; the group is what it is set on."""
_DEFINES = r"^[ \t]+(?:(?:async\s+)?def\s+NAME\b|NAME\s*[:=,])|\.NAME\s*[:=,]"
"""How source looks in which a class may have an attribute of that name."""
_MAKES_UP = "__getattr__"


def why(owner, name):
    """Why an instance of a class may have something all the same; None if not."""
    top = str(owner.__module__).partition(".")[0]
    stores = [re.compile(_named(it, name), re.MULTILINE) for it in _STORES]
    defines = re.compile(_named(_DEFINES, name), re.MULTILINE)
    texts, found = [], False
    for text in _sources(top):
        for store in stores:
            if any(it[1] not in ("self", "cls") for it in store.finditer(text)):
                return "{} sets it on something".format(top)
        texts.append(text)
        found = found or _MAKES_UP in text or defines.search(text) is not None
    heir = found and _Classes(texts).heir_with(owner.__name__, name)
    return "{} may have it".format(heir) if heir else None


def _named(pattern, name):
    return pattern.replace("NAME", re.escape(name))


class _Classes:
    """The classes of many files, by name alone: two of one name count as one."""

    def __init__(self, texts):
        self._bases = {}
        self._members = {}
        for text in texts:
            if "class " in text:
                self._read(text)

    def _read(self, text):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                named = itertools.chain.from_iterable(map(_names, node.bases))
                self._bases.setdefault(node.name, set()).update(named)
                self._members.setdefault(node.name, set()).update(_members(node))
            elif isinstance(node, ast.ImportFrom):
                for alias in filter(lambda it: it.asname, node.names):
                    self._bases.setdefault(alias.asname, set()).add(alias.name)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name) and target.id[:1].isupper():
                        held = {it for it in _names(node.value) if it[:1].isupper()}
                        self._bases.setdefault(target.id, set()).update(held)

    def heir_with(self, owner, name):
        """A class that comes from that one and, it or what it is made of, has it."""
        around = self._above({owner})
        for heir in sorted(self._below(owner)):
            for each in self._above({heir}) - around:
                members = self._members.get(each, ())
                if name in members or _MAKES_UP in members:
                    return heir
        return None

    def _above(self, names):
        waiting, seen = list(names), set(names)
        while waiting:
            for base in self._bases.get(waiting.pop(), set()) - seen:
                seen.add(base)
                waiting.append(base)
        return seen

    def _below(self, owner):
        heirs, before = {owner}, 0
        while len(heirs) > before:
            before = len(heirs)
            heirs.update(it for it, bases in self._bases.items() if bases & heirs)
        return heirs - {owner}


def _names(node):
    """Every name in an expression: a base may be `with_metaclass(Meta, Base)`."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def _members(node):
    """What a class body binds, and what is set on anything in its methods."""
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield inner.name
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id
        elif isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
            yield inner.attr
        elif isinstance(inner, ast.alias):
            yield inner.asname or inner.name


def _sources(top):
    """The text of each file of a package."""
    module = sys.modules.get(top)
    files = (
        os.path.join(folder, file)
        for root in sorted(getattr(module, "__path__", ()))
        for folder, _, files in os.walk(root)
        for file in sorted(files)
        if file.endswith((".py", ".pyi"))
    )
    alone = [] if hasattr(module, "__path__") else [getattr(module, "__file__", None)]
    every = itertools.chain(filter(None, alone), files)
    for path in itertools.islice(every, _MOST_FILES):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                yield file.read()
        except OSError:
            continue
