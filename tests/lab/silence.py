"""Asks `compatcheck doctor` about healthy environments: it must find nothing.

`python tests/lab/silence.py --work FOLDER [--only NAME]`

What is healthy stands in `silence.toml`. Each environment is made below FOLDER, and
stays there for the next run; its imports must run, or it counts as gone.
The doctor is asked twice: with those imports replayed, and about the environment alone.
Exits 1 on a finding, or where an environment is gone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uv

LISTED: Final = Path(__file__).with_suffix(".toml")
_UV: Final = uv.find_uv_bin()
_JOBS: Final = 2
_PATIENCE: Final = 900.0
_KEPT: Final = ("HOME", "LANG", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "PYENV_ROOT")
_PROJECT: Final = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[project]
name = "{name}"
version = "1.0"
[tool.setuptools.packages.find]
where = ["src"]
namespaces = {namespace}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """An environment that nothing is wrong with."""

    told: Mapping[str, Any]
    root: Path

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.told["name"])

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.root / "env" / "bin" / "python"

    @property
    def environ(self) -> dict[str, str]:
        """The variables of its user."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environ = {**kept, "PATH": os.defpath}
        if "layer" in self.told:
            environ["PYTHONPATH"] = str(self.root / "layer")
        if "user" in self.told:
            environ["PYTHONUSERBASE"] = str(self.root / "user")
        return environ

    @property
    def statement(self) -> str:
        """What must run."""
        return "; ".join(f"import {it}" for it in self.told["imports"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one environment."""

    name: str
    gone: str = ""
    """Why it is not healthy, as far as its imports or the installer tell."""
    findings: tuple[str, ...] = ()


def read() -> list[Mapping[str, Any]]:
    """Every environment that is listed."""
    told = tomllib.loads(LISTED.read_text(encoding="utf-8"))
    found: list[Mapping[str, Any]] = told["environment"]
    return found


def make(one: Healthy) -> None:
    """Make it where it is not there. Raises `CalledProcessError`."""
    done = one.root / "done"
    if done.exists():
        return
    shutil.rmtree(one.root, ignore_errors=True)
    (one.root / "work").mkdir(parents=True)
    more = ["--system-site-packages"] if "user" in one.told else []
    _uv("venv", "--python", sys.executable, *more, str(one.root / "env"))
    python = ["--python", str(one.python)]
    _uv("pip", "install", *python, *one.told["install"])
    for key, folder in (("layer", one.root / "layer"), ("user", _user_site(one))):
        if key in one.told:
            _uv("pip", "install", *python, "--target", str(folder), *one.told[key])
    if "editable" in one.told:
        _uv("pip", "install", *python, "-e", str(_project(one)))
    done.touch()


def _user_site(one: Healthy) -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return one.root / "user" / "lib" / version / "site-packages"


def _project(one: Healthy) -> Path:
    """A small project, its package in `src`."""
    name = one.told["editable"]
    folder = one.root / "project"
    package = folder.joinpath("src", *name.split("."))
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("APPLE = 1\n", encoding="utf-8")
    namespace = str(one.told.get("namespace", False)).lower()
    text = _PROJECT.format(name=name.replace(".", "-"), namespace=namespace)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def _uv(*arguments: str) -> None:
    command = [_UV, *arguments, "--quiet"]
    subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE)


def ask(told: Mapping[str, Any], work: Path) -> Answer:
    """Make one, see that it is healthy, and hear what the doctor finds."""
    one = Healthy(told=told, root=work / str(told["name"]))
    try:
        make(one)
    except subprocess.SubprocessError as error:
        said = getattr(error, "stderr", None) or b""
        return Answer(name=one.name, gone=f"not made: {said.decode()[:300] or error}")
    ran = _run(one, (str(one.python), "-c", one.statement))
    if ran.returncode:
        return Answer(name=one.name, gone=f"does not import: {ran.stderr[-300:]}")
    asked = (("--run", one.statement), ())
    found = [it for options in asked for it in _findings(one, options, work)]
    return Answer(name=one.name, findings=tuple(found))


def _findings(one: Healthy, options: Sequence[str], work: Path) -> list[str]:
    command = [sys.executable, "-m", "compatcheck", "doctor", "-f", "json"]
    ended = _run(
        one,
        [*command, "--python", str(one.python), *options],
        COMPATCHECK_CACHE=str(work / "cache"),
    )
    try:
        told = json.loads(ended.stdout)
    except ValueError:
        return [f"doctor left with {ended.returncode}: {ended.stderr[-300:]}"]
    found = [f"{it['rule']}: {it['title']}" for it in told["diagnoses"]]
    if not found and (ended.returncode or not told["healthy"]):
        found = [f"doctor left with {ended.returncode}, and calls it not healthy"]
    return found


def _run(
    one: Healthy, command: Sequence[str], **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=one.root / "work",
        env={**one.environ, **more},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )


def main() -> int:
    """Ask all of them, or those that are named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--only", action="append", help="the name of one of them")
    options = parser.parse_args()
    listed = [it for it in read() if not options.only or it["name"] in options.only]
    work = options.work.absolute()
    with ThreadPoolExecutor(_JOBS) as pool:
        answers = list(pool.map(lambda told: ask(told, work), listed))
    for answer in answers:
        told = answer.gone or "; ".join(answer.findings) or "silent"
        print(f"{answer.name:28}{told}")
    findings = sum(len(answer.findings) for answer in answers)
    gone = sum(bool(answer.gone) for answer in answers)
    print(f"{len(answers)} environments: {findings} findings, {gone} gone")
    return 1 if findings or gone or not answers else 0


if __name__ == "__main__":
    sys.exit(main())
