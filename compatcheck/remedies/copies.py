"""A copy of an environment and of the working directory, to try things in.

Installed code is linked, not copied: who changes it, replaces it. Installers do (uv
lays a new link and renames it over the old one), so does Python with bytecode, and so
do our own steps. All else is copied, since programs write into their data in place.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from compatcheck.environments import Uv
from compatcheck.environments.live import Process
from compatcheck.errors import EnvironmentFault
from compatcheck.model.inspected import Python, within
from compatcheck.remedies.at import At

_LARGEST: Final = 4 << 30
"""Bytes of an environment, or of a working directory, that is copied."""
_SKIPPED: Final = frozenset({".git", "node_modules", "__pycache__", ".hg", ".svn"})
_TEXT: Final = (".pth", ".py", ".egg-link")
_CODE: Final = (".py", ".pyc", ".pyi", ".so", ".pyd", ".a", ".h", ".hpp", ".cuh")
_LIBRARY: Final = re.compile(r"\.(?:so|dylib)(?:\.\d+)*$")
_INSTALLED: Final = ("site-packages", "dist-packages")


@contextmanager
def copied(
    process: Process, python: Python, uv: Uv, *, has_pip: bool, scratch: Path
) -> Generator[At]:
    """Both copied, gone when the context ends. Nothing of the user's is written to.

    Raises `EnvironmentFault` where there is no environment of its own, or too much.
    """
    prefix = Path(python.prefix)
    if not (prefix / "pyvenv.cfg").is_file():
        raise EnvironmentFault(
            f"{prefix} is no virtual environment, so it is not copied"
        )
    root = Path(tempfile.mkdtemp(prefix="copy-", dir=scratch))
    try:
        env, work = root / "env", root / "work"
        _copy(prefix, env, skip=())
        _copy(process.folder, work, skip=_SKIPPED)
        pairs = [(str(prefix), str(env)), (str(process.folder), str(work))]
        moved = tuple(sorted(pairs, key=lambda it: -len(it[0])))
        _lead_back(env, moved)
        at = At(process=process, uv=uv, has_pip=has_pip, moved=moved)
        yield at.with_process(led(process, at))
    finally:
        shutil.rmtree(root, ignore_errors=True)


def led(process: Process, at: At) -> Process:
    """A process with everything that it names in the copy."""
    variables = {
        name: os.pathsep.join(map(at.here, value.split(os.pathsep)))
        for name, value in process.environ.items()
    }
    return replace(
        process,
        python=Path(at.here(str(process.python))),
        command=tuple(map(at.here, process.command)),
        folder=Path(at.here(str(process.folder))),
        environ=variables,
    )


def _copy(source: Path, target: Path, skip: Iterable[str]) -> None:
    size = 0

    def ignored(folder: str, names: list[str]) -> set[str]:
        nonlocal size
        here = Path(folder)
        out = {
            name
            for name in names
            if name in skip
            or within(str(target), str(here / name))
            or (skip and (here / name / "pyvenv.cfg").is_file())
        }
        for name in set(names) - out:
            path = here / name
            if path.is_file() and not path.is_symlink():
                size += path.stat().st_size
            elif not path.is_dir() and not path.is_symlink():
                out.add(name)  # a socket or pipe has nothing to copy
        if size > _LARGEST:
            raise EnvironmentFault(f"{source} is too large to be copied")
        return out

    try:
        shutil.copytree(
            source, target, symlinks=True, ignore=ignored, copy_function=_taken
        )
    except (OSError, shutil.Error) as error:
        raise EnvironmentFault(f"{source} cannot be copied: {error}"[:300]) from error


def _taken(source: str, target: str) -> None:
    """Link installed code, which nobody writes in place; copy all else."""
    if _is_code(source):
        try:
            os.link(source, target)
        except OSError:
            pass  # another disk, or one without links
        else:
            return
    shutil.copy2(source, target)


def _is_code(path: str) -> bool:
    parts = Path(path).parts
    own = any(it.endswith((".dist-info", ".egg-info")) for it in parts)
    kind = path.endswith(_CODE) or _LIBRARY.search(path) is not None
    return kind and not own and any(it in parts for it in _INSTALLED)


def _lead_back(env: Path, moved: Iterable[tuple[str, str]]) -> None:
    """Let scripts and path files of the copy lead into the copy."""
    files = [
        it for it in (env / "bin").iterdir() if it.is_file() and not it.is_symlink()
    ]
    for site in env.glob("lib/python*/site-packages"):
        files += [it for it in site.iterdir() if _leads(it)]
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        changed = text
        for old, new in moved:
            changed = changed.replace(f"{old}{os.sep}", f"{new}{os.sep}")
        if changed != text:
            replace_text(file, changed)


def replace_text(file: Path, text: str) -> None:
    """Give a file other text; another file that is linked to it keeps its own.

    Raises `OSError`.
    """
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        shutil.copymode(file, fresh)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def _leads(file: Path) -> bool:
    own = file.name.startswith("__editable__") or file.suffix in (".pth", ".egg-link")
    return own and file.suffix in _TEXT and file.is_file() and not file.is_symlink()
