"""What can be changed so that something runs: commands and edits, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """Install requirements into the environment."""

    requirements: tuple[str, ...]
    alone: bool = False
    """Whether without what they require."""
    again: bool = False
    """Whether even where that very release is there."""
    newer: bool = False
    """Whether what is there is to be replaced by the newest."""
    editable: bool = False
    """Whether the requirements are folders to be installed in place."""
    target: str | None = None
    """The folder to install into, where that is not the environment's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Uninstall distributions."""

    distributions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """Give a file or folder of the user's another name."""

    path: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Import otherwise: an edit of the statement that is run, or of a file."""

    old: str
    """The module that is imported."""
    new: str
    name: str | None = None
    """The one name that is to be taken from the new module; None: all of it."""
    file: str | None = None
    """Where it stands; None: in what is run itself."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """Run it in another way."""

    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Take an entry off the search path."""

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What only people can do: a package of the system, a restart."""

    words: str


Step: TypeAlias = Install | Remove | Rename | Rewrite | Rerun | Drop | Advice


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """A remedy for one environment: steps that belong together."""

    steps: tuple[Step, ...]
    verified: bool | None = None
    """Whether it was tried in a copy and the original ran; None: not tried."""

    @property
    def kind(self) -> Literal["command", "edit", "advice"]:
        """What it asks of people."""
        if any(isinstance(step, Rename | Rewrite | Drop) for step in self.steps):
            return "edit"
        if all(isinstance(step, Advice) for step in self.steps):
            return "advice"
        return "command"


def mend(*steps: Step) -> Mend:
    """A remedy of these steps."""
    return Mend(steps=steps)
