"""What the failed import of a traceback wanted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from compatcheck.errors import Problem, UsageError

_NAME: Final = re.compile(
    r"ImportError: cannot import name '(?P<name>\w+)' from "
    r"(?:partially initialized module )?'(?P<module>[\w.]+)'"
)
_MODULE: Final = re.compile(
    r"ModuleNotFoundError: No module named '(?P<module>[\w.]+)'"
)
_FROM: Final = re.compile(r"^\s*from (?P<module>[\w.]+) import \(?(?P<names>[^()#\n]+)")
_PLAIN: Final = re.compile(r"\w+(?: as \w+)?(?:\s*,\s*\w+(?: as \w+)?)*,?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a failed import wanted."""

    module: str
    names: tuple[str, ...]
    whole: bool
    """Whether the module itself was not found."""

    @property
    def statement(self) -> str:
        """The import that has to work."""
        return f"from {self.module} import {', '.join(self.names)}"


def read_asked(traceback: str) -> Asked:
    """What a traceback's last failed import wanted. Raises `UsageError`."""
    lines = traceback.strip().splitlines()
    for number, line in reversed(list(enumerate(lines))):
        named, absent = _NAME.search(line), _MODULE.search(line)
        if named:
            names = (named["name"],)
            return Asked(module=named["module"], names=names, whole=False)
        if absent:
            return _whole(absent["module"], lines[:number])
    raise UsageError(
        Problem(
            place="--for",
            message="it holds no failed import",
            mend="give the whole traceback, its last line included",
        )
    )


def _whole(module: str, before: list[str]) -> Asked:
    """The names that were wanted of a module that is not there."""
    for line in reversed(before):
        found = _FROM.match(line)
        if found and found["module"] == module and _PLAIN.fullmatch(found["names"]):
            names = (it.split()[0] for it in found["names"].split(",") if it.strip())
            return Asked(module=module, names=tuple(names), whole=True)
    raise UsageError(
        Problem(
            place="--for",
            message=f"it does not show which names of {module} are wanted",
            mend=f"give a traceback of `from {module} import NAME`",
        )
    )
