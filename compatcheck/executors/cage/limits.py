"""How much a caged program may take, and what it may not become."""

from __future__ import annotations

import os
import resource
import sys

from compatcheck.executors.cage import kernel
from compatcheck.executors.cage.kernel import attempt
from compatcheck.executors.cage.spec import Spec

_OPEN_FILES = 4096
_RESERVED_PIDS = 300
"""Once a pid namespace has given out its first 300 ids it never gives those again
(`RESERVED_PIDS` in the kernel's `kernel/pid.c`)."""


def apply(spec: Spec, had: dict[str, str]) -> None:
    """Limit this process and all that it starts; `had` says what came of each."""
    had["limit_time"] = "kept"
    # The data segment and not the address space: runtimes reserve far more than
    # they ever touch.
    _limit(had, "limit_memory", resource.RLIMIT_DATA, spec.memory)
    _limit(had, "limit_file_size", resource.RLIMIT_FSIZE, spec.file_size)
    _limit(had, "limit_open_files", resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(had, "limit_core", resource.RLIMIT_CORE, 0)


def limit_processes(spec: Spec, had: dict[str, str]) -> None:
    """Limit how many processes and threads there are, where that binds only us.

    Must come before `/proc` turns read-only. From Linux 6.14 `pid_max` is a pid
    namespace's own, and binds root; from 5.14 a user namespace counts for itself.
    Elsewhere either would hold back the whole machine or the user's other work.
    """
    wall = "limit_processes"
    had[wall] = "missing: would bind other processes too"
    if had["processes"] == "namespace" and kernel.release() >= (6, 14):
        attempt(had, wall, "kept", lambda: _write_pid_max(spec))
    own_users = had["users"] == "namespace" and kernel.release() >= (5, 14)
    if had[wall] != "kept" and own_users and os.geteuid():
        others = 2  # the warden and the keeper
        _limit(had, wall, resource.RLIMIT_NPROC, spec.processes + others)


def give_up_rights(had: dict[str, str]) -> None:
    """Give up all that could take the walls down again."""
    if sys.platform != "linux":
        missing = "missing: only on Linux"
        had.update(dict.fromkeys(("capabilities", "new_privileges"), missing))
        return
    attempt(had, "new_privileges", "refused", kernel.refuse_new_privileges)
    attempt(had, "capabilities", "none", kernel.drop_capabilities)


def _write_pid_max(spec: Spec) -> None:
    kernel.write("/proc/sys/kernel/pid_max", str(_RESERVED_PIDS + spec.processes))


def _limit(had: dict[str, str], wall: str, kind: int, most: int) -> None:
    def lower() -> None:
        _, hard = resource.getrlimit(kind)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except ValueError as error:  # what the module makes of EINVAL
            raise OSError(str(error)) from error

    attempt(had, wall, "kept", lower)
