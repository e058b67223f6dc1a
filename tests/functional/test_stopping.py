"""Whoever stops a run gets a report of what was done, and nothing stays behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, wait_until
from planted.loopback import LoopbackIndex
from planted.wheels import write_wheel

HANGS = "import time\nwhile True: time.sleep(1)\n"
HIDES = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True: time.sleep(1)
        os._exit(0)
while True: time.sleep(1)
"""
"""Starts processes that its own parent no longer knows of."""


def working(home: Path, word: str = "") -> list[str]:
    """Command lines of the processes that work below a home and hold a word."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home) in line and word in line:
            found.append(line)
    return found


def end(process: subprocess.Popen[str], seconds: float) -> str:
    """What it said until it ended, which must be soon."""
    _, said = process.communicate(timeout=seconds)
    return said


@pytest.fixture(autouse=True)
def _nothing_is_left(command: Command) -> Iterator[None]:
    """After each test, no process works below the home."""
    yield
    wait_until(lambda: not working(command.home))


def to_group(process: subprocess.Popen[str]) -> None:
    """Ctrl-C in a terminal: everything in the foreground hears it."""
    os.killpg(process.pid, signal.SIGINT)


def to_process(process: subprocess.Popen[str]) -> None:
    """As a supervisor does: the process alone is told to end."""
    process.terminate()


@pytest.mark.parametrize("stop", [to_group, to_process])
def test_stopped_run_reports_what_it_had(
    command: Command, links: Path, stop: Callable[[subprocess.Popen[str]], None]
) -> None:
    """Exit code 130, and the cells that were not asked are told as such."""
    write_wheel(links, "mixed", "1.0", {"mixed.py": ""})
    for version in ("2.0", "3.0", "4.0", "5.0"):
        write_wheel(links, "mixed", version, {"mixed.py": HIDES})
    grid = ("matrix", "mixed", "--select", "all", "--jobs", "2", "--timeout", "60")
    with command.start(*grid, "-f", "json=r.json", "-f", "text") as process:
        # Both jobs hang, and what they started is there.
        wait_until(lambda: len(working(command.home, "/guest ")) >= 8)
        stop(process)
        said = end(process, 15)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    told = json.loads((command.folder / "r.json").read_text())
    outcomes = {cell["pins"]["mixed"]: cell["outcome"] for cell in told["cells"]}
    assert outcomes == {
        "1.0": "passed",
        **dict.fromkeys(("2.0", "3.0", "4.0", "5.0"), "not_run"),
    }
    assert list((command.home / "cache" / "runs").glob("run-*")) == []


@pytest.mark.parametrize(
    ("silent", "path"),
    [
        ("dep", "/simple/dep/"),
        ("app", "/simple/app/"),
        ("app-1.0-py3-none-any.whl", "/files/app-1.0-py3-none-any.whl"),
    ],
    ids=["resolving", "planning", "reading"],
)
def test_run_that_waits_for_an_index_can_be_stopped(
    command: Command, tmp_path: Path, silent: str, path: str
) -> None:
    """An index that does not answer holds nobody for long."""
    served = tmp_path / "served"
    write_wheel(served, "app", "1.0", {"app.py": ""}, requires=["dep"])
    with LoopbackIndex(served) as index:
        index.sin(silent).delay = 60
        command.variables.pop("UV_NO_INDEX")
        command.variables["UV_DEFAULT_INDEX"] = index.url
        with command.start("matrix", "app", "-f", "json=r.json") as process:
            wait_until(lambda: index.requests[path])
            to_process(process)
            said = end(process, 10)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert (command.folder / "r.json").exists() == (silent != "app")


def test_interrupt_while_confirming_keeps_the_report(
    command: Command, links: Path
) -> None:
    """A failure that was seen only once is still told."""
    fails_then_hangs = "raise ImportError('no')\n"
    write_wheel(links, "bad", "1.0", {"bad.py": fails_then_hangs})
    write_wheel(links, "bad", "2.0", {"bad.py": HANGS})
    grid = ("matrix", "bad", "--select", "all", "--timeout", "2", "-f", "json=r.json")
    lines = []
    with command.start(*grid) as process:
        assert process.stderr
        for line in process.stderr:
            lines.append(line)
            if "once more" in line:
                break
        wait_until(lambda: working(command.home, "/guest "))
        to_group(process)
        end(process, 15)
    assert process.returncode == 130, lines
    told = json.loads((command.folder / "r.json").read_text())
    outcomes = [cell["outcome"] for cell in told["cells"]]
    assert outcomes == ["failed", "crashed"]


def test_cell_that_hangs_is_stopped_with_all_that_it_started(
    command: Command, links: Path
) -> None:
    """Those that hid in sessions of their own too."""
    write_wheel(links, "hides", "1.0", {"hides.py": HIDES})
    said = command("matrix", "hides", "--timeout", "1", "-f", "json", "-o", "-")
    told: dict[str, Any] = json.loads(said.out)
    (failure,) = told["failures"].values()
    assert failure["message"] == "no answer within 1 s"
    assert said.code == 1
    assert working(command.home) == []


def test_two_runs_at_once_do_not_disturb_each_other(
    command: Command, links: Path
) -> None:
    """They share a cache, and each tells the same."""
    for version in ("1.0", "1.1", "1.2", "1.3"):
        write_wheel(links, "lib", version, {"lib.py": "import time; time.sleep(0.1)"})
    grid = ("matrix", "lib", "--select", "all", "-f", "json")
    with (
        command.start(*grid, "-o", "one.json") as one,
        command.start(*grid, "-o", "two.json") as two,
    ):
        for process in (one, two):
            said = end(process, 60)
            assert process.returncode == 0, said
    kept = ("generated", "timings", "cells")
    first, second = (
        json.loads((command.folder / name).read_text())
        for name in ("one.json", "two.json")
    )
    for told in (first, second):
        assert [cell["outcome"] for cell in told["cells"]] == ["passed"] * 4
    assert {k: v for k, v in first.items() if k not in kept} == {
        k: v for k, v in second.items() if k not in kept
    }
