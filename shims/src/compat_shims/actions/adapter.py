"""What has no other home and can be built from what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from compat_shims.actions import Case
from compat_shims.actions.places import is_absent, owner_of, put


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """Sets the target to what a function makes of its owner (a module or a class)."""

    make: Callable[[object], object]

    def is_needed(self, module: ModuleType, case: Case) -> bool:
        """The name is absent."""
        return is_absent(module, case.target)

    def apply(self, module: ModuleType, case: Case) -> str:
        """Set the name to what was made."""
        owner, last = owner_of(module, case.target)
        put(module, case.target, self.make(owner))
        return f"a stand-in for {last} was built from what is there"
