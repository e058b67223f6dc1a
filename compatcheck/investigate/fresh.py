"""Environments made anew: the failure asked where nothing can have been damaged."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from compatcheck.diagnosis.bench import Bench, Ran
from compatcheck.diagnosis.bench import Outcome as Ended
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.versions import is_same
from compatcheck.environments import Uv
from compatcheck.environments.live import Process
from compatcheck.environments.uv import first_cause
from compatcheck.investigate.asking import Ask
from compatcheck.remedies.at import At
from compatcheck.remedies.copies import led
from compatcheck.report.investigated import Came, World

_KEPT: Final = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
"""Without these, programs do not run as they do for anybody."""
_NAME: Final = "fresh"
"""What the folder is called in what people are told."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How a failure comes out elsewhere."""

    outcome: Came
    said: str


@dataclass(frozen=True, kw_only=True)
class Made:
    """A fresh environment, and how it was made."""

    root: Path
    commands: tuple[str, ...]
    pins: tuple[str, ...]
    fault: str | None
    """Why it could not be made."""

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.root / "bin" / "python"


@dataclass(frozen=True, kw_only=True)
class Nursery:
    """Makes environments and asks in them; all are gone with the scratch folder."""

    uv: Uv
    scratch: Path
    bench: Bench
    scenes: tuple[Scene, ...]
    """The failure as it was seen, and what lies behind it: each counts as the same."""

    def make(self, requirements: Sequence[str], *, alone: bool = False) -> Made:
        """An environment of the same Python with these; `alone`: nothing comes along.

        Raises `CouldNotTell` where uv itself does not run.
        """
        root = Path(tempfile.mkdtemp(prefix="fresh-", dir=self.scratch)) / _NAME
        python = os.path.realpath(self.bench.python.executable)
        told = ["uv", "venv", "--python", self.bench.python.minor, _NAME]
        commands = [shlex.join(told)]
        ended = self.uv.run(["venv", "--python", python, "--no-project", str(root)])
        if ended.code == 0 and requirements:
            target = ("--python", str(root / "bin" / "python"))
            options = ["--no-build", *(("--no-deps",) if alone else ())]
            ended = self.uv.run(
                ["pip", "install", *target, *options, "-r", "-"],
                text="\n".join(requirements),
            )
            commands.append(_install(requirements, options))
        fault = first_cause(ended.error) if ended.code else None
        pins = () if fault else self._pins(root)
        return Made(root=root, commands=tuple(commands), pins=pins, fault=fault)

    def _pins(self, root: Path) -> tuple[str, ...]:
        python = str(root / "bin" / "python")
        ended = self.uv.run(["pip", "freeze", "--python", python])
        return tuple(ended.output.split("\n")[:-1]) if ended.code == 0 else ()

    def says(self, made: Made, asked: Ask, what: str) -> World:
        """The same asked in it, in an empty folder, without the user's variables."""
        if made.fault is not None:
            return _world(made, what, Seen(outcome="not made", said=made.fault))
        folder = Path(tempfile.mkdtemp(prefix="empty-", dir=self.scratch))
        process = self.bare(made.python, folder, asked)
        command = shlex.join([f"{_NAME}/bin/python", *asked.tail])
        return _world(made, what, self.seen(process), command)

    def replays(self, made: Made, process: Process, what: str) -> World:
        """What the user runs, in the user's folder, with this environment instead."""
        if made.fault is not None:
            return _world(made, what, Seen(outcome="not made", said=made.fault))
        old = self.bench.python.prefix
        at = At(
            process=process,
            uv=None,
            has_pip=False,
            moved=((old, str(made.root)),),
        )
        there = led(process, at)
        own, new = str(process.python), str(made.python)
        command = tuple(new if it == own else it for it in there.command)
        there = replace(there, python=made.python, command=command)
        shown = [it.replace(str(made.root), _NAME) for it in command]
        if not command[0].startswith(str(made.root)):
            seen = Seen(outcome="unknown", said=f"{command[0]} is of no environment")
            return _world(made, what, seen)
        return _world(made, what, self.seen(there), shlex.join(shown))

    def here(self, asked: Ask) -> Seen:
        """The same in the user's environment, but in an empty folder, and bare."""
        folder = Path(tempfile.mkdtemp(prefix="empty-", dir=self.scratch))
        return self.seen(self.bare(self.bench.process.python, folder, asked))

    def bare(self, python: Path, folder: Path, asked: Ask) -> Process:
        """A process with next to no variables."""
        environ = self.bench.process.environ
        return Process(
            python=python,
            command=(str(python), *asked.tail),
            folder=folder,
            environ={it: environ[it] for it in _KEPT if it in environ},
        )

    def seen(self, process: Process) -> Seen:
        """How a process ends, beside the failure that is looked into."""
        return self.compared(self.bench.ask(process))

    def compared(self, outcome: Ended | None) -> Seen:
        """An outcome, beside the failure that is looked into."""
        if outcome is None:
            return Seen(outcome="unknown", said="it ended without a word, or too late")
        if isinstance(outcome, Ran):
            return Seen(outcome="works", said="")
        said = f"{outcome.type}: {' '.join(outcome.message.split())}"
        same = any(is_same(outcome, scene) for scene in self.scenes)
        return Seen(outcome="fails" if same else "fails otherwise", said=said)


def _install(requirements: Sequence[str], options: Sequence[str]) -> str:
    """The command for people; many requirements stand in a file."""
    few = len(requirements) <= 4  # noqa: PLR2004 - what a line holds
    words = list(requirements) if few else ["-r", "installed.txt"]
    python = ("--python", f"{_NAME}/bin/python")
    return shlex.join(["uv", "pip", "install", *python, *options, *words])


def _world(made: Made, what: str, seen: Seen, command: str | None = None) -> World:
    return World(
        what=what,
        commands=(*made.commands, *((command,) if command else ())),
        pins=made.pins,
        outcome=seen.outcome,
        said=seen.said.replace(str(made.root), _NAME),
    )


def installed_pins(nursery: Nursery) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What an index can give of what is installed, pinned; and what it cannot."""
    pinned, left = [], []
    for it in nursery.scenes[0].inspection.by_name.values():
        if it.editable is None and "+" not in it.version:
            pinned.append(f"{it.name}=={it.version}")
        else:
            left.append(str(it))
    return tuple(sorted(pinned)), tuple(sorted(left))
