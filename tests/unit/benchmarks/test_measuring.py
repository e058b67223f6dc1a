"""A benchmark that is stopped leaves nothing that still runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

MEASURING = Path(__file__).resolve().parents[3] / "benchmarks" / "measuring.py"

_WAITS = """
import signal, sys
from pathlib import Path
from measuring import Command, seconds_of

# As at a terminal: who is started in the background has Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
words = (sys.executable, "-c", code)
log = Path("log")
seconds_of([Command(words=words, folder=Path.cwd(), environ={}, log=log)])
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_begun_is_ended_with_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Whether somebody pressed Ctrl-C or asked it to end."""
    waits = subprocess.Popen(
        [sys.executable, "-c", _WAITS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(MEASURING.parent)},
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not (told := _read(tmp_path / "log").strip()):
        assert time.monotonic() < until, "it never began"
        time.sleep(0.05)
    waits.send_signal(number)
    assert waits.wait(60) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(told), 0)


def _read(log: Path) -> str:
    return log.read_text("utf-8") if log.exists() else ""
