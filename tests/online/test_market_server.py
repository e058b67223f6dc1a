"""The example app in the first error's environment, with the real doctor beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
import uv

pytestmark = pytest.mark.online

_ROOT = Path(__file__).parents[2]
_APP = _ROOT / "examples" / "market_server"
_PATIENCE = 240
"""Seconds until it is up: it asks the doctor before it answers."""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter with the app, compatcheck, and openai-agents as it was damaged."""
    tool, folder = uv.find_uv_bin(), tmp_path / "venv"
    python = folder / "bin" / "python"
    pip = [tool, "pip", "install", "-q", "--python", str(python)]
    for words in (
        [tool, "venv", "-q", "-p", sys.executable, str(folder)],
        [*pip, str(_APP), str(_ROOT)],
        [*pip, "--no-deps", "agents"],
        [tool, "pip", "uninstall", "-q", "--python", str(python), "agents"],
    ):
        subprocess.run(words, check=True)
    return python


@contextmanager
def started(python: Path, folder: Path) -> Iterator[str]:
    """The app, as it runs there, by its address."""
    port = folder / "port"
    code = (
        "import socket, sys; from market_server.__main__ import main; "
        "it = socket.create_server(('127.0.0.1', 0)); number = it.getsockname()[1]; "
        f"it.close(); open({str(port)!r}, 'w').write(str(number)); "
        "sys.argv[1:] = ['--port', str(number)]; main()"
    )
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    variables = {
        **os.environ,
        "COMPATCHECK_CACHE": str(folder / "cache"),
        "DATABASE_URL": "memory:",
        "PATH": path,
    }
    with (folder / "log").open("w") as log:
        app = subprocess.Popen(
            [python, "-c", code], cwd=folder, env=variables, stdout=log, stderr=log
        )
    try:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and app.poll() is None:
            try:
                address = f"http://127.0.0.1:{port.read_text()}"
                urlopen(f"{address}/health").close()
            except (URLError, OSError):
                time.sleep(0.2)
            else:
                yield address
                return
        raise AssertionError((folder / "log").read_text())
    finally:
        app.terminate()
        app.wait(30)


def test_damaged_app_names_the_doctors_cause(python: Path, tmp_path: Path) -> None:
    """It starts, says `degraded`, and tells cause and mend where a user asks."""
    with started(python, tmp_path) as address:
        with urlopen(f"{address}/health") as answer:
            health = json.load(answer)
        asked = Request(f"{address}/chatkit/sdk", data=b"{}")
        with pytest.raises(HTTPError) as refused:
            urlopen(asked)
        said = json.load(refused.value)
    assert health["status"] == "degraded"
    assert refused.value.code == 503
    for words in (health["why"], said["message"], (tmp_path / "log").read_text()):
        assert "agents/__init__.py of openai-agents" in words
        assert "(compatcheck: overlap-deleted)" in words
        assert "reinstall openai-agents==" in words
