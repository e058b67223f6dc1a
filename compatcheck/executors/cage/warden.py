"""The outer process of a cage: it watches the clock and the house, then cleans up."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterator

from compatcheck.executors.cage import keeper, kernel, walls
from compatcheck.executors.cage.spec import Spec

_SWEEP_SECONDS = 5.0
_SWEEP_PAUSE = 0.002


def main() -> None:
    """Serve one request: a line of JSON on stdin, the answer on stdout.

    Stdin is also the lifeline: when it ends, the house is gone or wants no answer.
    """
    try:
        answer = _serve(Spec(_read_line(0)))
    except OSError as error:
        answer = {"failed": error.strerror or str(error)}
    with contextlib.suppress(BrokenPipeError):  # the house is gone
        os.write(1, json.dumps(answer).encode() + b"\n")


def _read_line(file: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        chunk = os.read(file, 65536)
        if not chunk:
            raise OSError("the house went away")
        line += chunk
    return line


def _serve(spec: Spec) -> dict[str, object]:
    had = dict[str, str]()
    # Opened before the walls stand, so these may lie anywhere.
    output = (_open(spec.stdout), _open(spec.stderr))
    own_processes = _separate(spec, had)
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        _let_go_of_house()
        keeper.keep(spec, had, writer, output)
    os.close(writer)
    started = time.monotonic()
    why, said = _follow(reader, started + spec.seconds)
    seconds = time.monotonic() - started
    _end(process)
    if not own_processes:
        _sweep()
    return _answer(why, said) | {"seconds": seconds}


def _open(path: str) -> int:
    # Appending, so that both streams may be one file.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    return os.open(path, flags, 0o600)


def _separate(spec: Spec, had: dict[str, str]) -> bool:
    """Prepare that everything inside can be killed; whether the kernel does it."""
    words = walls.unavailable(spec)
    if words is None and walls.leave_processes(had):
        return True
    had["users"] = words or had["users"]
    if sys.platform != "linux":
        had["processes"] = "process group"
    else:
        kernel.attempt(had, "processes", "subreaper", kernel.adopt_orphans)
    return False


def _let_go_of_house() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)


def _follow(keeper_says: int, deadline: float) -> tuple[str, bytes]:
    """Why it is over (`ended`, `timed_out`, `stopped`) and what the keeper said."""
    said = b""
    watched = select.poll()
    watched.register(0, select.POLLIN)
    watched.register(keeper_says, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        for file, _ in watched.poll(left * 1000):
            if file == 0:
                return "stopped", said
            if not (chunk := os.read(keeper_says, 65536)):
                return "ended", said
            said += chunk
    return "timed_out", said


def _end(process: int) -> None:
    """Kill the keeper and its group; a namespace that it was first in ends with it."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _sweep() -> None:
    """Kill every descendant, those that hid in sessions of their own too.

    All are ours as soon as their parents are gone, so no child left means none left.
    """
    until = time.monotonic() + _SWEEP_SECONDS
    while time.monotonic() < until:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for process in _descendants():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        time.sleep(_SWEEP_PAUSE)
    raise OSError("processes of the target could not be ended")


def _descendants() -> set[int]:
    """The processes below this one; none where there is no `/proc`."""
    found = {os.getpid()}
    parents = dict(_parents()) if sys.platform == "linux" else {}
    while more := {p for p, above in parents.items() if above in found} - found:
        found |= more
    return found - {os.getpid()}


def _parents() -> Iterator[tuple[int, int]]:
    """Every process on the system and its parent (`proc_pid_stat(5)`)."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it has just ended
                file = os.open(f"{entry.path}/stat", os.O_RDONLY)
                try:
                    # The name comes first, in brackets, and may hold anything.
                    fields = os.read(file, 4096).rpartition(b")")[2].split()
                finally:
                    os.close(file)
                yield int(entry.name), int(fields[1])


def _answer(why: str, said: bytes) -> dict[str, object]:
    answer: dict[str, object] = {}
    for line in said.splitlines():
        answer |= json.loads(line)
    if why != "ended":
        return answer | {"ended": why}
    if "ended" not in answer and "failed" not in answer:
        answer["failed"] = "the cage was killed from outside"
    return answer
