"""Every kind of lock, as the tools of its own write it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import uv
from conftest import python
from planted.wheels import write_wheel

from compatcheck.errors import UsageError
from compatcheck.gate.locks import Lock, Wanted
from compatcheck.gate.readers import find, read_named, readers
from compatcheck.gate.trees import FolderTree

PYPROJECT = """\
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = [
    "orchard[wet]>=1",
    "only-windows ; sys_platform == 'win32'",
]

[project.optional-dependencies]
more = ["extra-fruit"]

[dependency-groups]
dev = ["tool"]
docs = ["printer"]
"""
NAMES = ("only-windows", "extra-fruit", "tool", "printer", "soil", "water")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project, and an orchard with wheels for all that it may need."""
    links = tmp_path / "links"
    for name in NAMES:
        write_wheel(links, name, "1.0", {f"{name.replace('-', '_')}.py": ""})
    write_wheel(
        links, "orchard", "1.5", {"orchard.py": ""},
        requires=["soil", "water ; extra == 'wet'"], extras=["wet"],
    )  # fmt: skip
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return folder


def run(shop: Path, *arguments: str) -> str:
    """Run uv there, with the planted wheels and nothing else."""
    ended = subprocess.run(
        [uv.find_uv_bin(), *arguments, "--offline", "--quiet"],
        cwd=shop,
        env={
            "UV_NO_INDEX": "1",
            "UV_FIND_LINKS": str(shop.parent / "links"),
            "UV_CACHE_DIR": str(shop.parent / "cache"),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_PYTHON": str(python("3.11").executable),
            "HOME": str(shop.parent),
        },
        check=True,
        capture_output=True,
        text=True,
    )
    return ended.stdout


def names(lock: Lock) -> list[str]:
    """What is installed on Linux with Python 3.11."""
    markers = {**python("3.11").markers, "sys_platform": "linux"}
    return [entry.distribution for entry in lock.choose(markers)]


def test_a_lock_of_uv_gives_what_uv_would_install(shop: Path) -> None:
    """Markers, extras and groups are followed as `uv sync` follows them."""
    run(shop, "lock")
    tree = FolderTree(root=shop)

    usual = find(tree, "", Wanted())
    more = find(
        tree, "", Wanted(extras=frozenset({"more"}), groups=frozenset({"docs"}))
    )

    assert usual.kind == "uv.lock"
    assert names(usual) == ["orchard", "soil", "tool", "water"]
    assert names(more) == ["extra-fruit", "orchard", "printer", "soil", "water"]
    assert usual.direct == frozenset({"only-windows", "orchard", "tool"})
    orchard = next(it for it in usual.everything if it.distribution == "orchard")
    lines = (shop / "uv.lock").read_text("utf-8").splitlines()
    assert lines[orchard.line - 1] == 'name = "orchard"'
    assert orchard.needs == frozenset({"soil"})
    assert usual.complete


def test_a_lock_of_pep_751_gives_the_same(shop: Path) -> None:
    """What uv exports as pylock.toml is installed alike."""
    run(shop, "lock")
    text = run(shop, "export", "--format", "pylock.toml", "--no-emit-project")
    (shop / "pylock.toml").write_text(text, encoding="utf-8")

    lock = read_named(FolderTree(root=shop), "pylock.toml", Wanted())

    assert names(lock) == ["orchard", "soil", "tool", "water"]


def test_exported_requirements_give_the_same(shop: Path) -> None:
    """What uv exports as requirements.txt is, too, and its comments are understood."""
    run(shop, "lock")
    text = run(shop, "export", "--format", "requirements.txt", "--no-emit-project")
    (shop / "requirements.txt").write_text(text, encoding="utf-8")

    lock = read_named(FolderTree(root=shop), "requirements.txt", Wanted())

    assert names(lock) == ["orchard", "soil", "tool", "water"]
    assert lock.direct == frozenset({"only-windows", "orchard", "tool"})
    needs = {entry.distribution: entry.needs for entry in lock.everything}
    assert needs["orchard"] == frozenset({"soil", "water"})


def test_without_a_lock_the_declared_ranges_are_read(shop: Path) -> None:
    """A pyproject.toml alone gives ranges, which are still to be resolved."""
    lock = find(FolderTree(root=shop), "", Wanted())

    assert lock.kind == "pyproject.toml"
    assert not lock.complete
    assert names(lock) == ["orchard"]
    (orchard,) = [it for it in lock.everything if it.distribution == "orchard"]
    assert orchard.requirement == "orchard[wet]>=1"
    assert orchard.line == 6


@pytest.mark.parametrize("reader", readers(), ids=lambda it: it.kind)
def test_every_reader_knows_its_own_files(reader: object) -> None:
    """A kind claims the names that it has by convention, and nobody else's."""
    kinds = {it.kind: it for it in readers()}
    assert len(kinds) == len(readers())
    for it in readers():
        for name in it.usual:
            claiming = [one.kind for one in readers() if one.claims(name)]
            assert claiming[0] == it.kind
    assert reader in readers()


def test_where_there_is_no_lock_that_is_said(tmp_path: Path) -> None:
    """A folder without anything to read is a fault with its mend."""
    with pytest.raises(UsageError, match="name the file with --lock"):
        find(FolderTree(root=tmp_path), "", Wanted())
