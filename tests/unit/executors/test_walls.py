"""What a caged program cannot reach, wherever the kernel gives the wall."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compatcheck.executors.process import Exited, run_caged

if TYPE_CHECKING:
    from unit.executors.conftest import Bench

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has these walls"
)


def need(bench: Bench, wall: str) -> None:
    """Skip where the report says that this machine does not have a wall."""
    if bench.isolation[wall].startswith("missing: "):
        pytest.skip(f"{wall} is {bench.isolation[wall]}")


CONNECT = """
    import socket
    try:
        socket.create_connection(("127.0.0.1", {port}), timeout=5).close()
        print("reached")
    except OSError as error:
        print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("allowed", "said"), [(False, "ConnectionRefusedError\n"), (True, "reached\n")]
)
def test_servers_outside(bench: Bench, *, allowed: bool, said: str) -> None:
    """A server of this machine can be reached only where the network is allowed."""
    need(bench, "network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = CONNECT.format(port=server.getsockname()[1])
        request = replace(bench.request(code), allow_network=allowed)
        status = run_caged(request)
    assert bench.stdout == said
    assert status.isolation["network"] == ("allowed" if allowed else "loopback")


def test_a_server_inside(bench: Bench) -> None:
    """A program can serve and ask itself over the loopback."""
    bench.run("""
        import socket
        with socket.create_server(("127.0.0.1", 0)) as server:
            with socket.create_connection(server.getsockname()):
                print("served", server.accept()[1][0])
    """)
    assert bench.stdout == "served 127.0.0.1\n"


def test_writing(bench: Bench) -> None:
    """The scratch folder and shared memory can be written to, nothing else can."""
    need(bench, "files")
    bench.run(f"""
        import os, pathlib, tempfile
        def attempt(place):
            try:
                pathlib.Path(place, "made").write_text("x")
            except OSError as error:
                return error.strerror
            return "written"
        print(attempt({str(bench.scratch)!r}))
        print(attempt("/dev/shm"))
        print(attempt({str(bench.outside)!r}))
        print(attempt("/"))
        print(attempt("/dev"))
        try:
            open("/proc/sys/kernel/hostname", "w")
        except OSError as error:
            print(error.strerror)
    """)
    refused = "Read-only file system"
    assert bench.stdout.splitlines() == ["written", "written", *[refused] * 4]
    assert (bench.scratch / "made").read_text() == "x"
    assert not Path("/dev/shm/made").exists()  # noqa: S108 - the subject


def test_the_walls_cannot_be_taken_down(bench: Bench) -> None:
    """Not even from a user namespace of its own does a program get to write."""
    need(bench, "files")
    bench.run(f"""
        import ctypes, os
        libc = ctypes.CDLL(None)
        READ_WRITE_AGAIN, DETACH = 0x20 | 0x1000, 2
        def attempt():
            for place in ({str(bench.scratch.parent)!r}, "/"):
                libc.mount(None, place.encode(), None, READ_WRITE_AGAIN, None)
            libc.umount2({str(bench.scratch)!r}.encode(), DETACH)
            try:
                open({str(bench.outside / "made")!r}, "w")
            except OSError as error:
                print(error.strerror)
        attempt()
        libc.unshare(0x10000000 | 0x00020000)
        attempt()
    """)
    assert bench.stdout.splitlines() == ["Read-only file system"] * 2


def test_rights(bench: Bench) -> None:
    """A program has no capability and cannot gain any, whoever runs us."""
    bench.run("print(open('/proc/self/status').read())")
    told = dict(
        line.split(":\t") for line in bench.stdout.splitlines() if ":\t" in line
    )
    assert {told[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {
        "0" * 16
    }
    assert told["NoNewPrivs"] == "1"


def test_devices(bench: Bench) -> None:
    """Only devices that do no harm are there, and these work."""
    need(bench, "devices")
    bench.run("""
        import os
        print(*sorted(os.listdir("/dev")))
        open("/dev/null", "w").write("x")
        print(open("/dev/zero", "rb").read(1), len(open("/dev/urandom", "rb").read(2)))
    """)
    assert bench.stdout.splitlines() == [
        "fd full null random shm stderr stdin stdout tty urandom zero",
        "b'\\x00' 2",
    ]


def test_other_processes(bench: Bench) -> None:
    """A program sees itself and what it started, and cannot look at its keeper."""
    need(bench, "proc")
    bench.run("""
        import os
        print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
        try:
            open("/proc/1/environ").read()
        except OSError as error:
            print(error.strerror)
        try:
            os.kill(1, 2)
            os.kill(1, 9)
        except OSError as error:
            print(error.strerror)
        print(os.getppid())
    """)
    first, *rest = bench.stdout.splitlines()
    assert first == f"[1, {first.split()[1].rstrip(']')}]"
    assert rest[0] == "Permission denied"
    assert rest[-1] == "1"


def test_open_files(bench: Bench) -> None:
    """A program has its three streams open and nothing of ours."""
    status = bench.run("""
        import os
        listed = [int(name) for name in os.listdir("/proc/self/fd")]
        print(sorted(listed)[:3], len(listed))
    """)
    assert status.ended == Exited(code=0)
    assert bench.stdout == "[0, 1, 2] 4\n"  # the fourth is the listing itself
