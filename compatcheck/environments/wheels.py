"""Wheels, unpacked once: a tree for each, by what it holds and who can run it.

A tree is what `uv pip install --prefix` makes of one distribution for one interpreter,
and its bytecode. It is made beside its place and moved there whole, so that any number
of runs can share the folder; a tree that has changed since is made anew.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from compatcheck.environments.bytecode import INVALIDATION, compile_all
from compatcheck.environments.peeks import peeks
from compatcheck.environments.uv import Uv
from compatcheck.environments.venv import SITE, lock_text, run_uv
from compatcheck.errors import EnvironmentFault
from compatcheck.model import Interpreter, LockedPackage

_WRITTEN: Final = "written.json"
"""What a tree holds, beside the tree; touched whenever the tree is used."""
_OPTIONS: Final = ("--no-deps", "--no-build", "--link-mode", "hardlink")
"""How uv installs a wheel: its files are those of uv's own cache, kept once."""
_TOGETHER: Final = 8
"""Trees that are compiled by one process: few enough that two cells, which need much
the same at first, share the work; many enough that to start it counts for little."""
_GROUP: Final = re.compile(r"^\s*\[(?!(console|gui)_scripts\])", re.MULTILINE)
_LOCK: Final = "alive.lock"
"""Held by every run that uses the store, and alone by one that takes trees away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One distribution, installed by itself."""

    root: Path
    """A prefix: `lib/python3.11/site-packages`, and whatever else the wheel brings."""
    site: Path
    """Where its modules are."""
    beside: frozenset[str]
    """What it puts elsewhere than there: `bin`, `share`, `include`."""
    peeks: Mapping[str, Sequence[str]]
    """Modules to names that they look up in `sys.modules` as they are imported."""
    offers: bool
    """Whether it has entry points that are not for installers alone."""

    @classmethod
    def at(cls, root: Path) -> Tree:
        """The tree that is there. Raises OSError where it cannot be read."""
        (site,) = root.glob(SITE)
        names = frozenset(path.name for path in root.iterdir())
        looked_up = peeks(root, site)
        return cls(
            root=root,
            site=site,
            beside=names - {"lib", ".lock"},
            peeks=looked_up,
            offers=any(map(_offers, site.glob("*.dist-info/entry_points.txt"))),
        )


@dataclass(slots=True, kw_only=True)
class WheelStore:
    """The trees of a cache folder. Safe to use from several threads and processes."""

    uv: Uv
    folder: Path
    _turns: dict[str, threading.Lock] = field(default_factory=dict)
    _sound: dict[str, Tree] = field(default_factory=dict)
    """Trees that this run has looked at."""

    def trees(
        self, packages: Iterable[LockedPackage], python: Interpreter
    ) -> dict[str, Tree]:
        """The tree of each by distribution, made if it is not there or not sound.

        Raises `EnvironmentFault` when one of them cannot be made.
        """
        keys = {self._key(package, python): package for package in packages}
        while left := [key for key in keys if key not in self._sound]:
            with self._turn(left) as mine:
                new = {key: keys[key] for key in mine if not self._is_sound(key)}
                if new:
                    self._make(new, python)
        return {it.distribution: self._sound[key] for key, it in keys.items()}

    @contextmanager
    def _turn(self, keys: Sequence[str]) -> Generator[list[str]]:
        """Some that nobody else is making; the first of all when that is made."""
        with ExitStack() as turns:
            mine = list[str]()
            for key in keys:
                turn = self._turns.setdefault(key, threading.Lock())
                if len(mine) < _TOGETHER and turn.acquire(blocking=False):
                    turns.callback(turn.release)
                    mine.append(key)
            if not mine:  # who waits holds nothing that another one could wait for
                mine.append(keys[0])
                turns.enter_context(self._turns[keys[0]])
            yield mine

    def _is_sound(self, key: str) -> bool:
        """Whether this run has looked at that tree, or looks at it now, and it is."""
        if key not in self._sound and (seen := self._seen(key)) is not None:
            self._sound[key] = seen
        return key in self._sound

    def _key(self, package: LockedPackage, python: Interpreter) -> str:
        """`3f/3fa9…`: what may be installed, for which interpreter, and how."""
        how = (self.uv.version, *_OPTIONS, INVALIDATION)
        told = "\0".join((*how, python.build, package.distribution, *package.hashes))
        name = sha256(told.encode()).hexdigest()
        return f"{name[:2]}/{name}"

    @contextmanager
    def used(self, limit: int) -> Generator[None]:
        """While the context lasts no tree is taken away; afterwards the oldest are.

        Those least recently used, until what is left fits into `limit` bytes, and only
        when no other run uses the store.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            try:
                yield
            finally:
                with suppress(OSError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._shrink(limit)

    def _seen(self, key: str) -> Tree | None:
        """The tree that is there, if it holds what was written."""
        place = self.folder / key
        with suppress(OSError, ValueError):
            written = json.loads((place / _WRITTEN).read_text("utf-8"))
            if written == _held(place / "tree"):
                os.utime(place / _WRITTEN)
                return Tree.at(place / "tree")
        return None

    def _make(self, packages: Mapping[str, LockedPackage], python: Interpreter) -> None:
        with ExitStack() as stack:
            new = {key: stack.enter_context(self._beside(key)) for key in packages}
            try:
                for key, package in packages.items():
                    self._install(new[key], package, python)
                trees = [place / "tree" for place in new.values()]
                sites = [site for tree in trees for site in tree.glob(SITE)]
                compile_all(self.uv, python, sites)
                for key, place in new.items():
                    held = json.dumps(_held(place / "tree"))
                    (place / _WRITTEN).write_text(held, encoding="utf-8")
                    self._move(place, key)
                    self._sound[key] = Tree.at(self.folder / key / "tree")
            except OSError as error:
                words = f"a wheel cannot be unpacked: {error}"
                raise EnvironmentFault(words) from error

    @contextmanager
    def _beside(self, key: str) -> Generator[Path]:
        """A folder from which a tree can be moved to its place."""
        parent = (self.folder / key).parent
        try:
            parent.mkdir(parents=True, exist_ok=True)
            new = Path(tempfile.mkdtemp(prefix=".new-", dir=parent))
        except OSError as error:
            raise EnvironmentFault(f"no folder for a wheel: {error}") from error
        try:
            yield new
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _install(self, new: Path, package: LockedPackage, python: Interpreter) -> None:
        file = new / "pylock.toml"
        file.write_text(lock_text([package]), encoding="utf-8")
        where = ("--python", str(python.executable), "--prefix", str(new / "tree"))
        run_uv(self.uv, "pip", "install", *_OPTIONS, *where, "-r", str(file))
        file.unlink()

    def _move(self, new: Path, key: str) -> None:
        """Put a tree where it belongs; where another run was faster, its tree stays."""
        place = self.folder / key
        try:
            new.rename(place)
        except OSError:
            if self._seen(key) is None:
                damaged = Path(tempfile.mkdtemp(prefix=".old-", dir=place.parent))
                place.rename(damaged / "tree")
                new.rename(place)
                shutil.rmtree(damaged, ignore_errors=True)

    def _shrink(self, limit: int) -> None:
        trees = sorted(self._ages(), reverse=True)
        room = limit
        for _, size, place in trees:
            room -= size
            if room < 0:
                shutil.rmtree(place, ignore_errors=True)

    def _ages(self) -> Iterator[tuple[float, int, Path]]:
        for written in self.folder.glob(f"*/*/{_WRITTEN}"):
            with suppress(OSError, ValueError):
                held = json.loads(written.read_text("utf-8"))
                yield written.stat().st_mtime, held["bytes"], written.parent


def _offers(entry_points: Path) -> bool:
    """Whether there is a group beyond those of scripts (entry points specification)."""
    return bool(_GROUP.search(entry_points.read_text("utf-8", "replace")))


def _held(tree: Path) -> dict[str, int]:
    """How many files there are, how many bytes, and a digest of names and sizes."""
    sizes = dict(_sizes(os.fspath(tree)))
    start = len(os.fspath(tree)) + 1
    told = repr(sorted((path[start:], size) for path, size in sizes.items())).encode()
    return {
        "files": len(sizes),
        "bytes": sum(sizes.values()),
        "names": int.from_bytes(sha256(told).digest()[:6]),
    }


def _sizes(folder: str) -> Iterator[tuple[str, int]]:
    """Every file below a folder; thousands are looked at before a cell is asked."""
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    yield entry.path, entry.stat(follow_symlinks=False).st_size
