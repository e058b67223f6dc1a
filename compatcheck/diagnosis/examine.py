"""From a failure in an environment to its cause: look, unmask, ask the rules."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from compatcheck.diagnosis.bench import Bench
from compatcheck.diagnosis.catalogue import catalogue
from compatcheck.diagnosis.finding import UNDETERMINED, Finding, blame
from compatcheck.diagnosis.scene import Scene, stem
from compatcheck.diagnosis.sources import (
    Imported,
    guarded_in,
    imports,
    package_of,
    parsed_text,
    swallowed,
)
from compatcheck.diagnosis.wanted import wanted
from compatcheck.environments.live import Process, inspect
from compatcheck.model import Failure, Frame, Link
from compatcheck.model.inspected import Inspection, Installed
from compatcheck.model.mending import Install, mend

_CODE: Final = (".py", ".so", ".pyd")
_DEEPEST: Final = 3
"""Masks behind masks that are gone behind."""
_MOST_BESIDE: Final = 500
"""Names in the working directory that are looked for elsewhere, too."""
_MOST_GUARDED: Final = 6
"""Guarded imports of one file that are asked alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of an examination."""

    scene: Scene
    findings: tuple[Finding, ...]
    """Best first; none: undetermined."""
    looked_at: tuple[str, ...]
    """What was looked at where nothing was found, a sentence each."""


def examine(
    process: Process,
    failure: Failure,
    bench: Bench,
    look: Callable[..., Inspection] = inspect,
) -> Examined:
    """Why a process fails so. Raises `EnvironmentFault` where nothing can be seen."""
    scene = unmasked(scene_of(process, failure, bench, look), look)
    for rule in catalogue().values():
        found = rule.proves(scene) if rule.proves else None
        if found is not None:
            evidence = (*scene.masked, *found.evidence)
            named = replace(found, rule=rule.id, evidence=evidence)
            return Examined(scene=scene, findings=(named,), looked_at=())
    looked_at = tuple(_looked_at(scene))
    return Examined(scene=scene, findings=_damaged(scene), looked_at=looked_at)


def scene_of(
    process: Process,
    failure: Failure,
    bench: Bench,
    look: Callable[..., Inspection] = inspect,
    masked: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> Scene:
    """A failure with the environment around it. Raises `EnvironmentFault`."""
    names, files = _names(process, failure), _files(failure)
    inspection = look(process, names, {*files, *also})
    first = _elsewhere(failure, inspection)
    if first is not None:
        inspection = look(process, names, {*files, *also}, first)
    return Scene(
        process=process,
        failure=failure,
        inspection=inspection,
        bench=bench,
        masked=masked,
    )


def _elsewhere(failure: Failure, inspection: Inspection) -> str | None:
    """The folder that the module in the message came from, if no entry of the path.

    A program may put folders on its path itself, as test runners do.
    """
    asked = wanted(failure)
    if asked is None or asked.path is None or not os.path.isfile(asked.path):  # noqa: PTH113 - spelt as in the message
        return None
    root = Path(asked.path).parent
    depth = asked.module.count(".") + (Path(asked.path).stem == "__init__")
    for _ in range(depth):
        root = root.parent
    known = {os.path.realpath(entry) for entry in inspection.path}
    return None if os.path.realpath(root) in known else str(root)


def unmasked(scene: Scene, look: Callable[..., Inspection] = inspect) -> Scene:
    """The failure behind a guarded import that swallowed it; the same if none did."""
    for _ in range(_DEEPEST):
        inner = _behind(scene, look)
        if inner is None:
            break
        scene = inner
    return scene


def _behind(scene: Scene, look: Callable[..., Inspection]) -> Scene | None:
    for file, guarded in _guarded(scene):
        statement = f"import {guarded.module}"
        if guarded.name is not None:
            statement = f"from {guarded.module} import {guarded.name}"
        process = scene.process.says(statement)
        seen = scene.bench.ask(process)
        if isinstance(seen, Failure):
            words = (
                f"{scene.shown(file)}:{guarded.line} imports {guarded.module} under a"
                f" guard that swallows its failure; `{statement}` shows it:"
                f" {seen.type}: {' '.join(seen.message.split())[:200]}"
            )
            masked = (*scene.masked, words)
            inner = scene_of(process, seen, scene.bench, look, masked, (file,))
            behalf = Frame(file=file, line=guarded.line, function="<module>")
            return replace(inner, behalf=behalf)
    return None


def _guarded(scene: Scene) -> Iterator[tuple[str, Imported]]:
    """Guarded imports whose failure would explain what is seen."""
    asked, place = scene.wanted, scene.place
    if asked is not None and asked.name is not None and place is not None:
        package = package_of(asked.module, place.file) if place.file else ""
        found = swallowed(place.file, package, asked.name) if place.file else None
        if found is not None:
            yield place.file, found
    frame, consumer = scene.importer, scene.consumer
    if asked is None and frame is not None and scene.on_the_way == (consumer,):
        # Raised on purpose, later: what it is about stands in its words. Where another
        # distribution asked for it, what that one was promised counts.
        assert consumer is not None  # noqa: S101 - for the types: it is on the way
        package = _package(frame.file, consumer)
        for it in guarded_in(frame.file, package)[:_MOST_GUARDED]:
            if it.module.partition(".")[0] in scene.step.message.replace("-", "_"):
                yield frame.file, it


def _package(file: str, owner: Installed) -> str:
    relative = os.path.relpath(file, owner.root).removesuffix(".py")
    return package_of(relative.replace(os.sep, "."), file)


def _steps(failure: Failure) -> Iterator[Failure | Link]:
    yield failure
    yield from failure.chain


def _names(process: Process, failure: Failure) -> set[str]:
    """Every module that the failure, or what is run, speaks of."""
    found = set[str]()
    for step in _steps(failure):
        asked = wanted(step)
        if asked is not None:
            found.add(asked.module)
            if asked.name is not None:
                found.add(f"{asked.module}.{asked.name}")
        found.update(stem(it.file) for it in step.frames if os.sep in it.file)
    found.update(_stated(process))
    found.update(_beside(process))
    return {part for name in found if _is_dotted(name) for part in _parents(name)}


def _stated(process: Process) -> Iterator[str]:
    """What a `-c` statement imports."""
    command = process.command
    for option, text in pairwise(command):
        tree = parsed_text(text) if option == "-c" else None
        for it in imports(tree, "") if tree else ():
            yield it.module


def _beside(process: Process) -> Iterator[str]:
    """The modules that lie in the working directory: each may hide another."""
    try:
        names = sorted(os.listdir(process.folder))[:_MOST_BESIDE]  # noqa: PTH208 - names alone are asked
    except OSError:
        return
    for name in names:
        if name.endswith(".py") or os.path.isdir(process.folder / name):  # noqa: PTH112 - likewise
            yield name.removesuffix(".py")


def _parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[: length + 1]) for length in range(len(parts)))


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def _files(failure: Failure) -> set[str]:
    found = {it.file for step in _steps(failure) for it in step.frames}
    for step in _steps(failure):
        asked = wanted(step)
        if asked is not None and asked.path and Path(asked.path).is_absolute():
            found.add(asked.path)
    return found


def _damaged(scene: Scene) -> tuple[Finding, ...]:
    """No cause has a name; but files on the way are not as they were installed.

    To lay the same release anew is a remedy all the same, and one that can be tried.
    """
    for it in _concerned(scene):
        lines = tuple(compared(scene, it))
        if lines and it.editable is None:
            pinned = f"{it.name}=={it.version}"
            again = Install(requirements=(pinned,), alone=True, again=True)
            return (
                Finding(
                    rule=UNDETERMINED,
                    title=f"it fails, and files of {it} are not what its RECORD says",
                    culprit=blame(it),
                    evidence=(*scene.masked, *lines, *_looked_at(scene)),
                    mends=(mend(again),),
                ),
            )
    return ()


def _concerned(scene: Scene) -> Iterator[Installed]:
    """Whose files the failure went through, and whose should answer."""
    named = (*scene.on_the_way, *([scene.provider] if scene.provider else []))
    yield from {it.name: it for it in named}.values()


def compared(scene: Scene, it: Installed) -> Iterator[str]:
    """How what lies on the disk differs from what a distribution's RECORD promises."""
    missing = [path for path in it.missing if path not in it.hollow]
    kinds = (
        ("missing", missing),
        ("of another size", it.resized),
        ("of other content", it.altered),
    )
    for word, paths in kinds:
        code = [path for path in paths if path.endswith(_CODE)]
        if code:
            more = f" and {len(code) - 1} more" if code[1:] else ""
            yield f"by the RECORD of {it}, {scene.shown(code[0])}{more} is {word}"


def _looked_at(scene: Scene) -> Iterator[str]:
    """What an honest "undetermined" rests on."""
    asked = scene.wanted
    if asked is not None:
        place = scene.place
        where = scene.shown(place.file) if place else "nowhere on the search path"
        yield f"`{asked}` is wanted; `{asked.module}` is found at {where}"
        if scene.provider is not None:
            yield f"it belongs to {scene.provider}"
    if scene.importer is not None:
        who = str(scene.consumer) if scene.consumer else "your code"
        yield f"it came up at {scene.at(scene.importer)}, in {who}"
    count = len(scene.inspection.distributions)
    yield f"the RECORDs of {count} distributions were held against the disk"
    if extra := scene.inspection.extra:
        more = f" and {len(extra) - 1} more" if extra[1:] else ""
        yield f"{scene.shown(extra[0])}{more}: code that no RECORD lists"
    ids = ", ".join(rule.id for rule in catalogue().values() if rule.proves)
    yield f"no rule found its evidence complete among: {ids}"
    yield from scene.bench.unchecked
