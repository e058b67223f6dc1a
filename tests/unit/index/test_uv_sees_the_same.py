"""What we read from an index and what uv resolves from it are the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from planted.loopback import LoopbackIndex, Manners
from planted.wheels import write_wheel
from uv import find_uv_bin

from compatcheck.index.client import Simple
from compatcheck.index.settings import read_index_settings, uv_environment

PIP = "PIP_CONFIG_FILE"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LoopbackIndex]:
    """Serve demo 1.0 and 2.0, for those who know the password."""
    manners = Manners(credentials=("me", "p@ss"))
    for version in ("1.0", "2.0"):
        files = {"demo.py": f"VERSION = {version!r}\n"}
        write_wheel(tmp_path / "served", "demo", version, files)
    with LoopbackIndex(tmp_path / "served", manners) as served:
        yield served


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Lay demo 3.0 into an index on disk and demo 4.0 into a flat folder."""
    root = tmp_path / "on disk"
    wheel = write_wheel(root / "files", "demo", "3.0", {"demo.py": ""})
    page = root / "simple" / "demo" / "index.html"
    page.parent.mkdir(parents=True)
    link = f'<a href="../../files/{wheel.name}">{wheel.name}</a>'
    page.write_text(f"<!DOCTYPE html><body>{link}</body>", encoding="utf-8")
    write_wheel(root / "flat, all", "demo", "4.0", {"demo.py": ""})
    return root


def uv(*arguments: str, environ: dict[str, str], folder: Path) -> str:
    """Run uv with nothing of the machine's own configuration."""
    base = {
        "UV_CACHE_DIR": str(folder / "cache"),
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
    }
    # Such as a test machine may have; what is handed over must prevail.
    stale = {"UV_EXTRA_INDEX_URL": "http://stale.example.invalid/"}
    found = subprocess.run(
        [find_uv_bin(), "--no-config", *arguments],
        env={**base, **stale, **environ},
        input="demo\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.mark.parametrize(
    ("variables", "newest"),
    [
        ({"UV_DEFAULT_INDEX": "{login}"}, "2.0"),
        ({"UV_DEFAULT_INDEX": "{login}", "UV_INDEX": "{disk}"}, "3.0"),
        ({"UV_DEFAULT_INDEX": "{disk}", "UV_INDEX": "{login}"}, "2.0"),
        ({"UV_DEFAULT_INDEX": "{disk}", "UV_INDEX": "{disk} {login}"}, "3.0"),
        ({"UV_DEFAULT_INDEX": "{flat}", "UV_INDEX": "{login} {disk} {login}"}, "2.0"),
        ({"PIP_INDEX_URL": "{disk}", "PIP_EXTRA_INDEX_URL": "{login}"}, "3.0"),
        ({"PIP_INDEX_URL": "{login}", "PIP_FIND_LINKS": "{flat}"}, "4.0"),
        ({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "{flat}"}, "4.0"),
        ({"UV_INDEX": "corp={url}", "UV_DEFAULT_INDEX": "{disk}"}, "2.0"),
    ],
)
def test_newest_release(
    index: LoopbackIndex,
    disk: Path,
    tmp_path: Path,
    variables: dict[str, str],
    newest: str,
) -> None:
    """For any mixture of indexes uv picks the newest of the releases that we list."""
    places = {
        "url": index.url,
        "login": index.url_with("me", "p%40ss"),
        "disk": (disk / "simple").as_uri(),
        "flat": (disk / "flat, all").as_uri(),
    }
    login = {"UV_INDEX_CORP_USERNAME": "me", "UV_INDEX_CORP_PASSWORD": "p@ss"}
    environ = {PIP: os.devnull, "UV_NO_CONFIG": "1", **login}
    environ |= {name: value.format(**places) for name, value in variables.items()}
    settings = read_index_settings(environ, tmp_path, etc=tmp_path, prefix=tmp_path)
    with Simple(settings) as simple:
        project = simple.project("demo")
    assert project is not None
    assert str(project.releases[-1].version) == newest
    compiled = ("pip", "compile", "--no-header", "--no-annotate", "-q", "-")
    told = uv(*compiled, environ=uv_environment(settings), folder=tmp_path)
    assert told.strip() == f"demo=={newest}"


def test_uv_installs_what_is_planted(index: LoopbackIndex, tmp_path: Path) -> None:
    """Uv can install from the planted index, with its hashes and its metadata."""
    environ = {PIP: os.devnull, "UV_DEFAULT_INDEX": index.url_with("me", "p%40ss")}
    settings = read_index_settings(environ, tmp_path, etc=tmp_path, prefix=tmp_path)
    target = tmp_path / "target"
    install = ("pip", "install", "--target", str(target), "demo==1.0")
    uv(*install, environ=uv_environment(settings), folder=tmp_path)
    assert (target / "demo.py").read_text(encoding="utf-8") == "VERSION = '1.0'\n"
    assert index.requests["/files/demo-1.0-py3-none-any.whl.metadata"] == 1
