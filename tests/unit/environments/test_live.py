"""A replay: the user's own process, heard to its end, however it ends."""

from __future__ import annotations

import os
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from compatcheck.environments.live import Process, Told

KEPT = 1 << 20


def _ran(code: str, folder: Path, seconds: float = 30) -> Told:
    process = Process(
        python=Path(sys.executable),
        command=(sys.executable, "-c", code),
        folder=folder,
        environ=dict(os.environ),
    )
    return process.run(seconds)


def test_both_streams_and_the_exit_code_are_told(tmp_path: Path) -> None:
    """In the order in which they were written."""
    code = "import os; os.write(1, b'one'); os.write(2, b'two'); os._exit(5)"
    assert _ran(code, tmp_path) == Told(code=5, output="onetwo")


def test_of_endless_words_the_last_are_kept(tmp_path: Path) -> None:
    """It is ended in time, and no more is held than the end of what it said."""
    tracemalloc.start()
    try:
        told = _ran("while True: print('x' * 999)", tmp_path, 2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert told.late
    assert len(told.output) == KEPT
    assert peak < 16 * KEPT


@pytest.mark.parametrize("session", ["False", "True"])
def test_who_goes_on_holding_the_stream_is_not_waited_for(
    tmp_path: Path, session: str
) -> None:
    """A child in the background, in the same session or in one of its own."""
    code = (
        "import subprocess, sys;"
        "child = [sys.executable, '-c', 'import time; time.sleep(20)'];"
        f"subprocess.Popen(child, start_new_session={session}); print('done')"
    )
    started = time.monotonic()
    assert _ran(code, tmp_path) == Told(code=0, output="done\n")
    assert time.monotonic() - started < 10


def test_who_closes_its_streams_is_waited_for(tmp_path: Path) -> None:
    """Silence is not the end."""
    code = "import os, time; os.close(1); os.close(2); time.sleep(0.5); os._exit(7)"
    assert _ran(code, tmp_path).code == 7


def test_who_does_not_end_is_ended(tmp_path: Path) -> None:
    """And told to be late."""
    told = _ran("import time; time.sleep(60)", tmp_path, 0.5)
    assert told.late
    assert told.code < 0
