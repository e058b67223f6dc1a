"""Opens planted wheels the way an index would, without an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from planted.wheels import write_wheel

from compatcheck.ports import Archive


class ZippedArchive:
    """A wheel on disk."""

    def __init__(self, zipped: ZipFile) -> None:
        """Take a zip file that somebody else closes."""
        self._zipped = zipped

    def names(self) -> Sequence[str]:
        """The paths of its files, sorted."""
        return sorted(self._zipped.namelist())

    def read(self, name: str) -> bytes:
        """The bytes of one file."""
        return self._zipped.read(name)


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Callable[[Mapping[str, str | bytes]], Archive]]:
    """Write a wheel of these files, as `Consumer-Dist 1.0`, and open it."""
    opened: list[ZipFile] = []

    def plant(files: Mapping[str, str | bytes]) -> Archive:
        wheel = write_wheel(
            tmp_path,
            "Consumer-Dist",
            "1.0",
            files,
            requires=["provider>=2", "extra-one; extra == 'one'"],
            requires_python=">=3.9",
            extras=["Two_Fold", "one"],
        )
        opened.append(ZipFile(wheel))
        return ZippedArchive(opened[-1])

    yield plant
    for zipped in opened:
        zipped.close()
