"""Where a step is taken: the user's own place, or a copy of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from compatcheck.environments import Uv
from compatcheck.environments.live import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """A place with the process that is to run in it."""

    process: Process
    uv: Uv | None
    """Installs; None where steps are only put into words."""
    has_pip: bool
    """Whether people have pip there."""
    moved: tuple[tuple[str, str], ...] = ()
    """What was copied: each old folder with its new one, the innermost first."""

    def here(self, path: str) -> str:
        """A path of the original as it is called in this place."""
        for old, new in self.moved:
            if path == old or path.startswith(old + os.sep):
                mapped = new + path[len(old) :]
                # What was left out of a copy is only read where it is.
                return mapped if os.path.lexists(mapped) else path
        return path

    def with_process(self, process: Process) -> At:
        """The same place with another process."""
        return replace(self, process=process)

    @property
    def folder(self) -> Path:
        """The working directory."""
        return self.process.folder
