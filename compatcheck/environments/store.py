"""A near-empty virtual environment for each cell, whose path leads to shared trees."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from compatcheck.environments.overlap import can_stand_apart
from compatcheck.environments.uv import Uv
from compatcheck.environments.venv import Venv, VenvEnvironments, make_venv, new_folder
from compatcheck.environments.wheels import Tree, WheelStore
from compatcheck.errors import EnvironmentFault
from compatcheck.model import Interpreter, Locked, LockedPackage

_SCRIPTS: Final = "bin"
_PATH: Final = "compatcheck.pth"
_SHEBANG: Final = b"#!"


class StoreEnvironments:
    """Makes places to ask in out of wheels that are unpacked once.

    Child processes see the same path, for it stands in a `.pth`. Where wheels cannot
    stand apart, or bring what belongs elsewhere than on the path, the real thing is
    made instead.
    """

    def __init__(
        self,
        uv: Uv,
        *,
        store: WheelStore,
        real: VenvEnvironments,
        folder: Path,
        paths: Sequence[Path],
    ) -> None:
        """Make environments below `folder`, of the trees in `store`.

        `paths` are put behind the trees on each path: the project's own source.
        """
        self._uv = uv
        self._store = store
        self._real = real
        self._folder = folder
        self._paths = paths

    @contextmanager
    def open(self, lock: Locked, interpreter: Interpreter) -> Generator[Venv]:
        """An environment that has exactly what is locked; gone when the context ends.

        Raises `EnvironmentFault` when it cannot be made.
        """
        trees = self.trees(lock, interpreter)
        if trees is None:
            with self._real.open(lock, interpreter) as real:
                yield real
            return
        with new_folder(self._folder) as root:
            try:
                made = self._made(root, trees, interpreter)
            except OSError as error:
                words = f"no environment can be made: {error}"
                raise EnvironmentFault(words) from error
            yield made

    def trees(self, lock: Locked, interpreter: Interpreter) -> dict[str, Tree] | None:
        """The trees of a lock by distribution; None where they make no environment.

        Raises `EnvironmentFault` when one of them cannot be made.
        """
        if not all(_is_known_wheel(package) for package in lock.packages):
            return None
        trees = self._store.trees(lock.packages, interpreter)
        elsewhere = any(tree.beside - {_SCRIPTS} for tree in trees.values())
        if elsewhere or not can_stand_apart([tree.site for tree in trees.values()]):
            return None
        return trees

    @contextmanager
    def empty(self, interpreter: Interpreter) -> Generator[Venv]:
        """An environment to be filled again and again; gone when the context ends.

        Raises `EnvironmentFault` when it cannot be made.
        """
        with new_folder(self._folder) as root:
            yield make_venv(self._uv, root / "venv", interpreter)

    @contextmanager
    def filled(self, venv: Venv, trees: Iterable[Tree]) -> Generator[Venv]:
        """An empty environment with these trees in it, and empty again afterwards.

        Raises OSError when it cannot be filled.
        """
        there = set(venv.python.parent.iterdir())
        try:
            yield self._fill(venv, list(trees))
        finally:
            for program in set(venv.python.parent.iterdir()) - there:
                program.unlink()
            (venv.site / _PATH).unlink(missing_ok=True)

    def _made(
        self, root: Path, trees: Mapping[str, Tree], interpreter: Interpreter
    ) -> Venv:
        venv = make_venv(self._uv, root / "venv", interpreter)
        return self._fill(venv, list(trees.values()))

    def _fill(self, venv: Venv, trees: Sequence[Tree]) -> Venv:
        path = [*(tree.site for tree in trees), *self._paths]
        lines = "".join(f"{place}\n" for place in path)
        (venv.site / _PATH).write_text(lines, encoding="utf-8")
        for tree in trees:
            if _SCRIPTS in tree.beside:
                _put_scripts(tree.root / _SCRIPTS, venv.python)
        return replace(
            venv,
            roots=(venv.root, *(tree.root for tree in trees)),
            sites=(venv.site, *(tree.site for tree in trees)),
        )


def _is_known_wheel(package: LockedPackage) -> bool:
    """Whether it is installed from a file whose content is known by its hash."""
    wheels = all(file.endswith(".whl") for file in package.files)
    return wheels and bool(package.files) and bool(package.hashes)


def _put_scripts(folder: Path, python: Path) -> None:
    """Copy programs beside an interpreter, which then is the one that runs them."""
    for program in folder.iterdir():
        place = python.with_name(program.name)
        words = program.read_bytes()
        first, end, rest = words.partition(b"\n")
        if first.startswith(_SHEBANG) and b"python" in first:
            words = _SHEBANG + os.fsencode(python) + end + rest
        place.write_bytes(words)
        place.chmod(0o755)
