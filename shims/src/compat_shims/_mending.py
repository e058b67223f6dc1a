"""Reads the adaptations for a target, judges their guards, applies them and tells it.

Loaded when a target is imported for the first time. Nothing here may break an import,
but for `COMPAT_SHIMS=strict`, which asks for that.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from compat_shims import Finder, mode, records
from compat_shims.actions import Case
from compat_shims.adaptation import Adaptation, CompatShimError, Fidelity
from compat_shims.reading import Written, written_for
from compat_shims.records import State, expired

if TYPE_CHECKING:  # what it needs is loaded when a guard has to be judged
    from compat_shims._evidence import NotOwned, Owned


def mend(finder: Finder, name: str, module: ModuleType, *, late: bool = False) -> None:
    """Apply what is written for a module that has just run.

    `late`: it was imported before us, so that copies of its names are out of reach.
    """
    for it in written_for(finder, name):
        if it.adaptation is None:
            it.keep(State.FAILED, it.fault)
            continue
        with _Harmless(it):
            _mend_one(finder, it, it.adaptation, module, late=late)


def _mend_one(
    finder: Finder, it: Written, said: Adaptation, module: ModuleType, *, late: bool
) -> None:
    action: Any = said.action
    spec = module.__spec__
    if hasattr(action, "fill"):
        _mend_place(finder, it, said, module, late=late)
        return
    from compat_shims._evidence import NotOwned, Owned, owner_of_file

    match owner_of_file(said.guard, spec.origin if spec else None):
        case NotOwned(reason=reason):
            it.keep(State.SKIPPED, reason)
        case Owned(version=version):
            case = _case(said, version)
            if not action.is_needed(module, case):
                by = f"{said.guard.distribution} {version}"
                it.keep(State.NOT_NEEDED, f"{said.target} is there with {by}")
            elif _may(finder, it, said, case):
                _tell(it, said, case, action.apply(module, case), late=late)


def _mend_place(
    finder: Finder, it: Written, said: Adaptation, module: ModuleType, *, late: bool
) -> None:
    """A module came where one is given only if there is none."""
    spec = module.__spec__
    action: Any = said.action
    if late and spec is not None and action.bare and spec.origin is None:
        from compat_shims._evidence import NotOwned, Owned

        match _judge_bare(said, spec):
            case Owned(version=version):
                case = _case(said, version)
                if _may(finder, it, said, case):
                    _tell(it, said, case, action.fill(module, case), late=True)
            case NotOwned(reason=reason):
                it.keep(State.SKIPPED, reason)
    elif it.file not in records.KEPT:
        it.keep(State.NOT_NEEDED, f"{said.target} was found whole")


def instead(finder: Finder, name: str, spec: ModuleSpec | None) -> ModuleSpec | None:
    """What stands where nothing was found, or a folder without `__init__`."""
    for it in written_for(finder, name):
        if it.adaptation is None:
            it.keep(State.FAILED, it.fault)
            continue
        with _Harmless(it):
            found = _instead_one(finder, it, it.adaptation, spec)
            if found is not None:
                return found
    return spec


def _instead_one(
    finder: Finder, it: Written, said: Adaptation, spec: ModuleSpec | None
) -> ModuleSpec | None:
    action: Any = said.action
    if not hasattr(action, "fill") or action.bare is (spec is None):
        if not hasattr(action, "fill") and spec is not None:
            it.keep(State.SKIPPED, "it lies in no file (it is a namespace)")
        return None
    from compat_shims._evidence import NotOwned, Owned

    judged = _judge_absent(said) if spec is None else _judge_bare(said, spec)
    match judged:
        case NotOwned(reason=reason):
            it.keep(State.SKIPPED, reason)
            return None
        case Owned(version=version):
            case = _case(said, version)
            if not _may(finder, it, said, case):
                return None
            return _given(it, said, case, spec)


def _judge_bare(said: Adaptation, spec: ModuleSpec) -> Owned | NotOwned:
    from compat_shims._evidence import NotOwned, Owned, owner_of_lost

    lost = said.target.module.replace(".", "/") + "/__init__.py"
    judged = owner_of_lost(
        said.guard, lost, list(spec.submodule_search_locations or ())
    )
    action: Any = said.action
    if isinstance(judged, Owned) and not action.knows(judged.version):
        whose = f"{said.guard.distribution} {judged.version}"
        return NotOwned(reason=f"its table does not know {whose}")
    return judged


def _judge_absent(said: Adaptation) -> Owned | NotOwned:
    """Whose the module would be is told by the package that it would lie in."""
    from compat_shims._evidence import owner_of_file

    parent = said.target.module.rpartition(".")[0]
    above = sys.modules.get(parent)
    spec = above.__spec__ if above else None
    return owner_of_file(said.guard, spec.origin if spec else None)


def _given(
    it: Written, said: Adaptation, case: Case, spec: ModuleSpec | None
) -> ModuleSpec:
    package = spec is not None
    loader: Any = _Giving(it, said, case)
    given = ModuleSpec(said.target.module, loader, is_package=package)
    if spec is not None:
        given.submodule_search_locations = list(spec.submodule_search_locations or ())
    return given


class _Giving:
    """The loader of a module that an adaptation gives."""

    def __init__(self, it: Written, said: Adaptation, case: Case) -> None:
        self._all = it, said, case

    def create_module(self, spec: ModuleSpec) -> None:
        """Let it be an ordinary one."""

    def exec_module(self, module: ModuleType) -> None:
        """Fill it."""
        it, said, case = self._all
        action: Any = said.action
        try:
            done = action.fill(module, case)
        except Exception as error:
            it.keep(State.FAILED, repr(error), case.remedy)
            if said.action.bare:  # type: ignore[union-attr] # only those that fill come here
                _note(f"{it.id} failed: {error!r}")
                return  # an empty module is what there would be without us
            raise ModuleNotFoundError(
                f"No module named {said.target.module!r} (and {it.id} failed: {error})",
                name=said.target.module,
            ) from error
        _tell(it, said, case, done, late=False)


def _case(said: Adaptation, version: str) -> Case:
    named = {"distribution": said.guard.distribution, "version": version}
    return Case(
        target=said.target,
        distribution=said.guard.distribution,
        version=version,
        remedy=said.remedy.format(**named),
    )


def _may(finder: Finder, it: Written, said: Adaptation, case: Case) -> bool:
    """Whether it is to be applied. Raises `CompatShimError` in strict mode."""
    if said.fidelity is Fidelity.PLACEHOLDER and (
        str(said.target) not in finder.placeholders
    ):
        why = f"a placeholder, and nobody asked for one for {said.target}"
        it.keep(State.REFUSED, why, case.remedy)
        _note(f"{it.id} refused: {why}. To mend it: {case.remedy}")
        return False
    if mode() == "strict":
        it.keep(State.REFUSED, "COMPAT_SHIMS=strict", case.remedy)
        raise CompatShimError(
            f"{it.id} is needed: {_why(said, case)}. To mend it: {case.remedy}",
            name=said.target.module,
        )
    return True


def _note(text: str) -> None:
    from compat_shims._telling import note

    note(f"compat_shims: {text}")


def _tell(it: Written, said: Adaptation, case: Case, done: str, *, late: bool) -> None:
    """Say once in a process what was applied, and keep it."""
    told = records.KEPT.get(it.file)
    again = told is not None and told.state is State.APPLIED
    it.keep(State.APPLIED, f"{_why(said, case)}; {done}", case.remedy)
    if again:  # a module that was reloaded
        return
    differs = f" It differs: {said.differences}." if said.differences else ""
    copies = (
        f" {said.target.module} was imported before: what took names from it earlier "
        "keeps what it took."
        if late
        else ""
    )
    ended = f" This adaptation expired on {said.expires}." if expired(said) else ""
    from compat_shims._telling import tell

    tell(
        f"{it.id} was adapted ({said.fidelity.value}): {_why(said, case)}; {done}."
        f"{differs}{copies}{ended} To mend it: {case.remedy} ({said.reference})"
    )


def _why(said: Adaptation, case: Case) -> str:
    return said.why.format(distribution=case.distribution, version=case.version)


class _Harmless:
    """Keeps what goes wrong with one adaptation from reaching the import."""

    def __init__(self, it: Written) -> None:
        self._it = it

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> bool:
        if error is None or isinstance(error, CompatShimError):
            return False
        if not isinstance(error, Exception):
            return False
        self._it.keep(State.FAILED, repr(error))
        _note(f"{self._it.id} failed: {error!r}")
        return True
