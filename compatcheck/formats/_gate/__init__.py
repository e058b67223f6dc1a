"""Ways to tell what a gate decided: one file each, found by its name.

A format is a module of this folder with a constant `FORMAT`; modules that begin with an
underscore serve several. All of them tell the same findings under the same ids.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from compatcheck.errors import Problem, UsageError
from compatcheck.formats import Style
from compatcheck.report.gated import Gated


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFormat:
    """One way to tell it."""

    name: str
    suffix: str
    render: Callable[[Gated, Style], str]
    """The whole text, its last line ended; a format may pass over the style."""


def names() -> tuple[str, ...]:
    """The formats that there are, sorted; none of them is imported."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in modules if not name.startswith("_")))


def get(name: str) -> GateFormat:
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
    if not isinstance(found, GateFormat):
        raise TypeError(f"{name}.FORMAT is no GateFormat")
    return found
