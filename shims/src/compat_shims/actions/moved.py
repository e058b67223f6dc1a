"""A module that was moved, as a whole or in parts."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import ClassVar

from compat_shims.actions import Case
from compat_shims.actions.lost import refuse
from compat_shims.actions.places import read


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedModule:
    """The module's new home answers to the old name too: they are one module."""

    bare: ClassVar[bool] = False
    home: str

    def fill(self, module: ModuleType, case: Case) -> str:
        """Have the import give the module at its new home."""
        # The import system takes what stands here after a module has run
        # (https://docs.python.org/3/reference/import.html#loading).
        sys.modules[module.__name__] = import_module(self.home)
        return f"{case.target} is {self.home}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatteredModule:
    """A module whose names have several new homes, and some perhaps none."""

    bare: ClassVar[bool] = False
    homes: Mapping[str, str]
    """A name to `module:name`."""
    lost: Mapping[str, str] = field(default_factory=dict)
    """A name without a home, and why."""

    def fill(self, module: ModuleType, case: Case) -> str:
        """Gather what is left of it."""
        for name, home in self.homes.items():
            setattr(module, name, read(home))
        refuse(module, self.lost, case)
        gathered = ", ".join(f"{name} is {home}" for name, home in self.homes.items())
        gone = f"; not to be recovered: {', '.join(self.lost)}" if self.lost else ""
        return gathered + gone
