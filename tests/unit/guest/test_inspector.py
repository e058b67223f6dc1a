"""The inspector: what is installed, read and never run, whatever the metadata says."""

from __future__ import annotations

import base64
import hashlib
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import python

from compatcheck.environments.live import Process, inspect
from compatcheck.model.inspected import Inspection


def _inspected(
    site: Path, *names: str, version: str = "3.11", files: tuple[str, ...] = ()
) -> Inspection:
    """A folder of distributions, as a process sees it that has it on PYTHONPATH."""
    base = python(version).executable
    process = Process(
        python=base,
        command=(str(base), "-S", "-c", "pass"),
        folder=site.parent,
        environ={"PATH": os.defpath, "PYTHONPATH": str(site)},
    )
    return inspect(process, names, files)


def _install(site: Path, name: str, record: str, metadata: str = "") -> None:
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    text = metadata or f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    (info / "METADATA").write_text(text, encoding="utf-8")
    (info / "RECORD").write_text(record, encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An empty folder that stands for site-packages."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("version", ["3.7", "3.11", "3.13"])
def test_what_differs_from_record_is_told_apart(site: Path, version: str) -> None:
    """Missing, empty and missing, and of another size: on every Python alike."""
    (site / "orchard").mkdir()
    (site / "orchard" / "whole.py").write_text("x = 1\n")
    (site / "orchard" / "grown.py").write_text("x = 100\n")
    lines = ["orchard/whole.py,,6", "orchard/grown.py,,6"]
    lines += ["orchard/gone.py,,6", "orchard/__init__.py,,0"]
    _install(site, "orchard", "\n".join(lines))
    seen = _inspected(site, "orchard", version=version)
    (orchard,) = [it for it in seen.distributions if it.name == "orchard"]
    assert [Path(it).name for it in orchard.missing] == ["__init__.py", "gone.py"]
    assert [Path(it).name for it in orchard.hollow] == ["__init__.py"]
    assert [Path(it).name for it in orchard.resized] == ["grown.py"]
    assert [it.kind for it in seen.names["orchard"]] == ["namespace"]
    assert seen.python.minor == version


def test_every_root_that_has_a_name_is_told(tmp_path: Path, site: Path) -> None:
    """The first wins; those behind it are what it hides."""
    (tmp_path / "orchard.py").write_text("")
    (site / "orchard").mkdir()
    (site / "orchard" / "__init__.py").write_text("")
    seen = _inspected(site, "orchard")
    assert [it.kind for it in seen.names["orchard"]] == ["source", "package"]
    assert seen.beside == str(tmp_path)


def test_a_module_for_another_python_is_told(site: Path) -> None:
    """Its file is there, but its tag is not this interpreter's."""
    (site / "press").mkdir()
    (site / "press" / "__init__.py").write_text("")
    (site / "press" / "_mill.cpython-27m-x86_64-linux-gnu.so").write_text("")
    seen = _inspected(site, "press._mill")
    assert [it.kind for it in seen.names["press._mill"]] == ["foreign"]


@pytest.mark.parametrize(
    ("record", "metadata"),
    [
        ("../../../../etc/passwd,,1\n/etc/shadow,,1\n", ""),
        ('"unclosed,,,\n\x00,,\n' * 50, "Name\n:\n: :\nRequires-Dist: ((((\n"),
        (f"{'a' * 100_000},,{'9' * 5000}\n", f"Name: {'n' * 100_000}\n"),
        ("orchard/a\nb.py,sha256=??,x\n", "Name: orchard\nVersion: \x1b[2J\n"),
        ("", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")),
    ],
    ids=["outside", "broken", "long", "controls", "not text"],
)
def test_metadata_that_lies_is_bounded(site: Path, record: str, metadata: str) -> None:
    """Nothing is executed, nothing raises, and the honest neighbour is still told."""
    _install(site, "liar", record, metadata)
    _install(site, "orchard", "orchard.py,,\n")
    (site / "evil.pth").write_text("import os; os._exit(3)\n")
    seen = _inspected(site, "orchard", "liar")
    assert "orchard" in seen.by_name


def test_owners_are_told_by_record(site: Path) -> None:
    """A shared file has both, and whose content it is."""
    (site / "orchard.py").write_text("x = 1\n")
    good = "sha256=JKqgYhA5o3C1mYqTjzJ4o3vV0W1nGkm1dB0o1N7d8wA"
    _install(site, "one", f"orchard.py,{good},6\n")
    _install(site, "two", "orchard.py,sha256=AAAA,6\n")
    seen = _inspected(site, files=(str(site / "orchard.py"),))
    assert [it.name for it in seen.owners[str(site / "orchard.py")]] == ["one", "two"]
    (shared,) = seen.shared
    assert shared.matches[1] is False
    assert not shared.agree


def _hash(text: str) -> str:
    made = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return f"sha256={made.decode().rstrip('=')}"


def _aged(site: Path, name: str, seconds: float) -> None:
    """Let a file be older, or younger, than the RECORD."""
    written = (site / "orchard-1.0.dist-info" / "RECORD").stat().st_mtime
    os.utime(site / name, (written + seconds, written + seconds))


@pytest.mark.parametrize("version", ["3.7", "3.11", "3.13"])
def test_other_content_of_the_same_size_is_told(site: Path, version: str) -> None:
    """Of what was written after the RECORD, and of what is asked about."""
    names = ("later", "asked", "same", "unseen")
    for name in names:
        (site / f"{name}.py").write_text("x = 2\n")
    was = {name: "x = 2\n" if name == "same" else "x = 1\n" for name in names}
    lines = [f"{name}.py,{_hash(was[name])},6" for name in names]
    _install(site, "orchard", "\n".join(lines))
    for name in names:
        _aged(site, f"{name}.py", 60 if name in ("later", "same") else -60)
    seen = _inspected(site, "asked", version=version)
    altered = [Path(it).name for it in seen.by_name["orchard"].altered]
    assert altered == ["asked.py", "later.py"]


def test_code_that_no_record_lists_is_told(site: Path) -> None:
    """In the folders of what is asked about, and there alone."""
    for top in ("orchard", "press"):
        (site / top).mkdir()
        for name in ("__init__.py", "left.py", "note.txt"):
            (site / top / name).write_text("")
        _install(site, top, f"{top}/__init__.py,,0\n")
    seen = _inspected(site, "orchard")
    assert [Path(it).name for it in seen.extra] == ["left.py"]


def test_a_path_with_a_line_end_is_one_path(site: Path) -> None:
    """RECORD quotes it, as CSV does."""
    (site / "orchard").mkdir()
    (site / "orchard" / "a\nb.py").write_text("")
    _install(site, "orchard", '"orchard/a\nb.py",,0\norchard/gone.py,,3\n')
    orchard = _inspected(site, "orchard").by_name["orchard"]
    assert [Path(it).name for it in orchard.missing] == ["gone.py"]


def _endless(site: Path) -> None:
    """Two RECORDs that promise different contents of a file without an end."""
    for name in ("one", "two"):
        _install(site, name, f"/dev/zero,{_hash(name)},0\n")


def _large(site: Path) -> None:
    """Sparse files of a terabyte, shared by two RECORDs."""
    for number in range(20):
        with (site / f"huge{number}.py").open("wb") as file:
            file.truncate(1 << 40)
    for name in ("one", "two"):
        lines = [f"huge{n}.py,{_hash(name)},{1 << 40}" for n in range(20)]
        _install(site, name, "\n".join(lines))


def _many(site: Path) -> None:
    """RECORDs of more files than any environment has."""
    text = "".join(f"o/{n:06},,\n" for n in range(1_200_000))
    for number in range(20):
        _install(site, f"many{number}", text)


def _wordy(site: Path) -> None:
    """Metadata of nothing but requirements, of many distributions."""
    text = "Requires-Dist: " + "x" * 3900 + "\n"
    for number in range(300):
        name = f"wordy{number}"
        head = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        _install(site, name, "", head + text * 130)


def _piped(site: Path) -> None:
    """A pipe that nobody writes to, where metadata and files should be."""
    _install(site, "piped", f"pipe.py,{_hash('')},0\n")
    os.mkfifo(site / "pipe.py")
    info = site / "blind-1.0.dist-info"
    info.mkdir()
    for name in ("METADATA", "RECORD", "direct_url.json"):
        os.mkfifo(info / name)


@pytest.mark.parametrize("lie", [_endless, _large, _many, _wordy, _piped])
def test_lies_take_bounded_time_and_memory(
    site: Path, lie: Callable[[Path], None]
) -> None:
    """An honest neighbour is told all the same, within seconds and 700 MB."""
    lie(site)
    _install(site, "orchard", "orchard.py,,\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    seen = _inspected(site, "orchard", "huge1", "pipe")
    took = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "orchard" in seen.by_name
    assert time.monotonic() - started < 60
    unit = 1 if sys.platform == "darwin" else 1024
    assert took.ru_maxrss * unit < max(700 << 20, before.ru_maxrss * unit + 1)
    assert seen.unowned == () or lie is not _many
