"""What every benchmark shares: clocks, spreads, tables, and figures kept as JSON."""

from __future__ import annotations

import json
import os
import platform
import signal
import statistics
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import platformdirs
from rich.console import Console
from rich.table import Table

ROOT: Final = Path(__file__).resolve().parents[1]
"""This checkout."""
RESULTS: Final = Path(__file__).parent / "results"
"""Where figures are kept unless another folder is named."""
WORK: Final = platformdirs.user_cache_path("compatcheck-benchmarks")
"""Where caches and throw-away environments live between runs: that is what makes
caches warm. One folder, since uv links files only within a file system."""

_PATIENCE: Final = 10
"""Seconds in which a program that is asked to end should have ended."""
_WIDTH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What repeated measurements say, in their own unit."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        """`12.3 (11.9 … 14.0)`, or the value where there is but one."""
        if len(self.values) == 1:
            return f"{self.median:.2f}"
        return f"{self.median:.2f} ({min(self.values):.2f} … {max(self.values):.2f})"

    def as_json(self) -> dict[str, object]:
        """The median, and all there were."""
        return {
            "median": round(self.median, 4),
            "values": [round(value, 4) for value in self.values],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program to be measured."""

    words: tuple[str, ...]
    folder: Path
    environ: Mapping[str, str]
    log: Path | None = None
    """Where its output goes; nowhere where none is named."""


def seconds_of(commands: Sequence[Command]) -> tuple[float, tuple[int, ...]]:
    """Wall seconds until all of these have ended, begun together; and how they left.

    They are ended when whoever waits for them is interrupted, or asked to end.
    """
    with ExitStack() as stack:
        stack.enter_context(_leaving_when_asked())
        outputs = [
            stack.enter_context((command.log or Path(os.devnull)).open("wb"))
            for command in commands
        ]
        started = time.perf_counter()
        running = [
            stack.enter_context(_start(command, output.fileno()))
            for command, output in zip(commands, outputs, strict=True)
        ]
        try:
            codes = tuple(process.wait() for process in running)
        except BaseException:
            for process in running:
                _end(process)
            raise
        return time.perf_counter() - started, codes


@contextmanager
def _leaving_when_asked() -> Generator[None]:
    """Have SIGTERM raise `SystemExit`, so that nothing that was begun is left."""

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _start(command: Command, output: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command.words,
        cwd=command.folder,
        env=dict(command.environ),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program and what it started to end, and kill what does not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)


def cpus() -> int:
    """How many processors this process may use: what runs at one time, for everyone."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine() -> dict[str, object]:
    """What figures hold for; `load` is what others did here when it began."""
    return {
        "cpus": cpus(),
        "load": [round(each, 2) for each in os.getloadavg()],
        "machine": platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
        "uv": version("uv"),
    }


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: the first column is words, the others are figures."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    Console(width=_WIDTH).print(table)


def keep(folder: Path, name: str, figures: Mapping[str, object]) -> Path:
    """Write figures to `NAME.json` in a folder, beside the machine they hold for."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    told = {"benchmark": name, "machine": machine(), **figures}
    path.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return path
