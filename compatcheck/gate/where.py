"""The place to look at: where the user's source uses what fails, else the lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from compatcheck.errors import IndexFault
from compatcheck.model import CellResult, Failure, Link, Observation
from compatcheck.report.gated import Spot
from compatcheck.surface.needs import Needs, as_use, read_source_needs
from compatcheck.surface.roots import owned_by


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The user's own files, as the cells see them and as the repository names them."""

    root: Path
    """The folder that the places are told from."""
    folders: tuple[Path, ...]
    """What is on a cell's path."""
    scenarios: Mapping[str, str] = field(default_factory=dict)
    """File name of each scenario to its path in the repository."""

    @cached_property
    def _read(self) -> tuple[tuple[Path, Needs], ...]:
        found = []
        for folder in self.folders:
            try:
                found.append((folder, read_source_needs(folder)))
            except IndexFault:
                continue  # what cannot be read has no line to show
        return tuple(found)

    def place(
        self, seen: Observation, result: CellResult, blamed: Sequence[str]
    ) -> Spot | None:
        """Where the user's own source uses what fails; None where it is not plain."""
        if (there := self._in_frames(seen.failure)) is not None:
            return there
        return self._of_target(seen.target) or self._import_of(result, blamed)

    def needs(self, target: str) -> bool:
        """Whether the user's own source wants that target itself."""
        return self._of_target(target) is not None

    def _in_frames(self, failure: Failure | None) -> Spot | None:
        """The innermost line of the user's in a traceback."""
        steps: tuple[Failure | Link, ...] = (failure, *failure.chain) if failure else ()
        for step in steps:
            for frame in reversed(step.frames):
                file = self._file(frame.file)
                if file is not None:
                    return Spot(file=file, line=max(frame.line, 1))
        return None

    def _file(self, shown: str) -> str | None:
        sign, _, rest = shown.partition("/")
        if sign == "<scenarios>":
            return self.scenarios.get(PurePosixPath(rest).name)
        if sign == "<source>":
            for folder in self.folders:
                if (folder / rest).is_file():
                    return self._relative(folder / rest)
        return None

    def _of_target(self, target: str) -> Spot | None:
        for folder, read in self._read:
            for module, line, names in _needed(read):
                if target in names:
                    return self._spot(folder, module, line)
        return None

    def _import_of(self, result: CellResult, blamed: Sequence[str]) -> Spot | None:
        """The first import of what is blamed."""
        roots = result.contract.roots if result.contract else {}
        wanted = [root for name in blamed for root in roots.get(name, ())]
        if not wanted:
            return None
        for folder, read in self._read:
            for need in read.needs:
                if owned_by(need.module, wanted):
                    return self._spot(folder, need.importer, need.line)
        return None

    def _spot(self, folder: Path, module: str, line: int) -> Spot | None:
        stem = folder.joinpath(*module.split("."))
        for file in (stem.with_suffix(".py"), stem / "__init__.py"):
            if file.is_file():
                return Spot(file=self._relative(file), line=line)
        return None

    def _relative(self, file: Path) -> str:
        try:
            return file.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return file.name


def _needed(read: Needs) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Each place of a need, with the targets that it is asked as."""
    for use in read.uses:
        yield use.importer, use.line, (str(as_use(use)),)
    for need in read.needs:
        names = (f"{need.module}.{need.name}",) if need.name else ()
        yield need.importer, need.line, (*names, need.module)
