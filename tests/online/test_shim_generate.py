"""Adaptations of real releases, generated, proven and used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import uv
from conftest import Command

pytestmark = pytest.mark.online

ROOT = Path(__file__).parents[2]
SHIMS = ROOT / "shims" / "src"
CORPUS = ROOT / "tests" / "lab" / "corpus" / "failures.jsonl"
_NETWORK = ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")


@pytest.fixture
def real(command: Command) -> Command:
    """The command, with the index that this machine is configured for."""
    command.variables.clear()
    for name, value in os.environ.items():
        if name.startswith(("UV_", "PIP_")) or name.upper() in _NETWORK:
            command.variables[name] = value
    return command


@dataclass(frozen=True, kw_only=True)
class Place:
    """An environment that has the shim."""

    python: Path

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run a file with that code, so that a traceback shows its lines."""
        file = self.python.parents[2] / "app.py"
        file.write_text(f"{code}\n")
        return subprocess.run(
            [self.python, file], capture_output=True, text=True, check=False
        )


def made(folder: Path, *requires: str) -> Place:
    """An environment with these, as anybody makes one, and the shim beside them."""
    tool, python = uv.find_uv_bin(), folder / "venv" / "bin" / "python"
    subprocess.run(
        [tool, "venv", "-q", "-p", sys.executable, folder / "venv"], check=True
    )
    words = [tool, "pip", "install", "-q", "--python", str(python), "packaging"]
    subprocess.run([*words, *requires], check=True)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "shims.pth").write_text(f"{SHIMS}\n")
    return Place(python=python)


def test_moved_private_module(real: Command, tmp_path: Path) -> None:
    """What a consumer's own tests reach for has another home now: it is found."""
    place = made(tmp_path, "openai-agents==0.24.0")
    statement = "from agents._run_impl import QueueCompleteSentinel"
    failed = place.run(statement)
    assert "No module named 'agents._run_impl'" in failed.stderr
    named = ("--python", str(place.python))
    said = real("shim", "generate", *named, "--for", failed.stderr, timeout=600)
    assert said.code == 0, said
    assert f"`{statement}` failed without it and works with it" in said.out
    (file,) = (real.folder / "shims").glob("*/*.py")
    assert file.parent.name == "agents._run_impl"
    home = file.read_text().partition("'QueueCompleteSentinel': '")[2].partition(":")[0]
    used = place.run(
        f"import compat_shims; compat_shims.install({str(file.parents[1])!r})\n"
        f"{statement}\nimport {home} as home\n"
        "print(QueueCompleteSentinel is home.QueueCompleteSentinel)"
    )
    assert used.stdout == "True\n", used.stderr
    assert used.stderr.count("CompatShimWarning:") == 1


@pytest.mark.parametrize(
    ("case", "homes"),
    [
        ("flask-jinja-escape", {"markupsafe:escape", "markupsafe:Markup"}),
        ("jinja-soft-unicode", {"markupsafe:soft_str"}),
    ],
)
def test_pairs_that_were_seen_to_fail_in_public(
    real: Command, tmp_path: Path, case: str, homes: set[str]
) -> None:
    """Adapted by what their older releases did: taken from there, handed on to that."""
    rows = map(json.loads, CORPUS.read_text("utf-8").splitlines())
    (row,) = [it for it in rows if it["id"] == case]
    pins = [f"{name}=={version}" for name, version in row["packages"].items()]
    place = made(tmp_path, *pins)
    statement = row["recipe"]["statement"]
    failed = place.run(statement)
    assert row["last_line"].partition(" (")[0] in failed.stderr
    (real.folder / "app.py").write_text(f"{statement}\n")
    words = ("shim", "generate", "--python", str(place.python))
    said = real(*words, "--", "python", "app.py", timeout=600)
    assert said.code == 0, said
    files = (real.folder / "shims").glob("*/*.py")
    found = {it.read_text().partition("home='")[2].partition("'")[0] for it in files}
    assert found == homes
    install = f"compat_shims.install({str(real.folder / 'shims')!r})"
    used = place.run(f"import compat_shims; {install}\n{statement}")
    assert used.returncode == 0, used.stderr
    assert used.stderr.count("CompatShimWarning:") == len(homes)
