"""Small broken worlds: wheels, an environment and a folder, as a `case.toml` tells.

A case says which wheels there are, what was done, and what then fails; `healed` is what
undoes it. The wheels lie in a folder that stands for the index.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uv

from planted.wheels import write_wheel

CASES: Final = Path(__file__).parent.parent / "cases"
_UV: Final = uv.find_uv_bin()
_KEPT: Final = ("HOME", "LANG", "LD_LIBRARY_PATH", "PYENV_ROOT")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A broken world as it is written down."""

    rule: str
    """The id of its true cause: the name of its folder."""
    name: str
    path: Path
    told: Mapping[str, Any]

    @property
    def python(self) -> str | None:
        """The version that it needs; None where any will do."""
        found: str | None = self.told.get("python")
        return found

    @property
    def also(self) -> frozenset[str]:
        """Other rules that speak, too, were they asked: known and looked over."""
        return frozenset(self.told.get("also", ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedWorld:
    """A world on the disk."""

    root: Path
    environ: dict[str, str]
    command: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """The working directory."""
        return self.root / "work"

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.root / "env" / "bin" / "python"


def case_files() -> list[CaseFile]:
    """Every case that is written down, by rule and name."""
    return [
        CaseFile(
            rule=path.parent.name,
            name=path.stem,
            path=path,
            told=tomllib.loads(path.read_text(encoding="utf-8")),
        )
        for path in sorted(CASES.glob("*/*.toml"))
    ]


def plant(case: CaseFile, root: Path, base: Path, *, healed: bool) -> PlantedWorld:
    """Make a case below a folder, with `base` as its interpreter."""
    world = PlantedWorld(
        root=root,
        environ=_environ(root),
        command=_command(case.told, root, healed=healed),
    )
    world.folder.mkdir(parents=True)
    (root / "links").mkdir()
    for wheel in case.told.get("wheels", ()):
        write_wheel(
            root / "links",
            wheel["name"],
            wheel["version"],
            files=wheel.get("files", {}),
            requires=wheel.get("requires", ()),
            extras=wheel.get("extras", ()),
        )
    _uv(world, "venv", "--python", str(base), str(root / "env"))
    for step in case.told.get("steps", ()):
        _take(step, world)
    for step in case.told.get("healed", ()) if healed else ():
        _take(step, world)
    return world


def _environ(root: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "PATH": os.defpath,
        "COMPATCHECK_CACHE": str(root / "cache"),
        "UV_CACHE_DIR": str(root / "uv"),
        "UV_FIND_LINKS": str(root / "links"),
        "UV_NO_INDEX": "1",
        "UV_PYTHON_DOWNLOADS": "never",
    }


def _command(told: Mapping[str, Any], root: Path, *, healed: bool) -> tuple[str, ...]:
    python = str(root / "env" / "bin" / "python")
    words: Sequence[str] = told.get("command", ())
    if healed:
        words = told.get("healed_command", words)
    if words:
        return tuple(word.replace("$PY", python) for word in words)
    statement = told["run"]
    if healed:
        statement = told.get("healed_run", statement)
    return (python, "-c", statement)


def _take(step: Sequence[str], world: PlantedWorld) -> None:
    match step:
        case ["install", *requirements]:
            _uv(world, "pip", "install", "-p", str(world.python), *requirements)
        case ["environment", name]:
            _uv(world, "venv", "-p", str(world.python), str(world.folder / name))
        case ["install-into", name, *requirements]:
            python = world.folder / name / "bin" / "python"
            _uv(world, "pip", "install", "-p", str(python), *requirements)
        case ["uninstall", *names]:
            _uv(world, "pip", "uninstall", "-p", str(world.python), *names)
        case ["write", path, text]:
            target = _path(path, world)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        case ["move", old, new]:
            _path(old, world).rename(_path(new, world))
        case ["delete", path]:
            _delete(_path(path, world))
        case ["variable", name, value]:
            world.environ[name] = str(_path(value, world)) if value else ""
        case _:
            raise ValueError(f"no such step: {step}")


def _path(path: str, world: PlantedWorld) -> Path:
    """A path below the working directory, or below `$SITE`."""
    if path.startswith("$SITE"):
        (site,) = world.root.glob("env/lib/python*/site-packages")
        return site / path.removeprefix("$SITE/")
    return world.folder / path


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _uv(world: PlantedWorld, *arguments: str) -> None:
    # uv has no variable that says so.
    nowhere = ["--no-index"] if "install" in arguments else []
    command = [_UV, *arguments, *nowhere, "--quiet", "--no-config"]
    ended = subprocess.run(
        command,
        cwd=world.folder,
        env=world.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise ValueError(f"{arguments}: {ended.stderr}")
