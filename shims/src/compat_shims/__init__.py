"""Adaptations that are applied as a module is imported: guarded, loud, and temporary.

    import compat_shims
    compat_shims.install()

as an app's first line (or `import compat_shims.auto`). `COMPAT_SHIMS=0` turns it off,
`COMPAT_SHIMS=strict` raises instead of adapting.

All that happens at start is in this one file, and it imports nothing that is not loaded
already: a second file would cost as much again, `__future__` and `typing` some more.
What it puts on `sys.meta_path` finds nothing itself. What is found for a target gets a
loader around its own, which hands the module back to its own loader, runs it, and then
has what is missing added (`_mending`). Where nothing is found, or a folder without
`__init__`, an adaptation may say what stands there.
"""

import os
import sys
from _thread import _local  # all that is needed of `threading`

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from os import PathLike
    from types import ModuleType
    from typing import Any

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


SHIPPED = os.path.join(os.path.dirname(__file__), "adaptations")


def mode() -> str:
    """What the variable `COMPAT_SHIMS` says: `on`, `off` or `strict`."""
    said = os.environ.get("COMPAT_SHIMS", "")
    return {"0": "off", "strict": "strict"}.get(said, "on")


class Finder:
    """Stands first, and answers only for targets."""

    def __init__(self) -> None:
        """Begin without a target."""
        self.targets: dict[str, list[str]] = {}
        """Each module that something is written for, and the folders where it is."""
        self.placeholders: set[str] = set()
        self._busy = _local()

    def take(self, folder: str) -> list[str]:
        """Add a folder of adaptations: each of its folders has a target's name."""
        fresh: list[str] = []
        try:
            names = os.listdir(folder)
        except OSError:  # a damaged or zipped installation: nothing is adapted then
            return fresh
        for name in sorted(names):
            place = os.path.join(folder, name)
            known = self.targets.get(name, [])
            if name != "__pycache__" and place not in known:
                self.targets[name] = [*known, place]
                fresh.append(name)
        return fresh

    def find_spec(
        self,
        name: str,
        path: "Sequence[str] | None" = None,
        target: "ModuleType | None" = None,
    ) -> "ModuleSpec | None":
        """What the finders behind this one find for a target, in a loader of ours."""
        if name not in self.targets or mode() == "off":
            return None
        busy = self._busy.__dict__
        if name in busy:  # a finder behind us asks everybody once more
            return None
        busy[name] = True
        try:
            spec = self._behind(name, path, target)
            return self._answer(name, spec)
        finally:
            busy.pop(name, None)

    def _behind(
        self, name: str, path: "Sequence[str] | None", target: "ModuleType | None"
    ) -> "ModuleSpec | None":
        for finder in self._others():
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(name, path, target) if find else None
            if spec is not None:
                return spec
        return None

    def _others(self) -> "Iterator[Any]":
        every = list(sys.meta_path)
        for number, finder in enumerate(every):
            if finder is self:  # those before us have said no already
                yield from every[number + 1 :]
                return

    def _answer(self, name: str, spec: "ModuleSpec | None") -> "ModuleSpec | None":
        if spec is not None and spec.loader is not None and not _is_bare(spec):
            # What has no `exec_module` cannot be waited for, and stays as it is.
            if hasattr(spec.loader, "exec_module"):
                around: Any = _Loader(spec.loader)
                spec.loader = around
            return spec
        try:
            from compat_shims import _mending

            return _mending.instead(self, name, spec)
        except Exception:
            _only_strict()
            return spec


def _is_bare(spec: "ModuleSpec") -> bool:
    """Whether it is a namespace's, which has a loader in some releases of Python."""
    return spec.origin is None and type(spec.loader).__name__ in (
        *("NamespaceLoader", "_NamespaceLoader"),
    )


class _Loader:
    """The loader that was found, with a word to say after it."""

    def __init__(self, real: "Any") -> None:
        self.real = real

    def __getattr__(self, name: str) -> "Any":
        return getattr(self.__dict__["real"], name)

    def create_module(self, spec: "ModuleSpec") -> "ModuleType | None":
        create = getattr(self.real, "create_module", None)
        made: ModuleType | None = create(spec) if create else None
        return made

    def exec_module(self, module: "ModuleType") -> None:
        """Run the module as its own loader does, which is the one that it then has."""
        spec = module.__spec__
        for holder, name in ((spec, "loader"), (module, "__loader__")):
            if getattr(holder, name, None) is self:
                setattr(holder, name, self.real)
        self.real.exec_module(module)
        known = module.__name__ if spec is None else spec.name
        _mend(known, sys.modules.get(known, module), late=False)


FINDER = Finder()


def install(
    *folders: "str | PathLike[str]", placeholders: "Iterable[str]" = ()
) -> None:
    """Adapt what is imported from now on; asked twice, it is done once.

    `folders` hold adaptations of the app's own, beside those that are shipped; those
    that the variable `COMPAT_SHIMS_FOLDERS` names, as PATH does, are taken too.
    `placeholders` names the targets (`module:name`) for which a placeholder is
    accepted. Never raises but for `COMPAT_SHIMS=strict`, and then only where a target
    was imported before.
    """
    if mode() == "off":
        return
    FINDER.placeholders.update(placeholders)
    named = os.environ.get("COMPAT_SHIMS_FOLDERS", "").split(os.pathsep)
    folders = (*folders, *filter(None, named))
    own = [os.path.abspath(os.fspath(folder)) for folder in folders]
    fresh = [name for it in (SHIPPED, *own) for name in FINDER.take(it)]
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)
    for name in fresh:
        if name in sys.modules:
            _mend(name, sys.modules[name], late=True)


def _mend(name: str, module: "ModuleType", *, late: bool) -> None:
    try:
        from compat_shims import _mending

        _mending.mend(FINDER, name, module, late=late)
    except Exception:
        _only_strict()


def _only_strict() -> None:
    """Let what is being handled go no further, but where that was asked for.

    What we find of ourselves may be damaged too, and must not break an import.
    """
    if mode() == "strict":
        raise  # noqa: PLE0704 - called where an exception is being handled


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
