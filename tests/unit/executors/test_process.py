"""A caged program's end is told truly, its limits bind, and nothing outlives it."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from unit.executors.conftest import PATIENCE

from compatcheck.errors import EnvironmentFault
from compatcheck.executors.cages import Cages, CageStopped, stop_all
from compatcheck.executors.process import (
    Ended,
    Exited,
    Killed,
    TimedOut,
    run_caged,
)

if TYPE_CHECKING:
    from unit.executors.conftest import Bench

GRANDCHILDREN = """
    import os, pathlib, sys, time
    for number in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                pathlib.Path(f"up{number}").touch()
                while True:
                    time.sleep(1) if number else None
            os._exit(0)
    while not all(pathlib.Path(f"up{number}").exists() for number in range(3)):
        time.sleep(0.01)
    pathlib.Path("up").touch()
"""
"""Three orphans in sessions of their own, one of them busy."""

FOREVER = GRANDCHILDREN + "\n    time.sleep(600)\n"

BOTH_WAYS = pytest.mark.parametrize("namespaces", [True, False])


@pytest.mark.parametrize(
    ("code", "ended"),
    [
        ("pass", Exited(code=0)),
        ("raise SystemExit(3)", Exited(code=3)),
        ("import os; os.kill(os.getpid(), 11)", Killed(signal=signal.SIGSEGV)),
        ("import os; os.abort()", Killed(signal=signal.SIGABRT)),
    ],
)
@BOTH_WAYS
def test_the_end_is_told(
    bench: Bench, code: str, ended: Ended, *, namespaces: bool
) -> None:
    """An exit code or a signal arrives as what it was."""
    request = replace(bench.request(code), namespaces=namespaces)
    assert run_caged(request).ended == ended


def test_output_is_kept(bench: Bench) -> None:
    """Both streams end up in their files, and input is empty."""
    bench.run("""
        import sys
        print("out", len(sys.stdin.read()))
        print("err", file=sys.stderr)
    """)
    assert (bench.stdout, bench.stderr) == ("out 0\n", "err\n")


def test_both_streams_in_one_file(bench: Bench) -> None:
    """Streams that share a file do not overwrite each other."""
    request = bench.request("""
        import os
        for number in range(4):
            os.write(1 + number % 2, b"%d" % number)
    """)
    run_caged(replace(request, stderr=request.stdout))
    assert bench.stdout == "0123"


@pytest.mark.skipif(sys.platform != "linux", reason="signals are read from /proc")
def test_signals_are_as_new(bench: Bench) -> None:
    """Whatever we ignore or block, a program begins with every signal as usual."""
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
    try:
        # Python itself ignores two, so another program tells.
        tell = (
            shutil.which("grep") or "grep",
            "-E",
            "^Sig(Blk|Ign)",
            "/proc/self/status",
        )
        run_caged(replace(bench.request(""), argv=tell))
    finally:
        signal.signal(signal.SIGUSR1, before)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2])
    # 32 and 33 are the C library's own (signal(7)): nobody above it can reset them.
    reserved = 1 << (32 - 1) | 1 << (33 - 1)
    told = dict(line.split(":\t") for line in bench.stdout.splitlines())
    assert {name: int(mask, 16) & ~reserved for name, mask in told.items()} == {
        "SigBlk": 0,
        "SigIgn": 0,
    }


def test_only_the_given_variables(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program sees the variables of the request and no other."""
    monkeypatch.setenv("COMPATCHECK_TEST_TOKEN", "secret")
    request = bench.request("import os; print(sorted(os.environ.items()))")
    run_caged(replace(request, env={"A": "é", "LC_ALL": "C.UTF-8"}))
    assert bench.stdout == "[('A', 'é'), ('LC_ALL', 'C.UTF-8')]\n"


@pytest.mark.skipif(sys.platform != "linux", reason="descendants are found in /proc")
@BOTH_WAYS
def test_a_hang_is_ended(bench: Bench, *, namespaces: bool) -> None:
    """At its time limit a program is killed with all that it started."""
    request = replace(bench.request(FOREVER, seconds=3), namespaces=namespaces)
    status = run_caged(request)
    assert (bench.scratch / "up").exists()
    assert (status.ended, bench.alive()) == (TimedOut(), [])
    assert 3 <= status.seconds < PATIENCE


@pytest.mark.skipif(sys.platform != "linux", reason="descendants are found in /proc")
@BOTH_WAYS
def test_orphans_do_not_survive(bench: Bench, *, namespaces: bool) -> None:
    """What a program leaves running is gone when its end is told."""
    request = replace(bench.request(GRANDCHILDREN), namespaces=namespaces)
    assert run_caged(request).ended == Exited(code=0)
    assert bench.alive() == []


def test_the_way_without_namespaces_says_so(bench: Bench) -> None:
    """Walls that were not built are reported as missing."""
    isolation = run_caged(replace(bench.request("pass"), namespaces=False)).isolation
    walls = ("network", "ipc", "files", "proc", "devices", "shared_memory")
    assert {isolation[wall] for wall in walls} == {"missing: switched off"}
    assert isolation["processes"] in {"subreaper", "process group"}
    assert isolation["limit_processes"].startswith("missing: ")


def test_memory_is_limited(bench: Bench) -> None:
    """A program cannot take more memory than its limit."""
    status = run_caged(bench.request("bytearray(300_000_000)", memory=1 << 27))
    assert status.ended == Exited(code=1)
    assert "MemoryError" in bench.stderr


def test_files_are_limited(bench: Bench) -> None:
    """No file, captured output included, grows beyond its limit."""
    bench.run("""
        try:
            open("big", "wb").write(bytes(2_000_000))
        except OSError as error:
            print(error.strerror)
        while True:
            print("x" * 1000)
    """)
    assert bench.stdout.startswith("File too large")
    assert len(bench.stdout) == 1 << 20
    assert (bench.scratch / "big").stat().st_size == 1 << 20


def test_processes_are_limited(bench: Bench) -> None:
    """A fork bomb reaches its limit, or the report says that there is none."""
    if bench.isolation["limit_processes"].startswith("missing: "):
        pytest.skip(f"limit_processes is {bench.isolation['limit_processes']}")
    status = bench.run("""
        import os, time
        started = 0
        while True:
            try:
                if os.fork() == 0:
                    time.sleep(600)
            except OSError as error:
                raise SystemExit(f"{error.strerror} after {started}")
            started += 1
    """)
    assert status.ended == Exited(code=1)
    words, _, started = bench.stderr.rpartition(" after ")
    assert words == "Resource temporarily unavailable"
    assert int(started) < 300 + 64


@pytest.mark.skipif(sys.platform != "linux", reason="pid_max is Linux's")
def test_the_limit_is_not_the_machines(bench: Bench) -> None:
    """Limiting a cage's processes leaves the machine's own limit as it was."""
    limit = Path("/proc/sys/kernel/pid_max")
    before = limit.read_text()
    bench.run("pass")
    assert limit.read_text() == before


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("/nowhere/python",), "No such file or directory: python"),
        (("/",), "Permission denied: "),
    ],
)
def test_a_program_that_does_not_start(
    bench: Bench, argv: tuple[str, ...], words: str
) -> None:
    """What cannot be started is a fault of the environment, not an answer."""
    request = replace(bench.request(""), argv=argv)
    with pytest.raises(EnvironmentFault, match=f"could not be run: {words}$"):
        run_caged(request)


def test_output_that_cannot_be_written(bench: Bench) -> None:
    """A place for the output that is not there is a fault of the environment."""
    request = replace(bench.request(""), stdout=bench.outside / "no" / "stdout")
    with pytest.raises(EnvironmentFault, match="No such file or directory"):
        run_caged(request)


@BOTH_WAYS
def test_stop_all(bench: Bench, *, namespaces: bool) -> None:
    """Another thread can stop what runs, which then raises and leaves nothing."""
    caught: list[BaseException] = []

    def work() -> None:
        try:
            run_caged(replace(bench.request(FOREVER), namespaces=namespaces))
        except CageStopped as stopped:
            caught.append(stopped)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    bench.wait_for("up")
    before = time.monotonic()
    stop_all()
    for thread in threads:
        thread.join()
    assert time.monotonic() - before < 3
    assert [str(stopped) for stopped in caught] == ["stopped before its end"] * 2
    assert bench.alive() == []


def test_a_stopped_group_stays_stopped(bench: Bench) -> None:
    """Once a group is stopped, its threads start no other cage."""
    cages = Cages()
    outcome: list[str] = []

    def work() -> None:
        cages.adopt_thread()
        try:
            bench.run("open('ran', 'w')")
        except CageStopped as stopped:
            outcome.append(str(stopped))

    cages.stop()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert outcome == ["stopped before it began"]
    assert not (bench.scratch / "ran").exists()


def test_cages_side_by_side(bench: Bench) -> None:
    """Many threads can run cages at once without mixing their answers up."""
    codes: dict[int, Ended] = {}

    def work(number: int) -> None:
        request = bench.request(f"raise SystemExit({number})")
        output = bench.outside / str(number)
        status = run_caged(replace(request, stdout=output, stderr=output))
        codes[number] = status.ended

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == {number: Exited(code=number) for number in range(12)}
