"""The inspector: what is installed, read and never run, whatever the metadata says."""

from __future__ import annotations

import os
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
