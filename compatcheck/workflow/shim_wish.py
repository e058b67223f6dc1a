"""What a failure wanted, as far as an adaptation could give it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from compatcheck.diagnosis.words import (
    lacking,
    lacking_attribute,
    misfit,
    missing_fields,
)
from compatcheck.errors import Problem, UsageError
from compatcheck.model import Failure, Link
from compatcheck.report.legible import shown

_FROM: Final = re.compile(r"^\s*from (?P<module>[\w.]+) import \(?(?P<names>[^()#\n]+)")
_PLAIN: Final = re.compile(r"\w+(?: as \w+)?(?:\s*,\s*\w+(?: as \w+)?)*,?\s*")

_EMPTY: Final = "installs no module that can be imported"
"""What the probe `import` says of a placeholder."""

WantedOf: TypeAlias = Callable[[str], tuple[str, ...]]
"""Which names of a module that is gone are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing is proposed: why, and what is better."""

    reason: str
    better: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of a module."""

    module: str
    names: tuple[str, ...]
    whole: bool
    """Whether the module itself was not found."""

    @property
    def statement(self) -> str:
        """The import that has to work."""
        return f"from {self.module} import {', '.join(self.names)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A model's field that was not given."""

    model: str
    field: str


Wish: TypeAlias = Names | Field


def read_wish(failure: Failure, wanted: WantedOf) -> Wish | Refused:
    """What a failure, or what it came from, wanted; or why that cannot be adapted."""
    steps: tuple[Failure | Link, ...] = (failure, *failure.chain)
    told = [_wish(step, wanted) for step in steps]
    wishes = [it for it in told if isinstance(it, Names | Field)]
    refusals = [it for it in told if isinstance(it, Refused)]
    if wishes or refusals:
        return (*wishes, *refusals)[0]
    words = shown(f"{failure.type}: {failure.message}", longest=120)
    return Refused(
        reason=f"no adaptation is for a failure of this kind ({words})",
        better="`compatcheck doctor` or `compatcheck matrix` tells what is to blame",
    )


def _wish(step: Failure | Link, wanted: WantedOf) -> Wish | Refused | None:
    if (lacked := lacking(step)) is not None:
        if lacked.name:
            return Names(module=lacked.module, names=(lacked.name,), whole=False)
        names = wanted(lacked.module)
        if names:
            return Names(module=lacked.module, names=names, whole=True)
        if "." not in lacked.module:
            return Refused(
                reason=f"nothing that is installed holds {shown(lacked.module)}",
                better=f"install the distribution that holds {shown(lacked.module)}",
            )
        return Refused(
            reason=f"it does not show which names of {lacked.module} are wanted",
            better=f"give a traceback of `from {lacked.module} import NAME`",
        )
    if (fields := missing_fields(step)) is not None:
        model, (field, *_) = fields
        if model.isidentifier() and field.isidentifier():
            return Field(model=model, field=field)
    return _unfit(step)


def _unfit(step: Failure | Link) -> Refused | None:
    """What could be adapted only by guessing, or not at all."""
    if step.message.endswith(_EMPTY):
        name = shown(step.message.removesuffix(_EMPTY).strip())
        return Refused(
            reason=f"that release of {name} holds no module: nothing can be adapted",
            better=f"another release of {name}",
        )
    if (lost := lacking_attribute(step)) is not None:
        owner, name = map(shown, lost)
        return Refused(
            reason=f"{owner} has no attribute {name}, and which one took its place, if "
            "any did, is not to be read from source",
            better="pin a release that has it: `compatcheck investigate` tries them",
        )
    if (call := misfit(step)) is not None:
        callee = shown(call.callee)
        return Refused(
            reason=f"a call of {callee} does not bind, and whether an argument was "
            "renamed or given up is not to be read from source",
            better="pin a release that takes the call; if it was renamed, write a "
            "RenamedKeyword by hand",
        )
    return None


def read_text(text: str) -> WantedOf:
    """Which names a traceback's own lines want of a module that is not there."""

    def wanted(module: str) -> tuple[str, ...]:
        for line in reversed(text.splitlines()):
            found = _FROM.match(line)
            if found and found["module"] == module and _PLAIN.fullmatch(found["names"]):
                each = (it.split() for it in found["names"].split(","))
                return tuple(words[0] for words in each if words)
        return ()

    return wanted


def no_failure(place: str) -> UsageError:
    """The error that says that a text holds no failure."""
    return UsageError(
        Problem(
            place=place,
            message="it holds no traceback",
            mend="give the whole traceback, its last line included",
        )
    )
