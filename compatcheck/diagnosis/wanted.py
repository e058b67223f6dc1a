"""What a failure says is not there, in the words of every Python from 3.6 on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from compatcheck.model import Failure, Link

_NAME: Final = re.compile(
    r"cannot import name '?(?P<name>[\w.]+)'?"
    r"(?: from (?P<partial>partially initialized module )?'(?P<module>[\w.]+)')?"
    r"(?P<cycle> \(most likely due to a circular import\))?"
    r"(?: \((?P<path>(?:unknown location|[^()]*(?:\([^()]*\)[^()]*)*))\))?",
)
_MODULE: Final = re.compile(
    r"No module named '?(?P<module>[\w.]+)'?(?P<flat>; '[\w.]+' is not a package)?"
)
_ATTRIBUTE: Final = re.compile(
    r"^(?P<partial>partially initialized )?module '(?P<module>[\w.]+)' has no attribute"
    r" '(?P<name>\w+)'"
)
_IMPORTING: Final = ("ImportError", "ModuleNotFoundError")

Kind = Literal["module", "name", "attribute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A module, or a name in a module, that was not found."""

    kind: Kind
    module: str
    name: str | None = None
    partial: bool = False
    """Whether the module had not run to its end."""
    nowhere: bool = False
    """Whether Python knows no file of the module: it is a namespace package."""
    path: str | None = None
    """The file that the module was loaded from, where the message tells it."""

    @property
    def top(self) -> str:
        """`agents` of `agents.items`."""
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        """`agents.items.Item`."""
        return f"{self.module}.{self.name}" if self.name else self.module


def wanted(step: Failure | Link) -> Wanted | None:
    """What an exception says is not there; None where it says something else."""
    kind = step.type.rpartition(".")[2]
    if kind in _IMPORTING:
        return _not_imported(step)
    if kind == "AttributeError" and (found := _ATTRIBUTE.search(step.message)):
        return Wanted(
            kind="attribute",
            module=found["module"],
            name=found["name"],
            partial=found["partial"] is not None,
        )
    return None


def _not_imported(step: Failure | Link) -> Wanted | None:
    if found := _NAME.search(step.message):
        module = found["module"] or step.module
        if module is None:
            return None
        path = found["path"]
        nowhere = path == "unknown location"
        return Wanted(
            kind="name",
            module=module,
            name=found["name"],
            partial=found["partial"] is not None,
            nowhere=nowhere,
            path=None if nowhere else path,
        )
    # A message that only quotes such words, among others, is somebody's own.
    if found := _MODULE.match(step.message):
        return Wanted(kind="module", module=found["module"])
    return None


def principal(failure: Failure) -> Failure | Link:
    """The step that went wrong first on the way to a failure.

    What was raised `from` another exception only words it anew. One that came up while
    another was handled is a failure of its own, unless it says nothing of its own.
    """
    step: Failure | Link = failure
    for link in failure.chain:
        reworded = wanted(step) is None and step.type in _IMPORTING
        if link.relation == "cause" or (link.relation == "context" and reworded):
            step = link
            continue
        break
    return step
