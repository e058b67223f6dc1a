"""However the house ends, nothing that it had caged goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from unit.executors.conftest import PATIENCE

if TYPE_CHECKING:
    from unit.executors.conftest import Bench

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="descendants are found in /proc"
)

HOUSE = """
import signal
import sys
from contextlib import closing
from pathlib import Path
from compatcheck.executors.local import LocalExecutor
from compatcheck.executors.process import CageRequest, Limits, run_caged

scratch, mark, namespaces, program = sys.argv[1:]

def ask(number):
    output = Path(scratch, f"output{number}")
    return run_caged(CageRequest(
        argv=(sys.executable, "-I", "-S", "-c", program, mark),
        cwd=Path(scratch), env={}, stdout=output, stderr=output,
        scratch=Path(scratch), namespaces=namespaces == "True",
        limits=Limits(seconds=60, memory=1 << 29, processes=64, file_size=1 << 20),
    ))

# A shell starts what it runs in the background with this signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    with closing(LocalExecutor(2).map(ask, range(10))) as answers:
        print([status.ended.code for status in answers])
except KeyboardInterrupt:
    raise SystemExit(130)
"""

FOREVER = """
import os, pathlib, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        pathlib.Path("up").touch()
time.sleep(600)
"""

BOTH_WAYS = pytest.mark.parametrize("namespaces", [True, False])


def start_house(
    bench: Bench, program: str, *, namespaces: bool
) -> subprocess.Popen[str]:
    """Start a process of ours that runs the program in cages, two at a time."""
    root = Path(__file__).resolve().parents[3]
    asked = [str(bench.scratch), bench.mark, str(namespaces), program]
    return subprocess.Popen(
        [sys.executable, "-c", HOUSE, *asked],
        env={"PYTHONPATH": os.pathsep.join([str(root), *sys.path]), "TOKEN": "s3cret"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@BOTH_WAYS
def test_the_house_is_killed(bench: Bench, *, namespaces: bool) -> None:
    """After `kill -9` of the house nothing of its cages runs on."""
    with start_house(bench, FOREVER, namespaces=namespaces) as house:
        bench.wait_for("up")
        house.kill()
    assert bench.vanish() == []


@BOTH_WAYS
def test_the_house_is_interrupted(bench: Bench, *, namespaces: bool) -> None:
    """After Ctrl-C the house ends at once and nothing of its cages runs on."""
    with start_house(bench, FOREVER, namespaces=namespaces) as house:
        bench.wait_for("up")
        house.send_signal(signal.SIGINT)
        assert house.wait(PATIENCE) == 130
    assert bench.alive() == []


def test_a_warden_is_killed(bench: Bench) -> None:
    """A warden that is killed takes its cage along; the house says what happened."""
    if bench.isolation["processes"] != "namespace":
        pytest.skip(f"processes is {bench.isolation['processes']}")
    with start_house(bench, FOREVER, namespaces=True) as house:
        bench.wait_for("up")
        tasks = Path(f"/proc/{house.pid}/task").glob("*/children")
        for warden in {pid for task in tasks for pid in task.read_text().split()}:
            os.kill(int(warden), signal.SIGKILL)
        house.wait(PATIENCE)
        assert bench.vanish() == []


SPY = """
import pathlib
for place in pathlib.Path("/proc").glob("[0-9]*/environ"):
    try:
        assert b"s3cret" not in place.read_bytes()
    except OSError:
        pass
"""


def test_secrets_of_the_house(bench: Bench) -> None:
    """A variable of the house cannot be read, not even through its process."""
    if bench.isolation["proc"] != "own":
        pytest.skip(f"proc is {bench.isolation['proc']}")
    with start_house(bench, SPY, namespaces=True) as house:
        assert house.communicate(timeout=30)[0] == f"{[0] * 10}\n"
