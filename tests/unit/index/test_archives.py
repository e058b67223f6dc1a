"""A wheel opens as what the index promised, or it is a fault."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version
from planted.loopback import LoopbackIndex
from planted.wheels import write_wheel

from compatcheck.errors import IndexFault
from compatcheck.index import archives
from compatcheck.index.archives import RemoteArchives
from compatcheck.index.client import Simple
from compatcheck.index.connected import Patience
from compatcheck.index.locations import IndexLocation, IndexSettings
from compatcheck.model import ReleaseFile

HASTE = Patience(answer=0.5, total=2.0, retries=1, backoff=0.01)
NAME = "demo-1.0-py3-none-any.whl"
BULK = hashlib.shake_256(b"bulk").digest(300_000)
"""Bytes that do not pack, so that a ranged read is seen to be one."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    """Serve one wheel with a module, a submodule and something big."""
    files: dict[str, str | bytes] = {
        "demo/__init__.py": "X = 1\n",
        "demo/b.py": "",
        "demo/bulk.bin": BULK,
    }
    write_wheel(tmp_path, "demo", "1.0", files)
    with LoopbackIndex(tmp_path) as served:
        yield served


def settings(url: str) -> IndexSettings:
    """Give settings with one index."""
    return IndexSettings(indexes=(IndexLocation(url=url, default=True),))


def listed(url: str) -> ReleaseFile:
    """Give the wheel as its index lists it."""
    with Simple(settings(url), patience=HASTE) as simple:
        project = simple.project("demo")
        assert project is not None
        return project.releases[0].files[0]


def read(url: str, file: ReleaseFile, *, whole: bool) -> dict[str, bytes]:
    """Give all of a wheel's files."""
    with (
        RemoteArchives(settings(url), patience=HASTE) as opener,
        opener.open(file, whole=whole) as wheel,
    ):
        assert list(wheel.names()) == sorted(wheel.names())
        return {name: wheel.read(name) for name in wheel.names()}


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("ranges", [True, False])
def test_the_same_bytes_by_every_way(
    index: LoopbackIndex, *, whole: bool, ranges: bool
) -> None:
    """Whole or in parts, with ranges or without, a wheel holds the same."""
    index.manners.ranges = ranges
    found = read(index.url, listed(index.url), whole=whole)
    assert found["demo/__init__.py"] == b"X = 1\n"
    assert found["demo/bulk.bin"] == BULK
    assert "demo-1.0.dist-info/METADATA" in found
    assert "demo/" not in found


def test_parts_are_all_that_is_fetched(index: LoopbackIndex) -> None:
    """Reading a small file of a big wheel asks for its parts, the end first."""
    file = listed(index.url)
    with RemoteArchives(settings(index.url)) as opener:
        with opener.open(file, whole=False) as wheel:
            assert wheel.read("demo/__init__.py") == b"X = 1\n"
        parts = index.requests[f"/files/{NAME}"]
        with opener.open(file, whole=True) as wheel:
            assert wheel.read("demo/__init__.py") == b"X = 1\n"
    assert parts == 2
    assert index.requests[f"/files/{NAME}"] == parts + 1


def test_a_wrong_hash_is_a_fault(index: LoopbackIndex) -> None:
    """A download that is not what the index promised is a fault that says so."""
    index.sin(NAME).wrong_hash = True
    with pytest.raises(IndexFault, match=f"{NAME} does not match the hash that the"):
        read(index.url, listed(index.url), whole=True)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("sin", "value", "says"),
    [
        ("missing", True, "is not there"),
        ("failures", 99, "answered with status 500"),
        ("delay", 30.0, "did not answer within"),
        ("truncated", True, "broke off before"),
    ],
)
def test_sins_of_the_server_are_faults(
    index: LoopbackIndex, sin: str, value: object, says: str, *, whole: bool
) -> None:
    """Files that are gone, late, cut short or refused are faults with the reason."""
    file = listed(index.url)
    setattr(index.sin(NAME), sin, value)
    with pytest.raises(IndexFault, match=says):
        read(index.url, file, whole=whole)


def test_a_failure_that_passes_is_retried(index: LoopbackIndex) -> None:
    """One status 500 in between is not noticed."""
    file = listed(index.url)
    index.sin(NAME).failures = 1
    assert read(index.url, file, whole=True)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("body", [b"<html>log in</html>", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_wheel_is_a_fault(
    index: LoopbackIndex, body: bytes, *, whole: bool
) -> None:
    """Something else in a wheel's place is a fault."""
    file = replace(listed(index.url), hashes={})
    index.sin(NAME).body = body
    with pytest.raises(IndexFault, match=f"{NAME} is damaged"):
        read(index.url, file, whole=whole)


@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_member_is_a_fault(index: LoopbackIndex, *, whole: bool) -> None:
    """A flipped bit inside a wheel is a fault when that file is read."""
    file = replace(listed(index.url), hashes={})
    content = bytearray((index.folder / NAME).read_bytes())
    content[content.find(BULK[1000:1010]) + 2] ^= 1
    index.sin(NAME).body = bytes(content)
    with pytest.raises(IndexFault, match=f"{NAME} is damaged"):
        read(index.url, file, whole=whole)


def test_a_file_that_is_not_in_the_wheel(index: LoopbackIndex) -> None:
    """Asking for what a wheel does not hold is a fault that names both."""
    file = listed(index.url)
    with (
        RemoteArchives(settings(index.url)) as opener,
        opener.open(file, whole=True) as wheel,
        pytest.raises(IndexFault, match=f"{NAME} holds no demo/c.py"),
    ):
        wheel.read("demo/c.py")


def test_a_bomb_is_not_unpacked(
    index: LoopbackIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that would unpack to more than the limit is refused unread."""
    monkeypatch.setattr(archives, "MEMBER_LIMIT", len(BULK) - 1)
    with pytest.raises(IndexFault, match=r"bulk\.bin would unpack to 300,000 bytes"):
        read(index.url, listed(index.url), whole=True)


@pytest.mark.parametrize("whole", [True, False])
def test_files_get_the_credentials_of_their_index(
    index: LoopbackIndex, *, whole: bool
) -> None:
    """A file beside its index is fetched with the index's login; faults hide it."""
    index.manners.credentials = ("me", "s3cret")
    url = index.url_with("me", "s3cret")
    bare = replace(listed(url), url=f"{index.root}/files/{NAME}")
    assert read(url, bare, whole=whole)
    index.manners.credentials = ("me", "changed")
    for file in (bare, replace(bare, url=bare.url.replace("//", "//me:s3cret@"))):
        with pytest.raises(IndexFault, match="refused access") as raised:
            read(url, file, whole=whole)
        assert "s3cret" not in str(raised.value)


def local(path: Path, digest: str) -> ReleaseFile:
    """Give a wheel on disk as an index lists it."""
    return ReleaseFile(
        distribution="demo",
        version=Version("1.0"),
        filename=path.name,
        url=path.as_uri(),
        kind="wheel",
        hashes={"sha256": digest},
        requires_python=None,
        yanked=None,
        upload_time=None,
        has_metadata=False,
    )


def test_wheels_on_disk(tmp_path: Path) -> None:
    """A local wheel is read in place; its hash is checked when it is read whole."""
    path = write_wheel(tmp_path / "with space", "demo", "1.0", {"demo.py": "X = 1\n"})
    true = hashlib.sha256(path.read_bytes()).hexdigest()
    nowhere = "file:///nonexistent"
    for whole in (True, False):
        found = read(nowhere, local(path, true), whole=whole)
        assert found["demo.py"] == b"X = 1\n"
    assert read(nowhere, local(path, "0" * 64), whole=False)
    with pytest.raises(IndexFault, match="does not match the hash"):
        read(nowhere, local(path, "0" * 64), whole=True)
    path.unlink()
    with pytest.raises(IndexFault, match="is not there any more"):
        read(nowhere, local(path, true), whole=False)


def test_errors_of_the_reader_pass_through(index: LoopbackIndex) -> None:
    """What the caller raises while a wheel is open is left as it is."""
    file = listed(index.url)
    with (
        RemoteArchives(settings(index.url)) as opener,
        pytest.raises(ValueError, match="mine"),
        opener.open(file, whole=False),
    ):
        raise ValueError("mine")


def test_planted_wheels_are_the_same_every_time(tmp_path: Path) -> None:
    """Equal arguments give equal bytes, and the RECORD tells the truth."""
    files = {"demo/__init__.py": b"X = 1\n", "demo/data.bin": b"\0"}
    one = write_wheel(tmp_path / "one", "demo", "1.0", files, requires=["other>=1"])
    two = write_wheel(tmp_path / "two", "demo", "1.0", files, requires=["other>=1"])
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(io.BytesIO(one.read_bytes())) as wheel:
        assert b"Requires-Dist: other>=1" in wheel.read("demo-1.0.dist-info/METADATA")
        assert len(wheel.read("demo-1.0.dist-info/RECORD").splitlines()) == 5
