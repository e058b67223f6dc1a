"""Names that cannot be recovered: asking for one tells the repair."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from compat_shims.actions import Case
from compat_shims.adaptation import CompatShimError


def refuse(
    module: ModuleType,
    lost: Mapping[str, str],
    case: Case,
    lazy: Collection[str] = (),
) -> None:
    """Let the module raise for these names (with the reason of each), and only these.

    `from module import name` drops the words of an `AttributeError`, so it is an
    `ImportError`. The release has these names: an answer "no" would be untrue.
    `lazy` are names that were given when they were asked for: a submodule is found
    again, anything else is lost.
    """
    known = dict(lost) | dict.fromkeys(lazy, "it was made on demand by the lost file")

    def missing(name: str) -> object:
        full = f"{module.__name__}.{name}"
        if name in lazy and find_spec(full):
            return import_module(full)
        if name in known:
            raise CompatShimError(
                f"{full} of {case.distribution} {case.version} "
                f"cannot be recovered ({known[name]}). To mend it: {case.remedy}",
                name=module.__name__,
            )
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    if known:
        vars(module)["__getattr__"] = missing
