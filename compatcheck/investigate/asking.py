"""What asks the same as a failure does, in as few words as serve."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from compatcheck.diagnosis.scene import Scene
from compatcheck.environments.live import Process
from compatcheck.investigate.parties import Parties
from compatcheck.model import Frame
from compatcheck.model.inspected import Installed, within

_IMPORTS: Final = ("ImportError", "ModuleNotFoundError")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What Python is given: `-c CODE`, or `-m MODULE` with its arguments."""

    tail: tuple[str, ...]
    direct: bool = False
    """Whether it asks the provider alone, whatever the consumer's release asks."""

    def __str__(self) -> str:
        """The statement, or the command as people know it."""
        if self.tail[0] == "-c":
            return self.tail[1]
        return shlex.join(("python", *self.tail))

    @property
    def code(self) -> str:
        """The same as a statement."""
        if self.tail[0] == "-c":
            return self.tail[1]
        _, module, *rest = self.tail
        return (
            f"import runpy, sys; sys.argv[:] = {[module, *rest]!r};"
            f" runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
        )


def asks(parts: Parties, process: Process) -> Iterator[Ask]:
    """What would ask the same, the consumer's own module first."""
    scene = parts.scene
    importing = scene.step.type.rpartition(".")[2] in _IMPORTS
    module = _module(scene.importer, parts.consumer) if importing else None
    if module is not None:
        yield Ask(tail=("-c", f"import {module}"))
    yield from _given(process)
    outermost = _imported(scene)
    if outermost is not None:
        yield Ask(tail=("-c", f"import {outermost}"))
    asked = scene.wanted if importing else None
    if asked is not None and asked.kind != "attribute":
        alone = f"import {asked.module}"
        named = f"from {asked.module} import {asked.name}"
        yield Ask(tail=("-c", named if asked.name is not None else alone), direct=True)


def _given(process: Process) -> Iterator[Ask]:
    """What the user runs, where that is more than a file of the user's."""
    rest = process.command[1 + len(process.flags) :] if process.is_python else ()
    if rest[1:] and rest[0] in ("-c", "-m"):
        yield Ask(tail=rest[:2] if rest[0] == "-c" else rest)


def _imported(scene: Scene) -> str | None:
    """The first module of a distribution that was being run on the way."""
    for frame in scene.frames:
        owner = scene.owner(frame)
        if owner is not None and frame.function == "<module>":
            return _module(frame, owner)
    return None


def _module(frame: Frame | None, owner: Installed | None) -> str | None:
    """The module of a distribution that a frame is in, as it is imported."""
    if frame is None or owner is None or not within(frame.file, owner.root):
        return None
    relative = Path(os.path.relpath(frame.file, owner.root)).with_suffix("")
    parts = [it for it in relative.parts if it != "__init__"]
    usual = bool(parts) and all(it.isidentifier() for it in parts)
    return ".".join(parts) if usual else None
