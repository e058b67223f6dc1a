"""A class that the library never raises, calls or makes: only its name is there."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from compat_shims.actions import Case
from compat_shims.actions.places import is_absent, owner_of, put


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """Sets the target to an empty class. Refused unless the app asks for it by name:
    an `except` for what is never raised turns a guardrail into nothing.
    """  # noqa: D205 - the warning belongs to the sentence

    base: type = Exception

    def is_needed(self, module: ModuleType, case: Case) -> bool:
        """The name is absent."""
        return is_absent(module, case.target)

    def apply(self, module: ModuleType, case: Case) -> str:
        """Set the name to a class of nobody's."""
        _, last = owner_of(module, case.target)
        says = f"A placeholder: {case.distribution} {case.version} has no {last}."
        space = {"__module__": module.__name__, "__doc__": says}
        put(module, case.target, type(last, (self.base,), space))
        return "it is a placeholder that the library never raises or calls"
