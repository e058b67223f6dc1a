"""A package whose `__init__` is missing on disk, from the table of what it exported."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from compat_shims.actions import Case
from compat_shims.actions.lost import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredInit:
    """Does what the lost `__init__` did with other modules, in its order.

    `table` is a file that was made from the releases' wheels (`compatcheck.surface.
    exports` says how). What the `__init__` itself defined is gone with it.
    """

    bare: ClassVar[bool] = True
    table: Path

    def knows(self, version: str) -> bool:
        """Whether the table has that release."""
        return version in self._read()["releases"]

    def fill(self, module: ModuleType, case: Case) -> str:
        """Bind every name that still has a home."""
        told = rows_of(self._read(), case.version)
        lost = dict.fromkeys(told["lost"], "it was defined in the lost file itself")
        bound = 0
        for source, name, bind, optional in told["rows"]:
            try:
                value = _value(module.__name__, source, name)
            except Exception as error:  # noqa: BLE001 - a stranger's module may raise what it likes
                if not optional:
                    lost[bind] = f"{type(error).__name__}: {error}"
                continue
            vars(module)[bind] = value
            bound += 1
        for name, value in told["constants"].items():
            vars(module)[name] = value
        refuse(module, lost, case)
        gone = f"; not to be recovered: {', '.join(sorted(lost))}" if lost else ""
        return f"{bound} names were taken from the modules that define them{gone}"

    def _read(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.table.read_text("utf-8"))
        return told


def rows_of(table: dict[str, Any], version: str) -> dict[str, Any]:
    """What one release's `__init__` did: rows, lost names, constants.

    Each release is kept as what differs from the one before it, as lists of
    `[start, end, new items]`, last first.
    """
    told: dict[str, list[Any]] = {"rows": [], "lost": [], "constants": []}
    for release, changes in table["releases"].items():
        for part, edits in changes.items():
            for start, end, items in edits:
                told[part][start:end] = items
        if release == version:
            break
    return {**told, "constants": dict(told["constants"])}


def _value(package: str, source: str, name: str | None) -> object:
    """What one import statement of the file bound.

    `source` is a module, relative with leading dots; without a `name` it is the
    module itself that was bound.
    """
    full = package + source if source.startswith(".") and source != "." else source
    if source == ".":  # `from . import name`
        return import_module(f"{package}.{name}")
    module = import_module(full)
    if name is None:
        return module
    try:
        return getattr(module, name)
    except AttributeError:
        return import_module(f"{full}.{name}")
