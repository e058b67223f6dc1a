"""Cages that run: each on a lifeline, all known, so that all can be stopped."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from compatcheck.errors import EnvironmentFault

GRACE: Final = 10.0
"""Seconds beyond its limit after which a cage counts as hung."""

_PACKAGES: Final = Path(__file__).resolve().parents[2]
_BOOT: Final = (
    "import sys; sys.path.append(sys.argv[1]);"
    "from compatcheck.executors.cage.warden import main; main()"
)
"""Started so and not as a script, because a script's bytecode is never kept."""

_LOADER: Final = ("LD_LIBRARY_PATH",)
"""What an interpreter may need in order to start; the target does not get it."""


class CageStopped(EnvironmentFault):
    """The cage was stopped on our side before the target ended."""


class Cage:
    """A started cage; a socket is the way in, the way out, and its lifeline.

    When our end is shut or dies with us, however suddenly, the cage kills what is in
    it and ends. So nothing needs to be killed from here, except a cage that hangs.
    """

    def __init__(self) -> None:
        """Start it. Raises `EnvironmentFault`."""
        self._stopped = False
        self._ours, theirs = socket.socketpair()
        command = [sys.executable, "-I", "-S", "-c", _BOOT, os.fspath(_PACKAGES)]
        kept = {name: os.environ[name] for name in _LOADER if name in os.environ}
        try:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=theirs.fileno(),
                cwd="/",
                env=kept,
                start_new_session=True,
            )
        except OSError as error:
            self._ours.close()
            raise EnvironmentFault(f"no cage starts: {error.strerror}") from error
        finally:
            theirs.close()

    def ask(self, spec: bytes, seconds: float) -> bytes:
        """Its answer to the one request, whose time limit is given.

        Raises `EnvironmentFault` if it hangs and `CageStopped` if it was stopped.
        """
        self._ours.settimeout(seconds + GRACE)
        answer = b""
        try:
            self.tell(spec)
            with contextlib.suppress(ConnectionError):
                while chunk := self._ours.recv(65536):
                    answer += chunk
        except TimeoutError:
            self._process.kill()
            raise EnvironmentFault("the cage hung") from None
        if self._stopped:
            raise CageStopped("stopped before its end")
        return answer

    def tell(self, spec: bytes) -> None:
        """Make the one request, and do not wait for the answer."""
        with contextlib.suppress(ConnectionError):  # then its last words tell
            self._ours.sendall(spec)

    def wait_for(self, file: int, seconds: float) -> None:
        """Wait until there is something to read from a file that what is in it writes.

        Raises `EnvironmentFault` if it ended before or nothing came in time, and
        `CageStopped` if it was stopped.
        """
        watched = select.poll()
        watched.register(file, select.POLLIN)
        watched.register(self._ours, select.POLLIN)
        found = {number for number, _ in watched.poll(seconds * 1000)}
        if self._stopped:
            raise CageStopped("stopped before its end")
        if file not in found:
            why = "ended early" if found else "hung"
            raise EnvironmentFault(f"the cage {why}")

    def stop(self) -> None:
        """Have everything in it killed; from any thread, at any time, does not wait."""
        self._stopped = True
        with contextlib.suppress(OSError):
            self._ours.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """End it and wait until it is gone."""
        self.stop()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            self._ours.close()


class Cages:
    """Cages that are stopped together; once stopped, no other one starts."""

    def __init__(self) -> None:
        """Hold none."""
        self._lock = threading.Lock()
        self._running: set[Cage] = set()
        self._stopped = False

    def adopt_thread(self) -> None:
        """Make the cages that the calling thread starts from now on members."""
        _cages.set(self)

    @contextlib.contextmanager
    def hold(self, cage: Cage) -> Iterator[None]:
        """Have a cage that runs as a member. Raises `CageStopped` when too late."""
        with self._lock:
            if self._stopped:
                raise CageStopped("stopped before it began")
            self._running.add(cage)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(cage)

    def stop(self) -> None:
        """Kill what runs, for good; each `run_caged` raises `CageStopped`."""
        with self._lock:
            self._stopped = True
        self.stop_running()

    def stop_running(self) -> None:
        """Kill what runs now; others may start."""
        with self._lock:
            running = list(self._running)
        for cage in running:
            cage.stop()


_every: Final = Cages()
"""All that run, whatever other group they are in."""
_cages: ContextVar[Cages] = ContextVar("cages", default=_every)


def stop_all() -> None:
    """Kill every cage that runs now, from any thread; each raises `CageStopped`."""
    _every.stop_running()


@contextlib.contextmanager
def awaited(cage: Cage) -> Iterator[None]:
    """Have a cage that stays be stopped with those that the calling thread started.

    Raises `CageStopped` when too late.
    """
    with _cages.get().hold(cage):
        yield


@contextlib.contextmanager
def staying_cage() -> Iterator[Cage]:
    """A started cage that only `stop_all` stops, or the end of the context.

    Raises `EnvironmentFault` when it does not start, `CageStopped` when too late.
    """
    with contextlib.closing(Cage()) as cage, _every.hold(cage):
        yield cage


@contextlib.contextmanager
def running_cage() -> Iterator[Cage]:
    """A started cage that can be stopped from elsewhere; gone when the context ends.

    Raises `EnvironmentFault` when it does not start, `CageStopped` when too late.
    """
    with staying_cage() as cage, awaited(cage):
        yield cage
