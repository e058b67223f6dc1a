"""Names that cannot be recovered: asking for one tells the repair."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from compat_shims.actions import Case
from compat_shims.adaptation import CompatShimError


def refuse(module: ModuleType, lost: Mapping[str, str], case: Case) -> None:
    """Let the module raise for these names (with the reason of each), and only these.

    `from module import name` drops the words of an `AttributeError`, so it is an
    `ImportError`. The release has these names: an answer "no" would be untrue.
    """
    if not lost:
        return
    known = dict(lost)

    def missing(name: str) -> object:
        if name in known:
            raise CompatShimError(
                f"{module.__name__}.{name} of {case.distribution} {case.version} "
                f"cannot be recovered ({known[name]}). To mend it: {case.remedy}",
                name=module.__name__,
            )
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    vars(module)["__getattr__"] = missing
