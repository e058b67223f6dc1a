"""Python's own words, read: which name, which argument, which field.

The words tell *what* is missing; whose it is, and since when, is told by the rules.
"""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from typing import Final

from compatcheck.model import Failure, Link

_NAME: Final = re.compile(
    r"cannot import name '(?P<name>[^']+)' from (?:partially initialized module )?"
    r"'(?P<module>[\w.]+)'"
)
_MODULE: Final = re.compile(r"No module named '?(?P<module>[\w.]+)'?")
_OF_MODULE: Final = re.compile(
    r"^module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'"
)
_OF_CLASS: Final = re.compile(
    r"^(?:type object )?'(?P<owner>[\w.]+)'(?: object)?"
    r" has no attribute '(?P<name>\w+)'"
)
_NAMELESS: Final = ("NoneType", "function", "method", "generator", "coroutine")
"""Classes of Python's own that are no names in `builtins`."""
_CALL: Final = re.compile(r"^(?P<callee>[\w.<>]+)\(\):? (?P<words>.+)", re.DOTALL)
# As CPython's ceval words them, and `inspect.Signature.bind`.
_REFUSED: Final = re.compile(r"^got an unexpected keyword argument '(?P<name>\w+)'")
_WANTED: Final = re.compile(
    r"^missing (?:\d+ required (?:positional|keyword-only) arguments?|"
    r"a required (?:keyword-only )?argument): '(?P<name>\w+)'"
)
_OTHERWISE: Final = re.compile(
    r"^(?:takes .* arguments?\b|got multiple values for|too many positional|"
    r"multiple values for|got some positional-only)"
)
_MODEL: Final = re.compile(r"^\d+ validation errors? for (?P<model>.+)$", re.MULTILINE)
_FIELD: Final = re.compile(
    r"^(?P<field>\S.*)\n +[Ff]ield required [\[(]type=(?:value_error\.)?missing",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A module, or a name in a module."""

    module: str
    name: str | None

    def __str__(self) -> str:
        """`flask.globals.request`."""
        return f"{self.module}.{self.name}" if self.name else self.module


def lacking(step: Failure | Link) -> Lacking | None:
    """The module, or the module's name, that an exception says is not there."""
    match step.type:
        case "ModuleNotFoundError":
            found = _MODULE.search(step.message)
            module = step.module or (found and found["module"])
            return Lacking(module=module, name=None) if module else None
        case "ImportError":
            found = _NAME.search(step.message)
        case "AttributeError":
            found = _OF_MODULE.search(step.message)
        case _:
            return None
    return Lacking(module=found["module"], name=found["name"]) if found else None


def lacking_attribute(step: Failure | Link) -> tuple[str, str] | None:
    """The class and the attribute that its objects, or itself, do not have.

    Not of Python's own classes: that there is None, or a dict, is what differs then.
    """
    found = _OF_CLASS.search(step.message) if step.type == "AttributeError" else None
    if found is None or found["owner"] in {*vars(builtins), *_NAMELESS}:
        return None
    return found["owner"], found["name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A call that does not bind."""

    callee: str
    refused: str | None = None
    """An argument that it does not take."""
    wanted: str | None = None
    """An argument that it was not given."""


def misfit(step: Failure | Link) -> Misfit | None:
    """The call that an exception says does not bind."""
    call = _CALL.search(step.message) if step.type == "TypeError" else None
    if call is None:
        return None
    words = call["words"]
    if refused := _REFUSED.search(words):
        return Misfit(callee=call["callee"], refused=refused["name"])
    if wanted := _WANTED.search(words):
        return Misfit(callee=call["callee"], wanted=wanted["name"])
    return Misfit(callee=call["callee"]) if _OTHERWISE.search(words) else None


def complains_of_a_name(step: Failure | Link) -> bool:
    """Whether a module, a name, an attribute or an argument is what is amiss."""
    return any(read(step) for read in (lacking, lacking_attribute, misfit))


def missing_fields(step: Failure | Link) -> tuple[str, tuple[str, ...]] | None:
    """The model, and the fields that a validation error says were not given."""
    if step.type.rpartition(".")[2] != "ValidationError" or "pydantic" not in step.type:
        return None
    model, fields = _MODEL.search(step.message), _FIELD.findall(step.message)
    return (model["model"], tuple(fields)) if model and fields else None
