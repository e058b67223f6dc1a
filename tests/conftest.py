"""What every test may rely on: no network but loopback, and a compatcheck to run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from compatcheck.model import Interpreter

_KEPT = ("LANG", "LD_LIBRARY_PATH", "PATH", "PYENV_ROOT")
"""Of the environment of whoever runs the tests: nothing that configures an index."""


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest) -> None:
    """Block all sockets but loopback ones, unless the test is marked `online`."""
    if request.node.get_closest_marker("online") is None:
        request.getfixturevalue("_loopback_only")


@pytest.fixture
def _loopback_only() -> None:
    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


def python(version: str) -> Interpreter:
    """A Python of that version.

    Without it the test is skipped on a user's machine, and fails in CI: there, a test
    that does not run must not pass for one that passes.
    """
    from compatcheck.errors import UsageError
    from compatcheck.interpreters import choose

    try:
        (found,) = choose([version], os.environ)
    except UsageError as error:
        if "CI" in os.environ:
            pytest.fail(str(error))
        pytest.skip(f"no Python {version} is here")
    return found


def wait_until(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something to come true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a run of the command left."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """The command `compatcheck`, in a folder and with a cache of its own."""

    folder: Path
    home: Path
    variables: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """All the variables that it runs with."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {
            **kept,
            "HOME": str(self.home),
            "COMPATCHECK_CACHE": str(self.home / "cache"),
            "COLUMNS": "100",
            **self.variables,
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it, in a process group of its own as a shell would."""
        return subprocess.Popen(
            [sys.executable, "-m", "compatcheck", *arguments],
            cwd=self.folder,
            env=self.environ(),
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def __call__(self, *arguments: str, timeout: float = 120) -> Said:
        """Run it to its end."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=timeout)
        return Said(code=process.returncode, out=out, err=err)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command in an empty folder, with an empty cache and no index at all."""
    folder, home = tmp_path / "folder", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    return Command(folder=folder, home=home, variables={"UV_NO_INDEX": "1"})


@pytest.fixture
def links(tmp_path: Path, command: Command) -> Path:
    """A folder of wheels that the command takes distributions from."""
    folder = tmp_path / "links"
    folder.mkdir()
    command.variables["UV_FIND_LINKS"] = str(folder)
    return folder
