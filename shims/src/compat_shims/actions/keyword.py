"""A keyword that was renamed, of a function, a method or a class."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from types import ModuleType
from typing import Any

from compat_shims.actions import Case
from compat_shims.actions.places import owner_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedKeyword:
    """Lets the target take the `old` keyword as well and hands it on as `new`.

    Of a class, it is its constructor that does; the class stays the same object.
    """

    old: str
    new: str

    def is_needed(self, module: ModuleType, case: Case) -> bool:
        """The target takes `new`, and neither `old` nor any keyword at all."""
        try:
            owner, last = owner_of(module, case.target)
            taken = inspect.signature(getattr(owner, last)).parameters
        except (AttributeError, TypeError, ValueError):
            return False
        every = any(it.kind is it.VAR_KEYWORD for it in taken.values())
        return self.new in taken and self.old not in taken and not every

    def apply(self, module: ModuleType, case: Case) -> str:
        """Wrap the target, or the class's `__init__`."""
        owner, last = owner_of(module, case.target)
        if isinstance(getattr(owner, last), type):
            owner, last = getattr(owner, last), "__init__"
        setattr(owner, last, self._wrapped(inspect.getattr_static(owner, last)))
        return f"{self.old}= is handed on as {self.new}="

    def _wrapped(self, real: Any) -> Any:
        match real:
            case staticmethod() | classmethod():
                return type(real)(self._wrapped(real.__func__))
            case _ if inspect.iscoroutinefunction(real):

                @wraps(real)
                async def waiting(*values: Any, **named: Any) -> Any:
                    return await real(*values, **self._renamed(real, named))

                return waiting
            case _:
                return self._plain(real)

    def _plain(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(real)
        def taking(*values: Any, **named: Any) -> Any:
            return real(*values, **self._renamed(real, named))

        return taking

    def _renamed(self, real: Callable[..., Any], named: dict[str, Any]) -> Any:
        if self.old not in named:
            return named
        if self.new in named:
            raise TypeError(f"{real.__name__}() got both {self.old!r} and {self.new!r}")
        return {self.new if it == self.old else it: named[it] for it in named}
