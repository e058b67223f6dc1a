"""Rebuilds the corpus of import failures: each in an environment of its own.

Nothing of compatcheck takes part: what it is measured with must not depend on it.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uv

CORPUS: Final = Path(__file__).with_name("corpus") / "failures.jsonl"
_WORDS: Final = """
set -e
I() { uv pip install -q -p "$PY" "$@"; }
U() { uv pip uninstall -q -p "$PY" "$@"; }
PI() { "$PY" -m pip install -q "$@"; }
PU() { "$PY" -m pip uninstall -q -y "$@"; }
"""
"""What the words of a recipe mean: see the corpus' README."""
_PATIENCE: Final = 900.0
_UV: Final = Path(uv.find_uv_bin())
_KEPT: Final = ("HOME", "LANG", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "PYENV_ROOT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One failure of the corpus, and how it is made."""

    id: str
    cause: str
    """The id of its true cause."""
    python: str
    setup: str
    prefix: str
    statement: str
    last_line: str
    """What was seen where it was first rebuilt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A failure as it stands on the disk."""

    recipe: Recipe
    root: Path
    environ: Mapping[str, str]

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.root / "env" / "bin" / "python"

    @property
    def folder(self) -> Path:
        """The working directory of whoever saw it fail."""
        return self.root / "work"

    def replay(self) -> list[str]:
        """What is to be replayed, as arguments of `compatcheck doctor`."""
        statement = self.recipe.statement
        if not statement.startswith('"$PY"'):
            return ["--run", statement]
        words = shlex.split(statement)
        return ["--", *(word.replace("$PY", str(self.python)) for word in words)]


def read_corpus(path: Path = CORPUS) -> list[Recipe]:
    """Every failure of a corpus, in its order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_recipe(json.loads(line)) for line in lines if line.strip()]


def rebuild(recipe: Recipe, parent: Path, uv_cache: Path) -> World | str:
    """Make one failure anew below a folder; what went wrong where that fails.

    One that stands already is taken as it is.
    """
    base = _base_python(recipe.python)
    if base is None:
        return f"no Python {recipe.python}"
    root = parent / recipe.id
    world = World(recipe=recipe, root=root, environ=_environ(recipe, root, uv_cache))
    if (root / "built").exists():
        return world
    shutil.rmtree(root, ignore_errors=True)
    world.folder.mkdir(parents=True)
    venv = f'uv venv -q -p {shlex.quote(str(base))} "$V"\n'
    setup = recipe.setup.replace("<base>", str(base.parent.parent))
    ended = _run(_WORDS + venv + setup, world)
    if ended.returncode != 0:
        return " ".join(ended.stderr.split())[-300:]
    (root / "built").touch()
    return world


def _run(script: str, world: World) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "-c", script],  # recipes are written for it
        cwd=world.folder,
        env=dict(world.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )


def _recipe(told: dict[str, Any]) -> Recipe:
    recipe = told["recipe"]
    return Recipe(
        id=told["id"],
        cause=told["true_cause"],
        python=told["python"],
        setup=recipe["setup"],
        prefix=recipe["prefix"],
        statement=recipe["statement"],
        last_line=told["last_line"],
    )


def _environ(recipe: Recipe, root: Path, uv_cache: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    index = {k: v for k, v in os.environ.items() if k.startswith(("UV_", "PIP_"))}
    tools = os.pathsep.join([str(_UV.parent), os.defpath])
    variables = {
        **kept,
        **index,
        "PATH": tools,
        "UV_CACHE_DIR": str(uv_cache),
        "UV_PYTHON_DOWNLOADS": "never",
        "W": str(root / "work"),
        "V": str(root / "env"),
        "PY": str(root / "env" / "bin" / "python"),
    }
    for word in shlex.split(recipe.prefix):
        name, _, value = word.partition("=")
        variables[name] = value.replace("$W", variables["W"])
    return variables


def _base_python(version: str) -> Path | None:
    """A Python of that version under pyenv, else of its minor, there or on PATH."""
    minor = ".".join(version.split(".")[:2])
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    exact = root / version / "bin" / "python"
    if exact.exists():
        return exact
    alike = sorted(root.glob(f"{minor}.[0-9]*/bin/python"))
    if alike:
        return alike[-1]
    found = shutil.which(f"python{minor}")
    return Path(found) if found else None
