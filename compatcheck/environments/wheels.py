"""Wheels, unpacked once: a tree for each, by what it holds and who can run it.

A tree is what `uv pip install --prefix` makes of one distribution for one interpreter,
bytecode included. It is made beside its place and moved there whole, so that any number
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
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from compatcheck.environments.peeks import peeks
from compatcheck.environments.uv import Uv
from compatcheck.environments.venv import lock_text, run_uv
from compatcheck.errors import EnvironmentFault
from compatcheck.model import Interpreter, LockedPackage

_WRITTEN: Final = "written.json"
"""What a tree holds, beside the tree; touched whenever the tree is used."""
_OPTIONS: Final = (
    *("--no-deps", "--no-build", "--compile-bytecode"),
    *("--link-mode", "hardlink"),
)
"""How uv installs a wheel: its files are those of uv's own cache, kept once."""
_COMPILED: Final = {"PYC_INVALIDATION_MODE": "UNCHECKED_HASH"}
"""How it compiles it (PEP 552): what lies here never changes, and a cache that was
copied without its times would be compiled anew in every interpreter, silently."""
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
        (site,) = root.glob("lib/py*/site-packages")
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

    def tree(self, package: LockedPackage, python: Interpreter) -> Tree:
        """The tree of what is locked, made if it is not there or not sound.

        Raises `EnvironmentFault` when the tree cannot be made.
        """
        key = self._key(package, python)
        with self._turns.setdefault(key, threading.Lock()):
            if key not in self._sound:
                self._sound[key] = self._seen(key) or self._made(key, package, python)
            return self._sound[key]

    def _key(self, package: LockedPackage, python: Interpreter) -> str:
        """`3f/3fa9…`: what may be installed, for which interpreter, and how."""
        how = (self.uv.version, *_OPTIONS, *_COMPILED.values())
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

    def _made(self, key: str, package: LockedPackage, python: Interpreter) -> Tree:
        place = self.folder / key
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            new = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))
        except OSError as error:
            raise EnvironmentFault(f"no folder for a wheel: {error}") from error
        try:
            self._install(new, package, python)
            held = json.dumps(_held(new / "tree"))
            (new / _WRITTEN).write_text(held, encoding="utf-8")
            self._move(new, key)
        except OSError as error:
            raise EnvironmentFault(f"a wheel cannot be unpacked: {error}") from error
        finally:
            shutil.rmtree(new, ignore_errors=True)
        return Tree.at(place / "tree")

    def _install(self, new: Path, package: LockedPackage, python: Interpreter) -> None:
        file = new / "pylock.toml"
        file.write_text(lock_text([package]), encoding="utf-8")
        where = ("--python", str(python.executable), "--prefix", str(new / "tree"))
        command = ("pip", "install", *_OPTIONS, *where, "-r", str(file))
        run_uv(self.uv, *command, variables=_COMPILED)
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
    files = (file for file in tree.rglob("*") if not file.is_dir())
    sizes = {str(file.relative_to(tree)): file.lstat().st_size for file in files}
    told = repr(sorted(sizes.items())).encode()
    return {
        "files": len(sizes),
        "bytes": sum(sizes.values()),
        "names": int.from_bytes(sha256(told).digest()[:6]),
    }
