"""What a run takes of the machine, it gives back."""

from __future__ import annotations

import json
import os
import random
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Command
from planted.wheels import write_wheel

from compatcheck.cli.progress import progress
from compatcheck.config.options import Options
from compatcheck.config.read import read_settings
from compatcheck.formats import names
from compatcheck.model import CellResult
from compatcheck.probes import known_probes
from compatcheck.report.document import Report
from compatcheck.workflow.matrix import run_matrix
from compatcheck.workflow.session import Listener, Session

CELLS = 60
BIG = 1 << 20


@dataclass(kw_only=True)
class Taken:
    """What this process has of the machine while a run answers."""

    files: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)

    def look(self) -> tuple[int, int]:
        """How many files and threads there are now, native ones too."""
        self.files.append(len(list(Path("/proc/self/fd").iterdir())))
        self.threads.append(len(list(Path("/proc/self/task").iterdir())))
        return self.files[-1], self.threads[-1]

    def heard_by(self, listener: Listener) -> Listener:
        """A listener that looks whenever a cell is answered."""
        answered = listener.answered

        def looking(result: CellResult) -> None:
            answered(result)
            self.look()

        listener.answered = looking  # type: ignore[method-assign] # this one only
        return listener


def ask(folder: Path, distribution: str, taken: Taken) -> Report:
    """Ask every release in this very process, two at a time."""
    options = Options(
        requirements=(distribution,),
        select=("all",),
        probe=("import",),
        jobs="2",
    )
    now = datetime.now(UTC)
    settings = read_settings(
        options,
        folder,
        known_probes=known_probes(),
        known_formats=names(),
        known_executors=("local",),
        known_profiles=(),
        now=now,
    )
    session = Session(
        environ={
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "UV_FIND_LINKS": str(folder / "links"),
            "UV_NO_INDEX": "1",
        },
        folder=folder,
        cache=folder / "cache",
        clock=lambda: now,
    )
    with progress(sys.stderr) as listener:
        return run_matrix(settings, session, taken.heard_by(listener)).report


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_files_and_threads_stay_few_and_are_given_back(tmp_path: Path) -> None:
    """Sixty cells leave none behind, and do not need more and more."""
    (tmp_path / ".git").mkdir()
    write_wheel(tmp_path / "links", "one", "1.0", {"one.py": ""})
    for number in range(CELLS):
        code = "" if number % 2 else "raise ImportError('odd')"
        write_wheel(tmp_path / "links", "many", f"1.{number}", {"many.py": code})
    ask(tmp_path, "one", Taken())  # what is opened once, for all runs
    taken = Taken()
    before, names_before = taken.look(), {it.name for it in threading.enumerate()}
    report = ask(tmp_path, "many", taken)
    after = taken.look()
    assert len(report.cells) == CELLS
    assert after <= before
    assert {it.name for it in threading.enumerate()} == names_before
    third = len(taken.files) // 3
    for counts in (taken.files, taken.threads):
        # How many cells are asked at that instant is chance; a leak adds one a cell.
        assert max(counts[-third:]) < max(counts[: 2 * third]) + third // 2


def test_cache_folder_keeps_to_its_size(command: Command, links: Path) -> None:
    """Unpacked wheels and downloads beyond it go after the run; answers stay."""
    words = random.Random(1).randbytes(BIG)  # noqa: S311 - no secret
    write_wheel(links, "big", "1.0", {"big.py": "", "big.bin": words})
    grid = ("matrix", "big", "-f", "json=r.json")
    assert "removed" not in command(*grid).err
    assert held(command, "wheels") == "1 MiB"
    command.variables["COMPATCHECK_CACHE_SIZE"] = "1MiB"
    said = command(*grid, "--environment", "venv")
    assert said.code == 0, said.err
    said = command(*grid)
    assert said.code == 0, said.err
    assert "cache: 1 MiB of downloads removed" in said.err
    assert held(command, "wheels") == "0 bytes"
    assert held(command, "downloads").endswith(("bytes", "KiB"))
    told = json.loads((command.folder / "r.json").read_text())
    assert told["cells"][0]["source"] == "cached"
    assert command(*grid).err.count("removed") == 0


def test_size_that_is_none_is_2(command: Command) -> None:
    """From the variable, too."""
    command.variables["COMPATCHECK_CACHE_SIZE"] = "much"
    said = command("matrix", "big")
    assert said.code == 2
    assert "--cache-size: 'much' is no room on a disk" in said.err


def held(command: Command, part: str) -> str:
    """What `cache info` tells of a part."""
    lines = command("cache", "info").out.splitlines()
    return next(it.removeprefix(part).strip() for it in lines if it.startswith(part))
