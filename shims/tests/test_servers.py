"""Programs that fork, spawn and start anew: real ones, each with an adapted app."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from textwrap import dedent

import pytest
from planting import SOURCE, World, adaptation, plant

PATIENCE = 30.0
WARNING = "CompatShimWarning: garden.plants/it was adapted"
APP = """
    import os
    from garden.plants import Rose

    WORD = "first"

    def wsgi(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{WORD} {Rose} {os.getpid()}".encode()]

    async def asgi(scope, receive, send):
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        body = f"{WORD} {Rose} {os.getpid()}".encode()
        await send({"type": "http.response.body", "body": body})
    """
FIRST_LINE = "import compat_shims; compat_shims.install('shims')\n"


@pytest.fixture
def app(world: World) -> Path:
    """An app that imports a name which was moved; its adaptation lies beside it."""
    files = {
        "garden/__init__.py": "",
        "garden/plants.py": "",
        "garden/flowers.py": "Rose = 'red'\n",
    }
    plant(world.site, "garden", "2.0", files)
    adaptation(world.shims, "garden.plants:Rose", "Alias(home='garden.flowers:Rose')")
    file = world.site.parent / "app.py"
    file.write_text(FIRST_LINE + dedent(APP))
    return file


def environ(app: Path, **variables: str) -> dict[str, str]:
    """Our own, with the garden and the shim on the path."""
    path = os.pathsep.join([str(app.parent / "site"), str(SOURCE)])
    return {**os.environ, "PYTHONPATH": path, **variables}


class Running:
    """A server that answers on loopback."""

    def __init__(self, port: int, log: Path) -> None:
        """Listen on that port; what it writes goes to `log`."""
        self._port, self._log = port, log

    def get(self) -> list[str]:
        """The words of its answer; none where nobody answers."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().read().decode().split()
        except OSError:
            return []
        finally:
            connection.close()

    @property
    def log(self) -> str:
        """All that it wrote so far."""
        return self._log.read_text()

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for it."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, self.log
            time.sleep(0.05)


@contextmanager
def running(app: Path, *command: str, **variables: str) -> Iterator[Running]:
    """A server, started by its command with `{port}` put in, and ended."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    log = app.parent / "log"
    words = [sys.executable, "-m", *(it.format(port=port) for it in command)]
    with log.open("w") as written:
        process = subprocess.Popen(
            words, cwd=app.parent, env=environ(app, **variables),
            stdout=written, stderr=subprocess.STDOUT,
        )  # fmt: skip
    server = Running(port, log)
    try:
        server.until(lambda: bool(server.get()) or process.poll() is not None)
        assert process.poll() is None, server.log
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


UVICORN = ("uvicorn", "app:asgi", "--port", "{port}", "--log-level", "warning")


def test_uvicorn_that_reloads(app: Path) -> None:
    """Each process that it starts is adapted anew, and says so once."""
    with running(app, *UVICORN, "--reload", "--reload-dir", str(app.parent)) as server:
        word, rose, first = server.get()
        assert (word, rose) == ("first", "red")
        assert server.log.count(WARNING) == 1
        # It looks every quarter of a second, and first notes how old files are.
        time.sleep(1.5)
        app.write_text(app.read_text().replace('"first"', '"second"'))
        server.until(lambda: server.get()[:1] == ["second"])
        _, rose, second = server.get()
        assert rose == "red"
        assert first != second
        assert server.log.count(WARNING) == 2


def test_app_that_may_not_be_edited(app: Path) -> None:
    """`compat-shims run` gives it to a server and its workers, with folders named."""
    app.write_text(app.read_text().removeprefix(FIRST_LINE))
    words = ("compat_shims", "run", "--", sys.executable, "-m", *UVICORN)
    with running(app, *words, COMPAT_SHIMS_FOLDERS="shims") as server:
        assert server.get()[1] == "red"
        assert server.log.count(WARNING) == 1


@pytest.mark.parametrize("options", [("--preload",), ()])
def test_gunicorn_and_its_workers(app: Path, options: tuple[str, ...]) -> None:
    """Loaded once and forked, or in each worker: adapted, and told by who loaded it."""
    bind = ("--bind", "127.0.0.1:{port}", "--workers", "2")
    with running(app, "gunicorn", *bind, *options, "app:wsgi") as server:
        seen = {server.get()[2] for _ in range(30)}
        assert seen
        assert server.get()[1] == "red"
        told = server.log.count(WARNING)
        assert told == 1 if options else told in {1, 2}


@pytest.mark.parametrize("options", [(), ("-W", "error")])
def test_pytest_and_its_import_hook(app: Path, options: tuple[str, ...]) -> None:
    """Beside the hook that rewrites assertions, and where warnings are errors."""
    (app.parent / "conftest.py").write_text(FIRST_LINE)
    (app.parent / "test_it.py").write_text(
        "from garden.plants import Rose\ndef test():\n    assert Rose == 'blue'\n"
    )
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    ended = subprocess.run(
        words, cwd=app.parent, env=environ(app), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "assert 'red' == 'blue'" in ended.stdout, "assertions are rewritten as ever"
    assert "error" not in ended.stdout.splitlines()[-1]
