"""Whether trees can stand side by side on a path and mean what they mean in one folder.

In site-packages, distributions share folders. Side by side they do not: of two regular
packages of one name the first is found and the other is not (Python reference, 5.3.1),
and a submodule in another tree is out of reach. Namespace packages are made of all
their parts wherever these lie (PEP 420).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Final

_IDLE: Final = frozenset({"__pycache__"})
"""What no import looks for."""


def can_stand_apart(sites: Sequence[Path]) -> bool:
    """Whether no import finds anything else, or less, than in one folder of all."""
    if any(any(site.glob("*.pth")) for site in sites):
        return False  # which are obeyed in site-packages and nowhere else
    return _apart([os.fspath(site) for site in sites])


def _apart(folders: Sequence[str]) -> bool:
    """Whether what lies below several folders of one name can be told apart."""
    found: dict[str, list[os.DirEntry[str]]] = {}
    for entry in chain.from_iterable(map(os.scandir, folders)):
        if entry.name not in _IDLE:
            found.setdefault(_imported_as(entry), []).append(entry)
    shared = [entries for entries in found.values() if len(entries) > 1]
    for entries in shared:
        if len({entry.path.rpartition(os.sep)[0] for entry in entries}) == 1:
            continue  # `a.py` and `a/` of one tree, which stay together
        if not all(entry.is_dir() for entry in entries):
            return False
        below = [entry.path for entry in entries]
        if any(map(_is_regular, below)) or not _apart(below):
            return False
    return True


def _imported_as(entry: os.DirEntry[str]) -> str:
    """What stands for it in an import: `a` for `a`, `a.py` and `a.abi3.so`."""
    code = entry.name.endswith((".py", ".pyc", ".so", ".pyd"))
    return entry.name.partition(".")[0] if code else entry.name


def _is_regular(folder: str) -> bool:
    return any(Path(folder).glob("__init__.*"))
