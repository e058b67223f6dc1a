"""Ask a program on this machine one short question."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Final

LIMIT: Final = 20.0
"""Seconds that a program has to answer."""


def run(
    command: Sequence[str], environ: Mapping[str, str], *, limit: float = LIMIT
) -> str:
    """What a command prints; nothing when it fails, or does not end in time."""
    try:
        with subprocess.Popen(
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            process_group=0,  # a shim that hangs must not leave what it started
        ) as process:
            try:
                answer, _ = process.communicate(timeout=limit)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return ""
    except OSError:
        return ""
    return answer if process.returncode == 0 else ""
