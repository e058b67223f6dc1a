"""A virtual environment for each cell, made by uv and thrown away."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from compatcheck.environments.uv import Uv, first_cause
from compatcheck.errors import EnvironmentFault, ResolverFault
from compatcheck.model import Interpreter, Locked, LockedPackage

LOCK_HEAD: Final = 'lock-version = "1.0"\ncreated-by = "compatcheck"\n'
"""What every lock begins with (PEP 751)."""
SITE: Final = "lib/py*/site-packages"
"""Where the modules of an environment or a prefix are, within it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Venv:
    """A virtual environment on disk."""

    root: Path
    """Its folder."""
    python: Path
    """Its executable."""
    roots: tuple[Path, ...]
    """Every folder that is part of it, its own first."""
    sites: tuple[Path, ...]
    """Where its distributions are, its own site-packages first."""

    @property
    def site(self) -> Path:
        """Its own site-packages."""
        return self.sites[0]


@contextmanager
def new_folder(parent: Path) -> Generator[Path]:
    """A folder for one environment, gone when the context ends.

    Raises `EnvironmentFault` where there is no place for one.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        root = Path(tempfile.mkdtemp(prefix="env-", dir=parent))
    except OSError as error:
        raise EnvironmentFault(f"no folder for an environment: {error}") from error
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def make_venv(uv: Uv, root: Path, interpreter: Interpreter) -> Venv:
    """An empty virtual environment. Raises `EnvironmentFault`."""
    run_uv(uv, "venv", "--python", str(interpreter.executable), "--no-project", root)
    (site,) = root.glob(SITE)
    return Venv(root=root, python=root / "bin" / "python", roots=(root,), sites=(site,))


def run_uv(uv: Uv, *arguments: str | Path) -> None:
    """Have uv do what is asked. Raises `EnvironmentFault` where it does not."""
    told = [os.fspath(argument) for argument in arguments]
    try:
        ended = uv.run(told)
    except ResolverFault as fault:
        raise EnvironmentFault(str(fault)) from fault
    if ended.code != 0:
        raise EnvironmentFault(first_cause(ended.error))


def lock_text(packages: Iterable[LockedPackage]) -> str:
    """A lock of these packages for uv to install (PEP 751)."""
    return "\n".join([LOCK_HEAD, *(package.entry for package in packages)])


class VenvEnvironments:
    """Makes the real thing: what `uv venv` and `uv pip install` make for anybody."""

    def __init__(
        self,
        uv: Uv,
        *,
        folder: Path,
        paths: Sequence[Path],
        link_mode: Literal["hardlink", "copy"],
        allow_builds: bool,
    ) -> None:
        """Make environments below `folder`.

        `paths` (the project's own source) are put on each one's path by a `.pth`, so
        that child processes see them too. `link_mode` may be `hardlink` only where a
        probe cannot write to its environment, for the files are the cache's own.
        """
        self._uv = uv
        self._folder = folder
        self._paths = paths
        self._link_mode = link_mode
        self._allow_builds = allow_builds

    @contextmanager
    def open(self, lock: Locked, interpreter: Interpreter) -> Generator[Venv]:
        """An environment with exactly what is locked; gone when the context ends.

        Raises `EnvironmentFault` when it cannot be made.
        """
        with new_folder(self._folder) as root:
            yield self._make(root, lock, interpreter)

    def _make(self, root: Path, lock: Locked, interpreter: Interpreter) -> Venv:
        venv = make_venv(self._uv, root / "venv", interpreter)
        file = root / "pylock.toml"
        file.write_text(lock_text(lock.packages), encoding="utf-8")
        options = ["--python", str(venv.python), "--link-mode", self._link_mode]
        if not self._allow_builds:
            options.append("--no-build")
        run_uv(self._uv, "pip", "install", "--no-deps", *options, "-r", file)
        self._add_paths(venv)
        return venv

    def _add_paths(self, venv: Venv) -> None:
        if not self._paths:
            return
        lines = "".join(f"{path}\n" for path in self._paths)
        (venv.site / "compatcheck_source.pth").write_text(lines, encoding="utf-8")
