"""What uv has downloaded stays within bounds, and nobody loses what they work with."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from planted.wheels import write_wheel

from compatcheck.environments import Uv
from compatcheck.environments.downloads import own_bytes, shed
from compatcheck.environments.runs import run_folder
from compatcheck.environments.uv import Ended

BIG = 1 << 20
LIMIT = BIG // 2
LINK = ("--link-mode", "hardlink")


class CountingUv(Uv):
    """The real one, which tells what it was asked to let go of."""

    told: list[str]

    def run(self, arguments: Sequence[str], **how: object) -> Ended:
        """Note it and do it."""
        self.told += [arguments[1]] * (arguments[0] == "cache")
        return super().run(arguments, **how)  # type: ignore[arg-type] # handed on as it came


@dataclass(frozen=True, kw_only=True)
class World:
    """A cache folder in which wheels were installed."""

    folder: Path
    uv: CountingUv

    @property
    def downloads(self) -> Path:
        """What uv keeps."""
        return self.folder / "uv"

    @property
    def runs(self) -> Path:
        """Where the living are known."""
        return self.folder / "runs"

    def install(self, name: str) -> Path:
        """Install a wheel that is big and cannot be packed; the prefix."""
        words = random.Random(name).randbytes(BIG)  # noqa: S311 - no secret
        write_wheel(self.folder / "links", name, "1.0", {f"{name}.bin": words})
        prefix = self.folder / "wheels" / "to" / name
        where = ("--python", sys.executable, "--prefix", str(prefix))
        ended = self.uv.run(["pip", "install", "--no-deps", *LINK, *where, name])
        assert ended.code == 0, ended.error
        return prefix

    def shed(self) -> int:
        """Hold downloads within the limit."""
        return shed(self.uv, self.folder, LIMIT)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world of its own, in which a run has ended."""
    index = {
        "UV_DEFAULT_INDEX": "file:///nonexistent",
        "UV_FIND_LINKS": str(tmp_path / "links"),
    }
    environ = {"PATH": os.environ["PATH"]}
    uv = CountingUv(cache=tmp_path / "uv", index=index, environ=environ)
    uv.told = []
    with run_folder(tmp_path / "runs"):
        pass
    return World(folder=tmp_path, uv=uv)


def test_what_is_installed_takes_no_room_twice(world: World) -> None:
    """A file that is linked to elsewhere is let go of by nobody here."""
    prefix = world.install("lib")
    assert own_bytes(world.downloads) < LIMIT
    assert world.shed() == 0
    assert world.uv.told == []
    shutil.rmtree(prefix)
    assert own_bytes(world.downloads) > BIG


def test_downloads_beyond_the_limit_go(world: World) -> None:
    """All of them, once; what is installed stays, and can be installed again."""
    kept = world.install("kept")
    shutil.rmtree(world.install("gone"))
    assert world.shed() >= BIG
    assert own_bytes(world.downloads) < LIMIT
    assert next(kept.rglob("kept.bin")).stat().st_size == BIG
    assert world.install("gone").is_dir()


def test_what_has_not_grown_is_not_measured_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that neither brings nor takes a wheel does not pay for looking."""
    one = world.install("one")
    assert world.shed() == 0
    (one / "more.bin").write_bytes(b"")
    with monkeypatch.context() as patch:
        patch.setattr(os, "walk", lambda _: pytest.fail("measured again"))
        assert world.shed() == 0
    shutil.rmtree(one)
    assert world.shed() >= BIG
    assert world.uv.told == ["prune"]


def test_nothing_goes_while_another_run_works(world: World) -> None:
    """It may be about to use it; the next one looks again."""
    shutil.rmtree(world.install("lib"))
    with run_folder(world.runs):
        assert world.shed() == 0
    assert own_bytes(world.downloads) > BIG
    assert world.shed() >= BIG


def test_folder_that_is_not_there_holds_nothing(world: World) -> None:
    """Where nobody ever ran, there is nothing to let go of, and nothing is made."""
    nowhere = world.folder / "nowhere"
    assert shed(world.uv, nowhere, 0) == 0
    assert not nowhere.exists()
