"""A shared library that an extension needs is not on the machine."""

from __future__ import annotations

import re
from typing import Final

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.sources import parsed
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.mending import Advice, mend

RANK: Final = 13
TITLE: Final = "a shared library of the system is missing"
EXPLANATION: Final = (
    "An extension module, or a module that loads one with ctypes, needs a library that"
    " no distribution brings: the system has to."
)
REMEDY: Final = "Install the library with the system's package manager."
REFERENCE: Final = (
    "https://docs.python.org/3/library/ctypes.html#finding-shared-libraries"
)
EXAMPLE: Final = (
    "ImportError: libGL.so.1: cannot open shared object file: No such file or directory"
)
_LOADER: Final = re.compile(
    r"(?P<library>[\w.+-]+\.(?:so[\w.]*|dylib|dll)): cannot open shared object file"
    r"|Library not loaded: (?P<mac>\S+)"
    r"|cannot load library '(?P<cffi>[^']+)'"
)
_SAID: Final = re.compile(
    r"(?i)\blibrar(?:y|ies)\b[^\n]*\bnot (?:be )?(?:found|installed|available|loaded)"
    r"|(?:find|load|locate) lib\w|\blib[\w.+-]+[^\n]*\bnot (?:be )?found"
    r"|(?:unable|failed|not able|could not|couldn't|cannot|can't) (?:to )?"
    r"(?:find|load|locate|open)[^\n]*?(?P<library>[\w.+-]+)?[^\n]*\blibrar"
)
_LOOKING: Final = ("find_library", "LoadLibrary", "CDLL", "dlopen")


def proves(scene: Scene) -> Finding | None:
    """The loader names a library, or code that looked for one says it is not there."""
    message = scene.step.message
    if found := _LOADER.search(message):
        name = next(it for it in found.groups() if it)
        if any(
            name in path for it in scene.inspection.distributions for path in it.missing
        ):
            return None
        return _told(scene, name, f"the loader says: {' '.join(message.split())[:200]}")
    if _SAID.search(message) is None or scene.importer is None:
        return None
    looking = [it for it in scene.frames if _looks_for_one(it.file)]
    if not looking:
        return None
    line = f"{scene.shown(looking[-1].file)} looks for it with ctypes, in vain"
    return _told(scene, _named(message), line)


def _named(message: str) -> str:
    words = re.search(r"(?i)(?:find|load|locate|open) (?:the )?([\w.+-]+)", message)
    return words[1] if words else "a shared library"


def _looks_for_one(file: str) -> bool:
    import ast

    tree = parsed(file)
    return tree is not None and any(
        (isinstance(node, ast.Name) and node.id in _LOOKING)
        or (isinstance(node, ast.Attribute) and node.attr in _LOOKING)
        for node in ast.walk(tree)
    )


def _told(scene: Scene, library: str, line: str) -> Finding:
    words = f"install the library {library} with the system's package manager"
    return Finding(
        title=f"the shared library {library} is not on this machine",
        culprit=blame(scene.consumer),
        evidence=(line,),
        mends=(mend(Advice(words=words)),),
    )


def reads(telling: Telling) -> Suspicion | None:
    """The loader names the library."""
    found = _LOADER.search(telling.step.message)
    if found is None:
        return None
    name = next(it for it in found.groups() if it)
    return Suspicion(sure=True, why=f"the loader does not find {name}")
