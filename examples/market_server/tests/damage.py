"""Environments of their own, to be damaged: all that is installed here, once more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from living import SECRET, until


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A venv with the app in it, and whatever a test leaves of the libraries."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def site(self) -> Path:
        """Where its distributions lie."""
        (found,) = (self.folder / "lib").glob("python*/site-packages")
        return found

    def forget(self, *names: str) -> None:
        """Take away files and folders, by pattern, as a bad uninstall does."""
        for name in names:
            found = list(self.site.glob(name))
            assert found, f"{name} is not there"
            for path in found:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def run(
        self, *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """What its Python prints, with these variables besides our own."""
        return subprocess.run(
            [self.python, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **variables},
        )


def made(folder: Path) -> Environment:
    """A copy of the environment that runs the tests; its files are hard links."""
    venv.create(folder, symlinks=True, with_pip=False)
    environment = Environment(folder=folder)
    here = Path(sysconfig.get_path("purelib"))
    shutil.copytree(
        here,
        environment.site,
        copy_function=_link,
        ignore=shutil.ignore_patterns("mypy*", "compatcheck*"),
        dirs_exist_ok=True,
    )
    return environment


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


@dataclass(frozen=True, kw_only=True)
class Started:
    """The app, running in an environment."""

    client: httpx.Client
    log: Path


@contextmanager
def started(environment: Environment, folder: Path) -> Iterator[Started]:
    """Start the app there as a user does, and end it."""
    log = folder / "log"
    port = _free_port()
    command = [str(environment.python), "-m", "market_server", "--port", str(port)]
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "MARKET_JWT_SECRET": SECRET,
    }
    with log.open("w") as written:
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=written, stderr=written
        )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: process.poll() is not None or _answers(url))
        assert process.poll() is None, log.read_text()
        with httpx.Client(base_url=url, timeout=60) as client:
            yield Started(client=client, log=log)
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(url: str) -> bool:
    assert urlsplit(url).hostname == "127.0.0.1"
    try:
        return httpx.get(f"{url}/health").status_code == 200
    except httpx.TransportError:
        return False


def here() -> Environment:
    """The environment that runs the tests, not to be damaged."""
    return Environment(folder=Path(sys.prefix))
