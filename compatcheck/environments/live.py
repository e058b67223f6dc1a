"""The live interpreter: what is installed for it, and what its user's process does.

The inspector is a guest under `-I`. The replay is not: it is the user's own process,
with the user's directory, variables and flags.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from stdlibs import stdlib_module_names

from compatcheck.environments.hearing import heard
from compatcheck.errors import EnvironmentFault
from compatcheck.model.inspected import (
    Inspection,
    Installed,
    Place,
    Python,
    Shared,
    SourceLink,
    within,
)

_GUEST: Final = Path(__file__).parent.parent / "guest"
_PATIENCE: Final = 120.0
"""Seconds that an inspection may take."""
_TOLD: Final = 1 << 20
"""Bytes of what a replay says that are kept: its end, where the traceback is."""
_MINOR_PARTS: Final = 2

# `sys` is built in: nothing in the user's folder can stand in its place.
_PATH: Final = (
    "import sys; sys.stdout.write(repr([sys.path, sys.flags.safe_path if"
    " hasattr(sys.flags, 'safe_path') else False]))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a process of the user's ended."""

    code: int
    """Negative where a signal ended it, as `subprocess` counts."""
    output: str
    """What it wrote last, on both streams."""
    late: bool = False
    """Whether it was ended because it did not end by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process of the user's: what is run, where, and with which variables."""

    python: Path
    """The interpreter that it is about."""
    command: tuple[str, ...]
    """The whole command; its first word may be another program than the interpreter."""
    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    def says(self, statement: str) -> Process:
        """The same, but for running a statement."""
        flags = self.flags
        return replace(self, command=(str(self.python), *flags, "-c", statement))

    def before(self, *folders: Path) -> Process:
        """The same, with folders in front of all but the script's own."""
        known = self.environ.get("PYTHONPATH")
        entries = [*map(str, folders), *([known] if known else [])]
        joined = os.pathsep.join(entries)
        return replace(self, environ={**self.environ, "PYTHONPATH": joined})

    @property
    def is_python(self) -> bool:
        """Whether the command is the interpreter itself."""
        return Path(self.command[0]).name.startswith(("python", "pypy"))

    @property
    def flags(self) -> tuple[str, ...]:
        """The interpreter's flags that the command gives, without what it runs."""
        found: list[str] = []
        for word in self.command[1:] if self.is_python else ():
            if not word.startswith("-") or word.startswith(("-c", "-m")) or word == "-":
                break
            found.append(word)
        return tuple(found)

    @property
    def script(self) -> Path | None:
        """The file that is run, if one is."""
        if not self.is_python:
            return None
        rest = self.command[1 + len(self.flags) :]
        if not rest or rest[0].startswith("-"):
            return None
        return self.folder / rest[0]

    def run(self, seconds: float) -> Told:
        """Run it to its end. Raises `EnvironmentFault` where it cannot be started."""
        try:
            code, said, late = heard(
                self.command, self.folder, self.environ, seconds, _TOLD
            )
        except OSError as error:
            words = f"{self.command[0]} cannot be started: {error.strerror}"
            raise EnvironmentFault(words) from error
        text = said.decode("utf-8", "backslashreplace")
        return Told(code=code, output=text, late=late)


def inspect(
    process: Process,
    names: Iterable[str] = (),
    files: Iterable[str] = (),
    first: str | None = None,
) -> Inspection:
    """What is installed, as that process sees it. Raises `EnvironmentFault`.

    `first` is a folder that it puts on its path by itself.
    """
    path, beside = _search_path(process)
    if first is not None:
        path.insert(0, first)
        beside = first if within(first, str(process.folder)) else beside
    asked = {"path": path, "names": sorted(set(names)), "files": sorted(set(files))}
    told = _ask(process, asked)
    return _inspection(told, path, beside)


def _search_path(process: Process) -> tuple[list[str], str | None]:
    """The user's own search path, and which entry is the script's or the folder."""
    told = _quiet(process.says(_PATH))
    try:
        (path, safe) = ast.literal_eval(told[told.index("[[") :])
    except (ValueError, SyntaxError) as error:
        raise EnvironmentFault(f"{process.python} does not tell its path") from error
    first = path[0] if path else None
    isolated = {"-I", "-P"}.intersection(process.flags) or safe
    if isolated or first != "":
        beside = None
    else:
        beside = str(_beside(process))
        path[0] = beside
    folder = str(process.folder)
    return [os.path.join(folder, entry) for entry in path], beside  # noqa: PTH118 - an absolute entry stays as it is spelt


def _beside(process: Process) -> Path:
    if process.script is not None:
        return process.script.parent
    if not process.is_python:
        return Path(process.command[0]).absolute().parent
    return process.folder


def _quiet(process: Process) -> str:
    try:
        ended = subprocess.run(
            process.command,
            cwd=process.folder,
            env=dict(process.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFault(f"{process.python} does not run: {error}") from error
    return ended.stdout.decode("utf-8", "backslashreplace")


def _ask(process: Process, asked: Mapping[str, object]) -> dict[str, Any]:
    """Send the inspector. Its own process is nobody's: no variables bend it."""
    try:
        ended = subprocess.run(
            [str(process.python), "-I", str(_GUEST), "--inspect"],
            cwd=process.folder,
            env=dict(process.environ),
            input=json.dumps(asked).encode(),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        told: dict[str, Any] = json.loads(ended.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        words = f"the inspector did not answer in {process.python}"
        raise EnvironmentFault(words) from error
    return told


def _inspection(
    told: Mapping[str, Any], path: Sequence[str], beside: str | None
) -> Inspection:
    here = tuple(_installed(it) for it in told["distributions"])
    return Inspection(
        python=_python(told["python"]),
        path=tuple(path),
        beside=beside,
        distributions=here,
        shared=tuple(
            Shared(
                path=it["path"],
                owners=tuple(here[number] for number in it["owners"]),
                matches=tuple(it["matches"]),
                there=it["there"],
                agree=it["agree"],
            )
            for it in told["shared"]
        ),
        names={
            name: tuple(_place(it) for it in places)
            for name, places in told["names"].items()
        },
        owners={
            file: tuple(here[number] for number in numbers)
            for file, numbers in told["owners"].items()
        },
        links=tuple(
            SourceLink(name=it.get("name"), target=it["target"], there=it["there"])
            for it in (*told["pth"], *told["finders"])
        ),
        unowned=tuple((it["root"], it["name"]) for it in told["unowned"]),
        extra=tuple(told["extra"]),
    )


def _place(told: Mapping[str, Any]) -> Place:
    return Place(kind=told["kind"], root=told["root"] or "", file=told["file"] or "")


def _installed(told: Mapping[str, Any]) -> Installed:
    return Installed(
        name=told["name"],
        version=told["version"],
        root=told["root"],
        summary=told["summary"],
        requires=tuple(told["requires"]),
        extras=tuple(told["extras"]),
        requires_python=told["requires_python"],
        editable=told["editable"],
        recorded=told["recorded"],
        missing=tuple(told["missing"]),
        hollow=frozenset(told["hollow"]),
        resized=tuple(told["resized"]),
        altered=tuple(told["altered"]),
        whole=told["whole"],
        tops=tuple(told["tops"]),
        importable=tuple(told["importable"]),
    )


def _python(told: Mapping[str, Any]) -> Python:
    minor = ".".join(told["version"].split(".")[:_MINOR_PARTS])
    standard = told["standard"] or stdlib_module_names(minor)
    return Python(
        version=told["version"],
        implementation=told["implementation"],
        executable=told["executable"],
        prefix=told["prefix"],
        base_prefix=told["base_prefix"],
        suffixes=tuple(told["suffixes"]),
        stdlib=told["stdlib"],
        standard=frozenset(standard),
        markers={**told["markers"], "extra": ""},
    )
