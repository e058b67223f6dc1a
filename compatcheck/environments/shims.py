"""compat_shims laid into environments, as `compatcheck shim enable` does it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from compatcheck.environments.store import StoreEnvironments
from compatcheck.environments.venv import Venv, VenvEnvironments
from compatcheck.errors import EnvironmentFault
from compatcheck.model import Interpreter, Locked

_PATH: Final = "zz_compat_shims.pth"
"""The last that is read there, as the start-up file of an environment is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shims:
    """What is laid into an environment beside what is locked."""

    folder: Path
    """A folder that holds the package `compat_shims`, and nothing else."""
    adaptations: tuple[Path, ...]
    """Folders of the user's adaptations, applied beside those that are shipped."""
    requires: tuple[str, ...]
    """What the distribution requires."""
    digest: str
    """Of all the files in those folders."""

    @property
    def start(self) -> str:
        """The lines of the start-up file. Unlike a user's, it does not hide a fault."""
        own = ", ".join(repr(str(it)) for it in self.adaptations)
        # What stands on one line with an `import` is run (Python's `site`).
        return f"{self.folder}\nimport compat_shims; compat_shims.install({own})\n"


class ShimmedEnvironments:
    """Environments that others make, with compat_shims in them."""

    def __init__(
        self, environments: StoreEnvironments | VenvEnvironments, shims: Shims
    ) -> None:
        """Lay `shims` into what `environments` make."""
        self._environments = environments
        self._shims = shims

    @contextmanager
    def open(self, lock: Locked, interpreter: Interpreter) -> Generator[Venv]:
        """An environment with what is locked and the shim; gone when the context ends.

        Raises `EnvironmentFault` when it cannot be made.
        """
        with self._environments.open(lock, interpreter) as made:
            try:
                (made.site / _PATH).write_text(self._shims.start, encoding="utf-8")
            except OSError as error:
                words = f"the shim cannot be laid into it: {error}"
                raise EnvironmentFault(words) from error
            own = (self._shims.folder, *self._shims.adaptations)
            yield replace(made, roots=(*made.roots, *own))
