"""Where a name would be imported from: every root that has it, not only the first."""

import ast
import importlib.machinery
import os
import re
import sys

from _compatcheck_records import read_text

_SUFFIXES = importlib.machinery.EXTENSION_SUFFIXES
_KINDS = [(suffix, "extension") for suffix in _SUFFIXES] + [
    (".py", "source"),
    (".pyc", "bytecode"),
]
_ANY_EXTENSION = re.compile(
    r"\.(?:abi3|cp\d|cpython-|graalpy|pypy)?[^.]*\.?(?:so|pyd)$"
)
_MAPPING = re.compile(r"^MAPPING[^=]*= (\{.*\})\s*$", re.MULTILINE)
_MOST_ENTRIES = 20000
_MOST_LINES = 1000


def find(name, path, finders):
    """All places of a dotted name, in the order in which they would be taken.

    Each is a dict of `root`, `kind` and `file`; of a namespace each portion is one.
    """
    found = [{"root": None, "kind": "builtin", "file": None}] if _builtin(name) else []
    parent, _, leaf = name.rpartition(".")
    if parent:
        places = find(parent, path, finders)
        return [it for root in _inside(places) for it in _in_folder(root, leaf)]
    for root in path:
        found.extend(_in_folder(root, leaf))
    for mapping in finders:
        target = mapping.get(name)
        if target:
            found.extend(_in_folder(os.path.dirname(target), os.path.basename(target)))
    return found


def _builtin(name):
    return name in sys.builtin_module_names


def _inside(places):
    """The folders in which the submodules of what was found are looked for."""
    for place in places:
        if place["kind"] == "package":
            return [os.path.dirname(place["file"])]
        if place["kind"] not in ("namespace", "foreign"):
            return []
    return [place["file"] for place in places if place["kind"] == "namespace"]


def _in_folder(root, leaf):
    root = root or os.getcwd()
    folder = os.path.join(root, leaf)
    found = []
    if os.path.isdir(folder):
        for suffix, _ in _KINDS:
            file = os.path.join(folder, "__init__" + suffix)
            if os.path.isfile(file):
                return [{"root": root, "kind": "package", "file": file}]
    for suffix, kind in _KINDS:
        if os.path.isfile(folder + suffix):
            return [{"root": root, "kind": kind, "file": folder + suffix}]
    if os.path.isdir(folder):
        found.append({"root": root, "kind": "namespace", "file": folder})
    found.extend(_foreign(root, leaf))
    return found


def _foreign(root, leaf):
    """Extension modules of that name that this interpreter does not load."""
    try:
        names = os.listdir(root)[:_MOST_ENTRIES]
    except OSError:
        return []
    return [
        {"root": root, "kind": "foreign", "file": os.path.join(root, name)}
        for name in sorted(names)
        if name.startswith(leaf + ".")
        and _ANY_EXTENSION.match(name[len(leaf) :])
        and name[len(leaf) :] not in _SUFFIXES
    ]


def read_hooks(root):
    """The `.pth` files of a folder, line by line, and what editable finders map."""
    lines, mappings = [], []
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return lines, mappings
    for name in names:
        if name.endswith(".pth"):
            lines.extend(_pth(root, name))
        elif name.startswith("__editable__") and name.endswith("_finder.py"):
            mappings.append(_mapping(os.path.join(root, name)))
    return lines[:_MOST_LINES], mappings


def _pth(root, name):
    text = read_text(os.path.join(root, name), 65536) or ""
    for raw in text.splitlines()[:_MOST_LINES]:
        line = raw.strip()
        if not line or line.startswith(("#", "import ", "import\t")) or "\0" in line:
            continue
        target = os.path.join(root, line)
        yield {"file": os.path.join(root, name), "target": target}


def _mapping(path):
    """Top-level names to the places that setuptools' finder looks at."""
    found = _MAPPING.search(read_text(path, 1 << 20) or "")
    try:
        told = ast.literal_eval(found.group(1)) if found else {}
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return {}
    return {str(name): str(target) for name, target in told.items()}
