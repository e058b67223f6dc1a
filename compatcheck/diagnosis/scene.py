"""What a rule gets to see of a failure in an environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from compatcheck.diagnosis.bench import Bench
from compatcheck.diagnosis.wanted import Wanted, principal, wanted
from compatcheck.environments.live import Process
from compatcheck.model import Failure, Frame, Link
from compatcheck.model.inspected import Inspection, Installed, Place, within

_HOOKS: Final = ("__getattr__", "__getattribute__")
_MACHINERY: Final = (
    f"importlib{os.sep}__init__.py",
    f"importlib{os.sep}_bootstrap.py",
    "runpy.py",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """A failure with the environment that it happened in, and a bench to try things."""

    process: Process
    failure: Failure
    inspection: Inspection
    bench: Bench
    masked: tuple[str, ...] = ()
    """How it was found behind another failure, a sentence each."""

    behalf: Frame | None = None
    """Where the import stands that is asked alone here, its failure being swallowed."""

    @property
    def steps(self) -> tuple[Failure | Link, ...]:
        """The failure, then what it came from."""
        return (self.failure, *self.failure.chain)

    @cached_property
    def step(self) -> Failure | Link:
        """The step of the chain that went wrong first."""
        return principal(self.failure)

    @cached_property
    def wanted(self) -> Wanted | None:
        """What is not there, where the failure says so."""
        return wanted(self.step)

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """The way to the failure, without the machinery of importing."""
        found = [it for it in self.step.frames if not _is_machinery(it)]
        if self.behalf is not None and found:
            found[0] = self.behalf
        return tuple(found)

    @cached_property
    def importer(self) -> Frame | None:
        """Where the failure came up, passing over hooks that look names up.

        Where that is the standard library, whoever called it counts.
        """
        found = [it for it in self.frames if it.function not in _HOOKS]
        own = [it for it in found if not self.inspection.is_standard(it.file)]
        return next(reversed(own or found), None)

    @cached_property
    def consumer(self) -> Installed | None:
        """The distribution in whose code it came up; None: the user's, or Python's."""
        return self.owner(self.importer)

    @cached_property
    def is_users(self) -> bool:
        """Whether it came up in the user's own code."""
        frame = self.importer
        if frame is None:
            return True
        return self.consumer is None and not self.inspection.is_standard(frame.file)

    def owner(self, frame: Frame | None) -> Installed | None:
        """Whose code a frame is in."""
        return self.inspection.owner(frame.file) if frame else None

    @cached_property
    def on_the_way(self) -> tuple[Installed, ...]:
        """The distributions whose code was running, the innermost first."""
        found = (self.owner(frame) for frame in reversed(self.frames))
        return tuple({it.name: it for it in found if it is not None}.values())

    def places(self, module: str | None) -> tuple[Place, ...]:
        """Everywhere that a module is found, what is imported first."""
        return self.inspection.names.get(module or "", ())

    @cached_property
    def place(self) -> Place | None:
        """What the wanted module, or its top level, resolves to."""
        if self.wanted is None:
            return None
        found = self.places(self.wanted.module) or self.places(self.wanted.top)
        return next((it for it in found if it.kind != "foreign"), None)

    @cached_property
    def provider(self) -> Installed | None:
        """The one distribution that the wanted module belongs to."""
        if self.wanted is None:
            return None
        parts = self.wanted.module.split(".")
        for length in range(len(parts), 0, -1):
            for place in self.places(".".join(parts[:length])):
                owner = self.inspection.owner(place.file)
                if owner is not None:
                    return owner
        owners = list(self.inspection.owning(self.wanted.top))
        return owners[0] if len(owners) == 1 else None

    def is_beside(self, file: str) -> bool:
        """Whether a file is the user's: beside the script, not in an environment."""
        beside = self.inspection.beside
        if beside is None or not within(file, beside):
            return False
        others = [*self.inspection.path, self.inspection.python.prefix]
        deeper = (it for it in others if it != beside and within(it, beside))
        return not any(within(file, it) for it in deeper)

    def shown(self, path: str) -> str:
        """A path as people know it: short below an environment or their own folder."""
        for root in self.inspection.roots:
            if path.startswith(root + os.sep) and not self.is_beside(root):
                return path[len(root) + 1 :]
        beside = str(self.process.folder)
        if path.startswith(beside + os.sep):
            return path[len(beside) + 1 :]
        return path

    def at(self, frame: Frame) -> str:
        """A frame in words: `flask/app.py:12`."""
        return f"{self.shown(frame.file)}:{frame.line}"


def requirements(it: Installed) -> Iterator[Requirement]:
    """What a distribution requires, with or without markers; nonsense passed over."""
    for line in it.requires:
        try:
            yield Requirement(line)
        except InvalidRequirement:
            continue


def applies(needed: Requirement, inspection: Inspection) -> bool:
    """Whether a requirement holds on this Python, no extra being asked for."""
    marker = needed.marker
    return marker is None or marker.evaluate(dict(inspection.python.markers))


def names_extra(needed: Requirement) -> bool:
    """Whether a requirement hangs on an extra."""
    return needed.marker is not None and "extra" in str(needed.marker)


def is_met(needed: Requirement, inspection: Inspection) -> bool:
    """Whether what is required is installed in a version that is let in."""
    found = inspection.by_name.get(canonicalize_name(needed.name))
    if found is None:
        return False
    version = version_of(found)
    if version is None or needed.url is not None:
        return True
    return needed.specifier.contains(version, prereleases=True)


def version_of(it: Installed) -> Version | None:
    """The version of a distribution, where it is one."""
    try:
        return Version(it.version)
    except InvalidVersion:
        return None


def squeezed(name: str) -> str:
    """A name without what distributions and modules spell differently."""
    return canonicalize_name(name).replace("-", "")


def _is_machinery(frame: Frame) -> bool:
    return frame.file.startswith("<frozen ") or frame.file.endswith(_MACHINERY)


def stem(path: str) -> str:
    """The name that a file or folder is imported by."""
    name = Path(path).name
    return name.partition(".")[0] if name != "__init__.py" else Path(path).parent.name
