"""Is it the Python? Proven by asking another interpreter of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from packaging.version import Version

from compatcheck.diagnosis.bench import Outcome, Ran
from compatcheck.diagnosis.scene import Scene
from compatcheck.environments.live import Process
from compatcheck.model import Interpreter


def runs_on(scene: Scene, statement: str, *, newer: bool) -> str | None:
    """The nearest other Python, by its minor, whose own library runs a statement."""
    for python in _others(scene, newer=newer):
        process = Process(
            python=python.executable,
            command=(str(python.executable), "-I", "-S", "-c", statement),
            folder=scene.process.folder,
            environ=scene.process.environ,
        )
        if isinstance(scene.bench.ask(process), Ran):
            return python.minor
    return None


def same_under_older(scene: Scene) -> str | None:
    """The nearest older Python under which the very same files run."""
    for python in _others(scene, newer=False):
        if isinstance(_with(scene, python), Ran):
            return python.minor
    return None


def _with(scene: Scene, python: Interpreter) -> Outcome | None:
    """How the original ends under another Python, with the roots of this one."""
    process = scene.process
    if not process.is_python or {"-I", "-E"}.intersection(process.flags):
        return None
    roots = os.pathsep.join(scene.inspection.roots)
    known = process.environ.get("PYTHONPATH")
    path = os.pathsep.join([*([known] if known else []), roots])
    environ = {
        **process.environ,
        "PYTHONPATH": path,
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = (str(python.executable), *process.command[1:])
    moved = replace(process, python=python.executable, command=command, environ=environ)
    return scene.bench.ask(moved)


def _others(scene: Scene, *, newer: bool) -> Iterator[Interpreter]:
    """The other Pythons of this implementation, the nearest first, one of a minor."""
    own = Version(scene.inspection.python.minor)
    found: dict[Version, Interpreter] = {}
    for it in scene.bench.others():
        if it.implementation == scene.inspection.python.implementation:
            found[Version(it.minor)] = it
    order: Sequence[Version] = sorted(found, reverse=not newer)
    for minor in order:
        if (minor > own) if newer else (minor < own):
            yield found[minor]
