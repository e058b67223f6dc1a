"""What the cage asks of Linux beyond the standard library, one function each.

Constants are those of the kernel's user headers (`linux/sched.h`, `linux/mount.h`,
`linux/prctl.h`, `linux/capability.h`, `linux/sockios.h`). Everything raises OSError
with the kernel's reason.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
from collections.abc import Callable

NEW_MOUNTS = 0x00020000
NEW_IPC = 0x08000000
NEW_USERS = 0x10000000
NEW_PIDS = 0x20000000
NEW_NETWORK = 0x40000000

NO_SUID = 0x2
NO_DEVICES = 0x4
NO_EXEC = 0x8
BIND = 0x1000
RECURSIVE = 0x4000
PRIVATE = 0x40000
DETACH = 2

ATTR_READ_ONLY = 0x1
ATTR_NO_SUID = 0x2
ATTR_NO_DEVICES = 0x4

_MOUNT_SETATTR = 442
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38

_CAPABILITY_VERSION_3 = 0x20080522
_CAPABILITIES = 64

_AF_INET = 2
_SOCK_DGRAM = 2
_SIOCSIFFLAGS = 0x8914
_IFF_UP_RUNNING = 0x41

_libc = ctypes.CDLL(None, use_errno=True)


def release() -> tuple[int, int]:
    """The kernel's version, `(6, 14)`; `(0, 0)` where it cannot be read."""
    major, _, rest = os.uname().release.partition(".")
    minor = rest.partition(".")[0].partition("-")[0]
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)


def unshare(flags: int) -> None:
    """Leave the namespaces that the flags name (`unshare(2)`)."""
    _check(_libc.unshare(flags))


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Put a file system, or a part of one, at `target` (`mount(2)`)."""
    words = (os.fsencode(source), os.fsencode(target), kind.encode())
    _check(_libc.mount(*words, ctypes.c_ulong(flags), data.encode()))


def detach(target: str) -> None:
    """Take away what is mounted at `target` (`umount2(2)`)."""
    _check(_libc.umount2(os.fsencode(target), DETACH))


def change_mount(
    target: str, *, add: int = 0, clear: int = 0, recursive: bool = False
) -> None:
    """Change what a mount allows (`mount_setattr(2)`, from Linux 5.12)."""
    attributes = struct.pack("=QQQQ", add, clear, 0, 0)
    _check(
        _libc.syscall(
            ctypes.c_long(_MOUNT_SETATTR),
            ctypes.c_int(_AT_FDCWD),
            os.fsencode(target),
            ctypes.c_uint(_AT_RECURSIVE if recursive else 0),
            attributes,
            ctypes.c_size_t(len(attributes)),
        )
    )


def die_with_parent() -> None:
    """Be killed as soon as the process that started this one is gone."""
    _prctl(_PR_SET_PDEATHSIG, 9)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def hide_from_equals() -> None:
    """Let no process of the same user trace this one or read its `/proc` entries."""
    _prctl(_PR_SET_DUMPABLE, 0)


def refuse_new_privileges() -> None:
    """Let no program that is run from here gain rights by its file's mode."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Give up every capability, for this process and all that it starts."""
    for capability in range(_CAPABILITIES):
        try:
            _prctl(_PR_CAPBSET_DROP, capability)
        except OSError:  # beyond the last, or not ours: then exec cannot give it
            break
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, struct.pack("=6I", 0, 0, 0, 0, 0, 0)))


def raise_loopback() -> None:
    """Switch `lo` on; the kernel gives it its addresses."""
    interface: int = _libc.socket(_AF_INET, _SOCK_DGRAM, 0)
    _check(interface)
    try:
        request = struct.pack("=16sh14x", b"lo", _IFF_UP_RUNNING)
        fcntl.ioctl(interface, _SIOCSIFFLAGS, request)
    finally:
        os.close(interface)


def _prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    _check(_libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero))


def _check(result: int) -> None:
    if result == -1:
        reason = ctypes.get_errno()
        raise OSError(reason, os.strerror(reason))


def write(path: str, text: str) -> None:
    """Write to one of the kernel's own files, in one piece as it wants it."""
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def attempt(
    had: dict[str, str], wall: str, words: str, step: Callable[[], None]
) -> bool:
    """Try one step, note under `wall` what came of it, and say whether it is had."""
    try:
        step()
    except OSError as error:
        had[wall] = f"missing: {error.strerror or error}"
        return False
    had[wall] = words
    return True
