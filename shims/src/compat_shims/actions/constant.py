"""A constant that is no more, in a module or on a class."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from compat_shims.actions import Case
from compat_shims.actions.places import is_absent, put


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """Sets the target to a value."""

    value: object

    def is_needed(self, module: ModuleType, case: Case) -> bool:
        """The name is absent."""
        return is_absent(module, case.target)

    def apply(self, module: ModuleType, case: Case) -> str:
        """Set the name to the value."""
        put(module, case.target, self.value)
        return f"it is {self.value!r}"
