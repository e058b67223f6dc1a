"""Ways to tell a report: one file each, found by its name.

A format is a module of this folder with a constant `FORMAT`; modules that begin with an
underscore serve one. Only the format that is asked for is imported.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from compatcheck.errors import Problem, UsageError

if TYPE_CHECKING:  # the document of a grid, which a diagnosis does without
    from compatcheck.report.document import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What the place that the text goes to can show."""

    width: int = 80
    """Columns."""
    colour: bool = False
    unicode: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to tell a report."""

    name: str
    suffix: str
    """Of a file that holds it: `.json`."""
    render: Callable[[Report, Style], str]
    """The whole text, its last line ended; a format may pass over the style."""


def names() -> tuple[str, ...]:
    """The formats that there are, sorted; none of them is imported."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in modules if not name.startswith("_")))


def get(name: str) -> Format:
    """The format of that name. Raises `UsageError` naming those that there are."""
    if name not in names():
        raise UsageError(
            Problem(
                place="--format",
                message=f"there is no format {name!r}",
                mend=f"choose one of {', '.join(names())}",
            )
        )
    found = import_module(f"{__name__}.{name}").FORMAT
    if not isinstance(found, Format):
        raise TypeError(f"{name}.FORMAT is no Format")
    return found
