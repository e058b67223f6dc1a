"""What is read from one wheel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from packaging.version import Version

from compatcheck.errors import IndexFault
from compatcheck.model import WheelContents
from compatcheck.ports import Archive
from compatcheck.surface.contents import read_contents

Plant = Callable[[Mapping[str, str | bytes]], Archive]


class InMemory:
    """Files that are not a proper wheel."""

    def __init__(self, metadata: bytes | None = None) -> None:
        """Hold one METADATA, if any, and one module."""
        self._files = {"pkg.py": b""}
        if metadata is not None:
            self._files["pkg-1.dist-info/METADATA"] = metadata

    def names(self) -> Sequence[str]:
        """The paths of its files, sorted."""
        return sorted(self._files)

    def read(self, name: str) -> bytes:
        """The bytes of one file."""
        return self._files[name]


def test_reads_metadata_and_names(planted: Plant) -> None:
    """Names are normalised, extras sorted, requirements are kept as they stand."""
    assert read_contents(planted({"pkg/__init__.py": ""})) == WheelContents(
        distribution="consumer-dist",
        version=Version("1.0"),
        requires_dist=("provider>=2", "extra-one; extra == 'one'"),
        requires_python=">=3.9",
        roots=("pkg",),
        stubs_only=False,
        provides_extra=("one", "two-fold"),
    )


@pytest.mark.parametrize(
    ("files", "stubs_only"),
    [
        pytest.param(["pkg-stubs/__init__.pyi"], True, id="a stub package"),
        pytest.param(["pkg-stubs/METADATA.toml"], True, id="a partial one"),
        pytest.param(["pkg/__init__.pyi", "pkg/py.typed"], True, id="bare stubs"),
        pytest.param(["pkg/__init__.py", "pkg/__init__.pyi"], False, id="both"),
        pytest.param(["README.txt"], False, id="a reserved name"),
    ],
)
def test_stubs_only(
    planted: Plant,
    files: list[str],
    stubs_only: bool,  # noqa: FBT001 - a table's column
) -> None:
    """A wheel of stubs is not taken for one that lost its modules."""
    read = read_contents(planted(dict.fromkeys(files, "")))
    assert (read.stubs_only, bool(read.roots)) == (
        stubs_only,
        "pkg/__init__.py" in files,
    )


def test_untidy_metadata_is_read() -> None:
    """Unknown, repeated and ill-formed fields take nothing from the others."""
    archive = InMemory(
        b"Metadata-Version: 1.9\nName: Old.Name\nVersion: 1.0-beta\n"
        b"Requires-Dist: fine (>=1)\nRequires-Dist: bad >=1.0.*.*\n"
        b"Summary: a\nSummary: b\nAuthor: \xff\xfe\nMade-Up: yes\n"
        b"Provides-Extra: b\nProvides-Extra: A.a\nProvides-Extra: a_A\n\nA body.\n"
    )
    assert read_contents(archive) == WheelContents(
        distribution="old-name",
        version=Version("1.0b0"),
        requires_dist=("fine (>=1)", "bad >=1.0.*.*"),
        requires_python=None,
        roots=("pkg",),
        stubs_only=False,
        provides_extra=("a-a", "b"),
    )


@pytest.mark.parametrize(
    "archive",
    [
        pytest.param(InMemory(), id="no METADATA"),
        pytest.param(InMemory(b""), id="empty"),
        pytest.param(InMemory(b"Name: x\n"), id="no version"),
        pytest.param(InMemory(b"Name: x\nVersion: new\n"), id="bad version"),
    ],
)
def test_a_wheel_that_does_not_say_what_it_is(archive: Archive) -> None:
    """Without a name and a version nothing can be told, which is our side's fault."""
    with pytest.raises(IndexFault):
        read_contents(archive)
