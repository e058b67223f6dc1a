"""Steps put into words, and taken."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from compatcheck.model.mending import Step
from compatcheck.remedies import kinds
from compatcheck.remedies.at import At


def words(step: Step, at: At) -> str:
    """A step as a command or an edit that people can follow, in one line.

    A path may hold a line's end; what follows it must not look like a step of its own.
    """
    told: Callable[[Step, At], str] = _kinds()[type(step)].words
    return "\\n".join(told(step, at).splitlines())


def apply(steps: Iterable[Step], at: At) -> At:
    """Take the steps one after the other.

    Raises `EnvironmentFault` at the first that cannot be taken.
    """
    for step in steps:
        take: Callable[[Step, At], At] = _kinds()[type(step)].do
        at = take(step, at)
    return at


@cache
def _kinds() -> Mapping[type, Any]:
    names = (info.name for info in pkgutil.iter_modules(kinds.__path__))
    files = [importlib.import_module(f"{kinds.__name__}.{name}") for name in names]
    return {file.KIND: file for file in files}
