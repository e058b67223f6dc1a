"""A name that was moved or renamed, in a module or on a class."""

from __future__ import annotations

import sys
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
        """Set the name to the real thing, at once or when its home has run."""
        try:
            put(module, case.target, self._value(module, case))
        except AttributeError:
            if not self._is_still_running():
                raise
            self._wait(module, case)
        return f"it is {self.home}"

    def _is_still_running(self) -> bool:
        """Whether the home is a module in a cycle, which will have the name later."""
        home = sys.modules.get(self.home.partition(":")[0])
        return bool(getattr(getattr(home, "__spec__", None), "_initializing", False))

    def _wait(self, module: ModuleType, case: Case) -> None:
        """Have the module look there when the name is asked for (PEP 562)."""
        owner, last = owner_of(module, case.target)
        if owner is not module:
            raise AttributeError(f"{self.home} is not there yet")
        before = vars(module).get("__getattr__")

        def later(name: str) -> object:
            if name == last:
                return read(self.home)
            if before is not None:
                return before(name)
            raise AttributeError(
                f"module {module.__name__!r} has no attribute {name!r}"
            )

        vars(module)["__getattr__"] = later

    def _value(self, module: ModuleType, case: Case) -> object:
        owner, _ = owner_of(module, case.target)
        if not isinstance(owner, type):
            return read(self.home)
        from inspect import getattr_static

        holder, _, last = self.home.rpartition(".")
        return getattr_static(read(holder), last) if ":" in holder else read(self.home)
