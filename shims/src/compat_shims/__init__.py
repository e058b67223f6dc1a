"""Adaptations that are applied as a module is imported: guarded, loud, and temporary.

    import compat_shims
    compat_shims.install()

as an app's first line (or `import compat_shims.auto`). `COMPAT_SHIMS=0` turns it off,
`COMPAT_SHIMS=strict` raises instead of adapting. Until a target is imported, nothing
is loaded but this file and the finder: neither metadata, nor versions, nor logging.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what `typing` would tell, without the cost of importing it
if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from compat_shims.adaptation import (
        Adaptation,
        CompatShimError,
        CompatShimWarning,
        Fidelity,
        Guard,
        Target,
    )
    from compat_shims.records import Record, status

__all__ = [
    "Adaptation",
    "CompatShimError",
    "CompatShimWarning",
    "Fidelity",
    "Guard",
    "Record",
    "Target",
    "install",
    "status",
]
_HOMES = {
    name: "compat_shims.records"
    if name in ("Record", "status")
    else "compat_shims.adaptation"
    for name in __all__
    if name != "install"
}


def install(*folders: str | PathLike[str], placeholders: Iterable[str] = ()) -> None:
    """Adapt what is imported from now on; asked twice, it is done once.

    `folders` hold adaptations of the app's own, beside those that are shipped.
    `placeholders` names the targets (`module:name`) for which a placeholder is
    accepted. Never raises but for `COMPAT_SHIMS=strict`, and then only where a target
    was imported before.
    """
    from compat_shims import _finder

    _finder.install(folders, placeholders)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
