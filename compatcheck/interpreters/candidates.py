"""Where Pythons lie: on PATH, with uv, with pyenv, and the one that runs us."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from compatcheck.interpreters.run import run

_NAME: Final = re.compile(
    r"(?P<implementation>python|pypy|graalpy)(?P<version>\d+(\.\d+)*)?(\.exe)?"
)

_INSTALLATION: Final = re.compile(
    r"((?P<implementation>pypy)-?)?(?P<version>\d+\.\d+(\.\d+((a|b|rc)\d+)?)?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file that may be a Python, and what its name promises before it is run."""

    path: Path
    implementation: str | None = None
    version: tuple[str, ...] = ()


def candidates(environ: Mapping[str, str]) -> list[Candidate]:
    """The files that may be Pythons, each once, the nearest first."""
    home = Path(environ.get("HOME") or Path.home())
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv")
    running = Path(getattr(sys, "_base_executable", None) or sys.executable)
    distinct: dict[Path, Candidate] = {}
    for candidate in (
        _named(running),
        *_on_path(environ, without=pyenv / "shims"),
        *_managed(environ),
        *_under_pyenv(pyenv),
    ):
        distinct.setdefault(_identity(candidate.path), candidate)
    return list(distinct.values())


def implementation(word: str | None) -> str:
    """The implementation that a name stands for; `python` alone is CPython."""
    return "cpython" if word in (None, "python") else word


def _identity(path: Path) -> Path:
    """What a path stands for: links are followed from one Python to another.

    Version managers link `python3.12` to a binary of their own, which only knows by
    that name what to do: such a link stands for itself.
    """
    target = path.resolve()
    return target if _NAME.fullmatch(target.name) else path


def _named(path: Path) -> Candidate:
    """A candidate whose file name promises a version, such as `python3.12`."""
    match = _NAME.fullmatch(_identity(path).name)
    if match is None:
        return Candidate(path=path)
    return Candidate(
        path=path,
        implementation=implementation(match["implementation"]),
        version=tuple(match["version"].split(".")) if match["version"] else (),
    )


def _on_path(environ: Mapping[str, str], *, without: Path) -> Iterator[Candidate]:
    """Those on PATH, but for pyenv's shims: what they start is under `versions`."""
    for entry in environ.get("PATH", os.defpath).split(os.pathsep):
        folder = Path(entry)
        if not entry or folder == without or not folder.is_dir():
            continue
        try:
            files = sorted(folder.iterdir())
        except OSError:
            continue
        for file in files:
            if _NAME.fullmatch(file.name) and os.access(file, os.X_OK):
                yield _named(file)


def _managed(environ: Mapping[str, str]) -> Iterator[Candidate]:
    """Those that uv installed; none where uv does not answer."""
    import uv

    # Without PATH uv asks only what it manages: we look along PATH ourselves.
    variables = {**environ, "PATH": "", "UV_PYTHON_DOWNLOADS": "never"}
    flags = "--only-installed --managed-python --all-versions --offline --no-config"
    answer = run(
        [uv.find_uv_bin(), "python", "list", *flags.split(), "--output-format=json"],
        variables,
    )
    try:
        told = json.loads(answer)
    except ValueError:
        return
    for one in told:
        yield Candidate(
            path=Path(one["path"]),
            implementation=one["implementation"],
            version=tuple(one["version"].split(".")),
        )


def _under_pyenv(root: Path) -> Iterator[Candidate]:
    """Those that pyenv installed, active or not."""
    for python in sorted(root.glob("versions/*/bin/python")):
        match = _INSTALLATION.match(python.parent.parent.name)
        if match is None:  # graalpy-22.3 and miniconda3-4.7 tell a version of their own
            yield Candidate(path=python)
            continue
        yield Candidate(
            path=python,
            implementation=implementation(match["implementation"]),
            version=tuple(match["version"].split(".")),
        )
