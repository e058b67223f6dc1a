"""The first process inside a cage: builds the walls, runs the target, reaps."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping

from compatcheck.executors.cage import kernel, limits, walls
from compatcheck.executors.cage.spec import Spec


def keep(spec: Spec, had: dict[str, str], warden: int, output: tuple[int, int]) -> None:
    """Run the target to its end, telling the warden in lines of JSON; never returns.

    The first line says what isolation was had, the last how the target ended. What
    else is running then is killed: by the kernel when this was the first process of
    a pid namespace, otherwise by the warden.
    """
    try:
        _prepare(spec, had)
        # Also the proof that the warden still lives: a warden that died before
        # `die_with_parent` would never be noticed, but this raises then.
        _tell(warden, {"isolation": had})
        _tell(warden, _ended(_wait_for(_start(spec, output))))
    except Exception as error:  # noqa: BLE001 - whatever it is, the warden must know
        with contextlib.suppress(OSError):
            _tell(warden, {"failed": _words(error)})
    os._exit(0)


def _prepare(spec: Spec, had: dict[str, str]) -> None:
    os.setsid()
    # Python's own handler would let the target interrupt a first process, which the
    # kernel otherwise shields.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        kernel.die_with_parent()
    limits.limit_processes(spec, had)
    if words := walls.unavailable(spec):
        had.update(dict.fromkeys(walls.INNER, words))
    else:
        walls.build(spec, had)
    limits.give_up_rights(had)
    limits.apply(spec, had)
    if sys.platform == "linux":
        # Last: it would also keep this process from its own `/proc` entries.
        kernel.hide_from_equals()


def _start(spec: Spec, output: tuple[int, int]) -> int:
    """The target's process id. Raises OSError when it cannot be started."""
    reader, writer = os.pipe()
    target = os.fork()
    if target == 0:
        try:
            _become(spec, output)
        except OSError as error:
            os.write(writer, str(error.errno).encode())
        os._exit(127)
    os.close(writer)
    reason = os.read(reader, 16)  # nothing once `execve` has closed the other end
    os.close(reader)
    if reason:
        name = spec.argv[0].rpartition("/")[2]
        raise OSError(int(reason), f"{os.strerror(int(reason))}: {name}")
    return target


def _become(spec: Spec, output: tuple[int, int]) -> None:
    _reset_signals()
    os.chdir(spec.cwd)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output[0], 1)
    os.dup2(output[1], 2)
    # Running what we are told to is the whole point; there is no shell in between.
    os.execve(spec.argv[0], spec.argv, spec.env)  # noqa: S606


def _reset_signals() -> None:
    """Undo what Python ignores, and what whoever started the house did."""
    for number in range(1, signal.NSIG):
        with contextlib.suppress(OSError):  # some cannot be changed
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _wait_for(target: int) -> int:
    """The target's wait status; reaps whatever else ends meanwhile."""
    while True:
        process, status = os.wait()
        if process == target:
            return status


def _ended(status: int) -> dict[str, object]:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return {"ended": "killed", "signal": -code}
    return {"ended": "exited", "code": code}


def _words(error: Exception) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or f"{type(error).__name__}: {error}"


def _tell(warden: int, message: Mapping[str, object]) -> None:
    os.write(warden, json.dumps(message).encode() + b"\n")
