"""A failure of which there is only a text: what its words and paths tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from compatcheck.diagnosis.wanted import Wanted, principal, wanted
from compatcheck.model import Failure, Frame, Link

_SITE: Final = re.compile(
    r"(?:^|[/\\>])(?:site|dist)-packages[/\\](?P<top>[^/\\]+?)(?:\.py|\.[\w-]+\.so)?(?=[/\\]|$)"
)
_STANDARD: Final = re.compile(
    r"[/\\]lib(?:64)?[/\\]python(?P<minor>3\.\d+)[/\\]|[/\\]Lib[/\\]"
)
_PYTHON: Final = re.compile(r"python(?P<minor>3\.\d{1,2})\b")
_WINDOWS: Final = re.compile(r"[Pp]ython3?(?P<minor>3\d{1,2})[/\\]")
_HOOKS: Final = ("__getattr__", "__getattribute__")
_MACHINERY: Final = ("importlib/__init__.py", "importlib\\__init__.py", "runpy.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What a rule reads in a text."""

    sure: bool
    """Whether the text alone decides it."""
    why: str
    """One sentence."""


@dataclass(frozen=True, eq=False)
class Telling:
    """A failure as a text tells of it."""

    failure: Failure

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
        """What is not there, where it says so."""
        return wanted(self.step)

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """The way there, without the machinery of importing."""
        return tuple(
            it
            for it in self.step.frames
            if not it.file.startswith("<frozen") and not it.file.endswith(_MACHINERY)
        )

    @cached_property
    def importer(self) -> Frame | None:
        """Where it came up."""
        found = [it for it in self.frames if it.function not in _HOOKS]
        return found[-1] if found else None

    @property
    def importer_top(self) -> str | None:
        """The import name of the distribution in whose code it came up.

        None: it is the user's code, or that is not told.
        """
        return top_of(self.importer.file) if self.importer else None

    @property
    def is_users(self) -> bool:
        """Whether it came up in the user's own code, as far as paths tell."""
        frame = self.importer
        return (
            frame is not None
            and top_of(frame.file) is None
            and not is_standard(frame.file)
        )

    @cached_property
    def python(self) -> str | None:
        """The minor version of the Python, where a path tells it."""
        for frame in reversed(self.failure.frames):
            if found := _PYTHON.search(frame.file):
                return found["minor"]
            if found := _WINDOWS.search(frame.file):
                return f"3.{found['minor'][1:]}"
        return None


def top_of(file: str) -> str | None:
    """The top-level name that a path below site-packages is about."""
    found = _SITE.search(file)
    return found["top"] if found else None


def is_standard(file: str) -> bool:
    """Whether a path is the standard library's."""
    return top_of(file) is None and (
        _STANDARD.search(file) is not None or file.startswith("<frozen")
    )
