"""The walls of a cage: namespaces and mounts, each one tried by itself."""

from __future__ import annotations

import os
import sys

from compatcheck.executors.cage import kernel
from compatcheck.executors.cage.kernel import attempt
from compatcheck.executors.cage.spec import Spec

INNER = ("network", "ipc", "files", "proc", "devices", "shared_memory")
"""The walls that the keeper builds, as they are called in a report."""

_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - a fresh one, in nobody else's sight
_NODES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = {"fd": "fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}


def unavailable(spec: Spec) -> str | None:
    """Why no namespace is even tried, or None."""
    if sys.platform != "linux":
        return "missing: only on Linux"
    return None if spec.namespaces else "missing: switched off"


def leave_processes(had: dict[str, str]) -> bool:
    """Let the next child be the first process of a namespace; say whether it will.

    Who may not do that directly does it from a user namespace of its own.
    """
    had["users"] = "shared"
    if attempt(had, "processes", "namespace", _leave_pids):
        return True
    if not attempt(had, "users", "namespace", _leave_users):
        return False
    return attempt(had, "processes", "namespace", _leave_pids)


def build(spec: Spec, had: dict[str, str]) -> None:
    """Build the inner walls; `had` says what came of each."""
    if spec.allow_network:
        had["network"] = "allowed"
    elif attempt(had, "network", "loopback", _leave_network):
        attempt(had, "network", "loopback", kernel.raise_loopback)
    attempt(had, "ipc", "namespace", _leave_ipc)
    if not attempt(had, "files", "namespace", _leave_mounts):
        # Anything mounted now would be mounted for the whole machine.
        had.update(dict.fromkeys(("proc", "devices", "shared_memory"), had["files"]))
        return
    _mount(spec, had)


def _leave_pids() -> None:
    kernel.unshare(kernel.NEW_PIDS)


def _leave_network() -> None:
    kernel.unshare(kernel.NEW_NETWORK)


def _leave_ipc() -> None:
    kernel.unshare(kernel.NEW_IPC)


def _leave_mounts() -> None:
    kernel.unshare(kernel.NEW_MOUNTS)
    kernel.mount("none", "/", "", kernel.RECURSIVE | kernel.PRIVATE)


def _leave_users() -> None:
    """Enter a user namespace as the same user, rehearsed in a child.

    A namespace whose maps cannot be written cannot be left again, and in it no file
    can be made: security modules are known to allow the one and not the other.
    """
    child = os.fork()
    if child == 0:
        try:
            _enter_users()
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)
    if reason := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise OSError(reason, os.strerror(abs(reason)))
    _enter_users()


def _enter_users() -> None:
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.NEW_USERS)
    kernel.write("/proc/self/setgroups", "deny")
    kernel.write("/proc/self/uid_map", f"{user} {user} 1")
    kernel.write("/proc/self/gid_map", f"{group} {group} 1")


def _mount(spec: Spec, had: dict[str, str]) -> None:
    """Mount what is to be private, then make all but two places read-only.

    The order matters: the recursive change must come after every mount, `/proc` must
    be there for the devices, and what stays writable is opened again at the end.
    """
    quiet = kernel.NO_SUID | kernel.NO_DEVICES
    attempt(
        had,
        "proc",
        "own",
        lambda: kernel.mount("proc", "/proc", "proc", quiet | kernel.NO_EXEC),
    )
    minimal = attempt(had, "devices", "minimal", _mount_devices)
    shared = attempt(
        had,
        "shared_memory",
        "own",
        lambda: kernel.mount(
            "shm", _SHARED_MEMORY, "tmpfs", quiet, f"mode=1777,size={spec.memory}"
        ),
    )
    if attempt(had, "files", "read-only", lambda: _seal(spec, minimal=minimal)):
        # No attempts: nobody can work where nothing is writable.
        _open_again((spec.scratch, _SHARED_MEMORY) if shared else (spec.scratch,))


def _mount_devices() -> None:
    """Cover `/dev` with the few devices that do no harm: root owns all disks."""
    nodes = {
        name: os.open(f"/dev/{name}", os.O_PATH) for name in _NODES if _is_there(name)
    }
    kernel.mount("dev", "/dev", "tmpfs", kernel.NO_SUID, "mode=755,size=64k")
    try:
        for name, node in nodes.items():
            os.close(os.open(f"/dev/{name}", os.O_CREAT | os.O_WRONLY, 0o666))
            kernel.mount(f"/proc/self/fd/{node}", f"/dev/{name}", "", kernel.BIND)
        for name, target in _LINKS.items():
            # Not by pathlib, which would be loaded for these two lines alone.
            os.symlink(f"/proc/self/{target}", f"/dev/{name}")  # noqa: PTH211
        os.mkdir(_SHARED_MEMORY)  # noqa: PTH102
    except OSError:
        kernel.detach("/dev")
        raise
    finally:
        for node in nodes.values():
            os.close(node)


def _is_there(name: str) -> bool:
    return os.access(f"/dev/{name}", os.F_OK)


def _seal(spec: Spec, *, minimal: bool) -> None:
    """Make everything read-only, the scratch folder as a mount of its own.

    Device files work on a read-only mount; they are forbidden everywhere but in the
    minimal `/dev`, and left alone where that could not be had.
    """
    kernel.mount(spec.scratch, spec.scratch, "", kernel.BIND | kernel.RECURSIVE)
    forbidden = kernel.ATTR_READ_ONLY | kernel.ATTR_NO_SUID
    if minimal:
        forbidden |= kernel.ATTR_NO_DEVICES
    kernel.change_mount("/", add=forbidden, recursive=True)
    for name in _NODES if minimal else ():
        if _is_there(name):
            kernel.change_mount(f"/dev/{name}", clear=kernel.ATTR_NO_DEVICES)


def _open_again(places: tuple[str, ...]) -> None:
    for place in places:
        kernel.change_mount(place, clear=kernel.ATTR_READ_ONLY)
