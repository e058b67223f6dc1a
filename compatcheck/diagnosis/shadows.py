"""Which copy of a module is imported, and which one it hides."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from compatcheck.diagnosis.bench import Ran
from compatcheck.diagnosis.scene import Scene, stem
from compatcheck.model.inspected import Place, within


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A module of which the first copy on the search path hides another."""

    module: str
    first: Place
    behind: Place | None
    """None where the one behind lies in no file: it is built in, or frozen."""
    standard: bool
    """Whether it is a module of the standard library that is hidden."""


def hidden(scene: Scene) -> Iterator[Hidden]:
    """Every module on the way to the failure of which one copy hides another."""
    for module in _suspects(scene):
        places = [it for it in scene.places(module) if it.kind != "foreign"]
        solid = [it for it in places if it.kind != "namespace"]
        if not solid or not solid[0].file:
            continue
        first = solid[0]
        # A regular package hides the parts of a namespace that lie behind it, too.
        behind_it = places[places.index(first) + 1 :]
        rest = [it for it in behind_it if it.root != first.root]
        behind = next((it for it in rest if not _is_same(it, first)), None)
        standard = module in scene.inspection.python.standard
        if standard and scene.inspection.is_standard(first.file):
            continue
        if behind is not None or standard:
            yield Hidden(module=module, first=first, behind=behind, standard=standard)


def passes_elsewhere(scene: Scene) -> bool | None:
    """Whether what is wanted is there in a folder where the user's files are not."""
    statement = question(scene) or _stated(scene)
    shelf = scene.bench.shelf
    folder = shelf.scratch if shelf else None
    if statement is None or folder is None:
        return None
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    process = replace(scene.process.says(statement), folder=empty)
    outcome = scene.bench.ask(process)
    return None if outcome is None else isinstance(outcome, Ran)


def _stated(scene: Scene) -> str | None:
    """The statement that is run, where that is all that is run."""
    command = scene.process.command
    return command[-1] if "-c" in command[-2:-1] else None


def passes_without(scene: Scene, root: str) -> bool | None:
    """Whether what is wanted is there once an entry of the search path is gone."""
    statement, known = question(scene), scene.process.environ.get("PYTHONPATH", "")
    entries = [it for it in known.split(os.pathsep) if it]
    kept = [it for it in entries if os.path.realpath(it) != os.path.realpath(root)]
    if statement is None:
        return None
    environ = {**scene.process.environ, "PYTHONPATH": os.pathsep.join(kept)}
    if len(kept) == len(entries):
        if not is_user_site(scene, root):
            return None
        environ["PYTHONNOUSERSITE"] = "1"
    process = replace(scene.process.says(statement), environ=environ)
    outcome = scene.bench.ask(process)
    return None if outcome is None else isinstance(outcome, Ran)


def is_user_site(scene: Scene, root: str) -> bool:
    """Whether an entry of the search path is the user's own site (PEP 370)."""
    environ = scene.process.environ
    bases = [environ.get("PYTHONUSERBASE"), f"{environ.get('HOME', '')}/.local"]
    return any(base and within(root, base) for base in bases)


def question(scene: Scene) -> str | None:
    """A statement that runs exactly if what is wanted is there."""
    asked = scene.wanted
    if asked is None:
        return None
    match asked.kind:
        case "module":
            return f"import {asked.module}"
        case "name":
            return f"from {asked.module} import {asked.name}"
        case "attribute":
            return f"import {asked.module}\n{asked.module}.{asked.name}"


def _suspects(scene: Scene) -> Iterator[str]:
    """The wanted module's top level, then each file that something else imported."""
    seen = set[str]()
    asked = scene.wanted
    tops = [asked.top] if asked else []
    tops += [stem(it.file) for it in reversed(scene.frames[1:]) if os.sep in it.file]
    for top in (*tops, *_beside(scene)):
        if top not in seen:
            seen.add(top)
            yield top


def _beside(scene: Scene) -> Iterator[str]:
    """What lies beside the script: where no name is told, any of it may be meant."""
    for name, places in scene.inspection.names.items():
        if places and "." not in name and scene.is_beside(places[0].file):
            yield name


def _is_same(one: Place, two: Place) -> bool:
    return os.path.realpath(one.file) == os.path.realpath(two.file)


def is_on_the_way(scene: Scene, it: Hidden) -> bool:
    """Whether the failure is about the copy that hides, or went through it."""
    if scene.wanted is not None and scene.wanted.top == it.module:
        return True
    if scene.wanted is None and _stated(scene) is not None:
        return passes_elsewhere(scene) is True
    return any(within(frame.file, it.first.file) for frame in scene.frames)
