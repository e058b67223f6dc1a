"""A name that was moved or renamed, in a module or on a class."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from compat_shims.actions import Case
from compat_shims.actions.places import is_absent, owner_of, put, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Puts what stands in another home where the target's name is asked for.

    `home` is `module:name`; for an attribute on a class, `module:Class.name`. A home
    in the target's own module need not be imported again. A class attribute is taken
    as it stands in the class, so that class and static methods stay what they are.
    """

    home: str

    def is_needed(self, module: ModuleType, case: Case) -> bool:
        """The name is absent."""
        return is_absent(module, case.target)

    def apply(self, module: ModuleType, case: Case) -> str:
        """Set the name to the real thing."""
        put(module, case.target, self._value(module, case))
        return f"it is {self.home}"

    def _value(self, module: ModuleType, case: Case) -> object:
        owner, _ = owner_of(module, case.target)
        if not isinstance(owner, type):
            return read(self.home)
        from inspect import getattr_static

        holder, _, last = self.home.rpartition(".")
        return getattr_static(read(holder), last) if ":" in holder else read(self.home)
