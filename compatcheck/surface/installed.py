"""A distribution as it lies installed, read as if it were an open wheel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compatcheck.errors import IndexFault


class InstalledArchive:
    """The files of one installed distribution, by its RECORD."""

    def __init__(self, sites: Sequence[Path], distribution: str) -> None:
        """Find it in one of these folders. Raises `IndexFault` if it is not there."""
        # Slow to import, and a doctor mostly has no use for it.
        import importlib_metadata

        found = importlib_metadata.distributions(
            name=distribution, path=[str(site) for site in sites]
        )
        installed = next(iter(found), None)
        if installed is None:
            raise IndexFault(f"{distribution} is not installed where it should be")
        self._files = {str(file): file for file in installed.files or ()}

    def names(self) -> Sequence[str]:
        """The paths of its files below site-packages, with slashes, sorted."""
        return sorted(name for name in self._files if not name.startswith(".."))

    def read(self, name: str) -> bytes:
        """The bytes of one file. Raises `IndexFault` when they cannot be had."""
        try:
            return self._files[name].read_binary()
        except (KeyError, OSError) as error:
            raise IndexFault(f"{name}: {error}") from error
