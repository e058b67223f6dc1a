"""A folder of the user's own source, read as if it were an open wheel."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from compatcheck.errors import IndexFault

SKIPPED = frozenset({"__pycache__", "build", "node_modules"})
"""Folders that hold copies or other people's files; so do hidden ones and venvs."""


class FolderArchive:
    """The files below a folder, without hidden ones, environments and build output."""

    def __init__(self, folder: Path) -> None:
        """Look at a folder; nothing is read yet."""
        self._folder = folder

    def names(self) -> Sequence[str]:
        """The paths of its files, relative, with slashes, sorted.

        Raises `IndexFault` where a folder cannot be listed.
        """
        return sorted(self._walk())

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises `IndexFault` when they cannot be had."""
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise IndexFault(f"{name}: {error.strerror}") from error

    def _walk(self) -> Iterator[str]:
        for parent, folders, files in os.walk(self._folder, onerror=self._refuse):
            here = Path(parent)
            folders[:] = [name for name in folders if not _is_foreign(here / name)]
            for name in files:
                if not name.startswith("."):
                    yield (here / name).relative_to(self._folder).as_posix()

    def _refuse(self, error: OSError) -> None:
        """Stop: a part that cannot be listed would pass for one that is empty."""
        place = Path(error.filename or self._folder).relative_to(self._folder.parent)
        raise IndexFault(f"{place.as_posix()}: {error.strerror}") from error


def _is_foreign(folder: Path) -> bool:
    """Whether a folder is hidden, built, or an environment (PEP 405)."""
    named = folder.name.startswith(".") or folder.name in SKIPPED
    return named or (folder / "pyvenv.cfg").exists()
