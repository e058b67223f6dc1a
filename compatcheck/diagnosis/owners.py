"""Whose is it? From modules and frames to distributions.

The house does not see the RECORDs of a cell, so ownership is told only where it is
plain: by the import names of the axes, and for the rest of a lock by a module that is
named as its distribution is. Anything else is nobody's, and no rule may rest on it.
"""

from __future__ import annotations

import re
from typing import Final

from packaging.utils import canonicalize_name
from packaging.version import Version

from compatcheck.model import CellResult, Failure, Frame, Link

_SITE: Final = re.compile(r"^<env>/(?:lib(?:64)?/[^/]+/|Lib/)?site-packages/")
_HOOKS: Final = ("__getattr__", "__getattribute__")
"""Functions that only look a name up for somebody else."""


def place(frame: Frame) -> str:
    """A frame in words: `<env>/flask/app.py:12 in run`."""
    return f"{_SITE.sub('<env>/', frame.file)}:{frame.line} in {frame.function}"


def last_frame(step: Failure | Link) -> Frame | None:
    """Where an exception was raised, passing over hooks that only look names up."""
    frames = [frame for frame in step.frames if frame.function not in _HOOKS]
    return frames[-1] if frames else None


def installed(result: CellResult) -> dict[str, Version]:
    """What a cell's lock holds, by distribution."""
    packages = result.lock.packages if result.lock else ()
    return {package.distribution: package.version for package in packages}


def owner_of_module(result: CellResult, module: str | None) -> str | None:
    """The distribution that a module plainly belongs to, if one is installed."""
    if not module or not module.replace(".", "_").isidentifier():
        return None
    roots = result.contract.roots if result.contract else {}
    for distribution, names in roots.items():
        if any(f"{module}.".startswith(f"{name}.") for name in names):
            return distribution
    here = installed(result)
    parts = module.split(".")
    # `google.cloud.storage` of google-cloud-storage: the longest name that fits.
    for length in range(len(parts), 0, -1):
        name = canonicalize_name("-".join(parts[:length]))
        if name in here:
            return name
    return None


def owner_of_frame(result: CellResult, frame: Frame | None) -> str | None:
    """The distribution whose file a frame lies in, where that is plain."""
    if frame is None or not _SITE.match(frame.file):
        return None
    path = _SITE.sub("", frame.file).removesuffix(".py")
    return owner_of_module(result, path.removesuffix("/__init__").replace("/", "."))


def raised_outside(
    result: CellResult, step: Failure | Link, distribution: str
) -> str | None:
    """In whose code an exception was raised, if plainly not in that distribution's."""
    frame = last_frame(step)
    if frame is None:
        return None
    if frame.file.startswith("<scenarios>"):
        return "the scenario"
    owner = owner_of_frame(result, frame)
    return owner if owner != distribution else None


def seen_in_frames(result: CellResult, failure: Failure) -> list[str]:
    """Distributions in whose code a failure happened, the innermost first."""
    found: dict[str, None] = {}
    steps: tuple[Failure | Link, ...] = (failure, *failure.chain)
    for step in steps:
        for frame in reversed(step.frames):
            owner = owner_of_frame(result, frame)
            if owner is not None:
                found.setdefault(owner)
    return list(found)
