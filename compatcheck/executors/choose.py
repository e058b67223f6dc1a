"""Finds executors, one a file, by name.

The constant `EXECUTOR` of such a file makes a `ports.Executor` that asks so many at a
time, or as many as it sees fit. Only the one that is asked for is imported.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Final, TypeAlias, cast

from compatcheck import executors
from compatcheck.errors import Problem, UsageError
from compatcheck.ports import Executor

MakeExecutor: TypeAlias = Callable[[int | None], Executor]
"""Takes how many are asked at once; None: as many as there is room for."""

_SERVING: Final = frozenset({"cage", "cages", "choose", "cpus", "process"})
"""What is in this room besides, and serves them."""


def executor_names() -> tuple[str, ...]:
    """The executors that there are, sorted; none of them is imported."""
    modules = (module.name for module in pkgutil.iter_modules(executors.__path__))
    return tuple(sorted(name for name in modules if name not in _SERVING))


def choose_executor(name: str) -> MakeExecutor:
    """What makes the executor of that name. Raises `UsageError` naming those there."""
    if name not in executor_names():
        raise UsageError(
            Problem(
                place="--executor",
                message=f"there is no executor {name!r}",
                mend=f"choose one of {', '.join(executor_names())}",
            )
        )
    return cast("MakeExecutor", import_module(f"{executors.__name__}.{name}").EXECUTOR)
