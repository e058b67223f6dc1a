"""A folder for each run, and an end to those of the dead."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from compatcheck.environments.runs import living_runs, run_folder
from compatcheck.errors import StoreFault

RUN = """
import sys
from pathlib import Path
from compatcheck.environments.runs import run_folder
with run_folder(Path(sys.argv[1])) as folder:
    (folder / "work").mkdir()
    print(folder, flush=True)
    sys.stdin.read()
"""


def run(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process with a run folder, and that folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_folder_is_there_as_long_as_the_run(tmp_path: Path) -> None:
    """It is made with its parents, counted while it lives, and gone afterwards."""
    parent = tmp_path / "a" / "b"
    assert living_runs(parent) == 0
    with run_folder(parent) as folder:
        assert folder.is_dir()
        assert living_runs(parent) == 1
    assert not folder.exists()
    assert living_runs(parent) == 0


def test_dead_run_is_cleared_away_and_living_one_is_kept(tmp_path: Path) -> None:
    """After `kill -9` the next run removes what was left, and nothing else."""
    killed, dead = run(tmp_path)
    living, alive = run(tmp_path)
    assert living_runs(tmp_path) == 2
    with killed:
        killed.send_signal(signal.SIGKILL)
    assert dead.is_dir()
    assert living_runs(tmp_path) == 1
    with run_folder(tmp_path) as own:
        assert not dead.exists()
        assert (alive / "work").is_dir()
        assert own.is_dir()
    with living:
        living.communicate("")
    assert not alive.exists()
    assert living_runs(tmp_path) == 0


def test_no_place_for_a_folder_is_a_fault(tmp_path: Path) -> None:
    """A file lies where the folder should."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StoreFault, match="cannot be written"),
        run_folder(tmp_path / "file"),
    ):
        pass
