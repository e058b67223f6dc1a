"""What an adaptation can do, one file each.

An action has one of two shapes. `Mends` looks at a module that was imported and adds
what is missing; `Stands` gives a module where none was found, or where a package's
folder has lost its `__init__`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar, Protocol

from compat_shims.adaptation import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What an action is told of the place where it acts."""

    target: Target
    distribution: str
    version: str
    remedy: str


class Mends(Protocol):
    """Acts on a module that has just been imported."""

    def is_needed(self, module: ModuleType, case: Case) -> bool:
        """Whether what it is for is observed. True is the only reason to act."""

    def apply(self, module: ModuleType, case: Case) -> str:
        """Mend, and say in a clause what was done."""


class Stands(Protocol):
    """Fills a module where the finders found none."""

    bare: ClassVar[bool]
    """True: for a package's folder without `__init__`. False: for nothing at all."""

    def fill(self, module: ModuleType, case: Case) -> str:
        """Make the module what it should be, and say in a clause what was done."""


Action = Mends | Stands
