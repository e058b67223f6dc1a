"""Reads the files of adaptations, each once, and keeps what became of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location

from compat_shims import SHIPPED, Finder, records
from compat_shims.adaptation import Adaptation
from compat_shims.records import Record, State, expired

_READ: dict[str, Written] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file, and the adaptation in it, or why there is none."""

    id: str
    file: str
    module: str
    adaptation: Adaptation | None
    fault: str = ""

    def record(self, state: State, reason: str, remedy: str = "") -> Record:
        """What is kept of it."""
        it = self.adaptation
        return Record(
            id=self.id,
            target=str(it.target) if it else self.module,
            state=state,
            reason=reason,
            remedy=remedy,
            fidelity=it.fidelity if it else None,
            expired=expired(it) if it else False,
            shipped=self.file.startswith(SHIPPED + os.sep),
        )

    def waiting(self) -> Record:
        """What is told before its target is imported."""
        if self.adaptation is None:
            return self.record(State.FAILED, self.fault)
        return self.record(State.WAITING, f"{self.module} was not imported yet")

    def keep(self, state: State, reason: str, remedy: str = "") -> None:
        """Remember what became of it."""
        records.KEPT[self.file] = self.record(state, reason, remedy)


def written_for(finder: Finder, module: str) -> list[Written]:
    """What is written for a module, in the order in which it is applied."""
    files = [
        os.path.join(folder, name)
        for folder in finder.targets.get(module, ())
        for name in sorted(os.listdir(folder))
        if name.endswith(".py")
    ]
    return [_read(file, module) for file in files]


def catalogue(*folders: str | os.PathLike[str]) -> list[Written]:
    """All that is shipped, and all in these folders, by target. Installs nothing."""
    finder = Finder()
    for folder in (SHIPPED, *folders):
        finder.take(os.path.abspath(os.fspath(folder)))
    return [it for name in sorted(finder.targets) for it in written_for(finder, name)]


def _read(file: str, module: str) -> Written:
    known = _READ.get(file)
    if known is None:
        name = f"{module}/{os.path.basename(file)[:-3]}"
        try:
            found, fault = _load(file, module), ""
        except Exception as error:
            found, fault = None, f"{file} cannot be read: {error!r}"
            from compat_shims._telling import note

            note(f"compat_shims: {fault}")
        known = Written(
            id=name, file=file, module=module, adaptation=found, fault=fault
        )
    return _READ.setdefault(file, known)


def _load(file: str, module: str) -> Adaptation:
    loader = SourceFileLoader("_compat_shims_adaptation", file)
    spec = spec_from_file_location(loader.name, file, loader=loader)
    if spec is None:
        raise ImportError(f"no module in {file}")
    made = module_from_spec(spec)
    loader.exec_module(made)
    found = made.ADAPTATION
    if not isinstance(found, Adaptation) or found.target.module != module:
        raise ValueError(f"ADAPTATION is not one for {module}")
    return found
