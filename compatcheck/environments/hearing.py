"""A process heard to its end: what it said last, however much that was."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_CHUNK: Final = 1 << 16
_PAUSE: Final = 0.05
"""Seconds until it is asked anew whether a process has ended that says nothing."""


def heard(
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    seconds: float,
    kept: int,
) -> tuple[int, bytes, bool]:
    """Its exit code, the last `kept` bytes of both streams, and whether it was late.

    What it started in its own session ends with it. Raises `OSError` where it cannot be
    started.
    """
    hears, says = os.pipe()
    try:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=says,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        finally:
            os.close(says)
        last, late = _last_words(process, hears, seconds, kept)
    finally:
        os.close(hears)
    return process.returncode, bytes(last[-kept:]), late


def _last_words(
    process: subprocess.Popen[bytes], hears: int, seconds: float, kept: int
) -> tuple[bytearray, bool]:
    """What a process said last, and whether it had to be ended.

    However much it says, its end is all that is kept. What it started ends with it.
    """
    last = bytearray()
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            ended = process.poll() is not None
            if select.select([hears], [], [], 0.0 if ended else _PAUSE)[0]:
                said = os.read(hears, _CHUNK)
                last += said
                del last[: -2 * kept]
                if said:
                    continue
                # Nobody can say any more; it may go on all the same.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
            if ended or process.returncode is not None:
                break
        late = process.poll() is None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return last, late
