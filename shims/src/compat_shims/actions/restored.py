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

_PARTS = ("rows", "lost", "constants", "exported", "lazy")


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
        for source, name, bind, *optional in told["rows"]:
            try:
                taken = _taken(module.__name__, source, name, bind)
            except Exception as error:
                if not optional:
                    lost[bind] = f"{type(error).__name__}: {error}"
                continue
            vars(module).update(taken)
            bound += len(taken)
        vars(module).update(dict(told["constants"]))
        if told["exported"]:
            vars(module)["__all__"] = list(told["exported"])
        refuse(module, lost, case, told["lazy"])
        gone = f"; not to be recovered: {', '.join(sorted(lost))}" if lost else ""
        return f"{bound} names were taken from the modules that define them{gone}"

    def _read(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.table.read_text("utf-8"))
        return told


def rows_of(table: dict[str, Any], version: str) -> dict[str, list[Any]]:
    """What one release's `__init__` did.

    Each release is kept as what differs from the one before it: for each part, lists
    of `[start, end, new items]` that are applied in their order.
    """
    told: dict[str, list[Any]] = {it: [] for it in _PARTS}
    for release, changes in table["releases"].items():
        for part, edits in changes.items():
            for start, end, items in edits:
                told[part][start:end] = items
        if release == version:
            break
    return told


def _taken(package: str, source: str, name: str | None, bind: str) -> dict[str, Any]:
    """What one import statement of the file bound.

    `source` is a module, relative with a leading dot; without a `name` the module
    itself was bound, and `*` is whatever it offers.
    """
    if source == ".":  # `from . import name`
        return {bind: import_module(f"{package}.{name}")}
    full = package + source if source.startswith(".") else source
    module = import_module(full)
    if name is None:
        return {bind: module}
    if name == "*":
        offered = getattr(module, "__all__", None)
        plain = [it for it in vars(module) if not it.startswith("_")]
        return {it: getattr(module, it) for it in offered or plain}
    if hasattr(module, name):
        return {bind: getattr(module, name)}
    return {bind: import_module(f"{full}.{name}")}
