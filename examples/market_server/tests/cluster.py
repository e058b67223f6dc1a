"""A private PostgreSQL: the real server, started for the tests and thrown away."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

_FOLDERS = "lib/postgresql/*/bin"
"""Where Debian puts what an administrator needs, below /usr."""


def find_programs() -> Path | None:
    """The folder that holds `initdb`, of the newest release that is here."""
    folders = sorted(Path("/usr").glob(_FOLDERS), key=lambda it: float(it.parts[-2]))
    found = [str(it / "initdb") for it in folders if (it / "initdb").exists()]
    if not found:
        found = [it for it in [shutil.which("initdb")] if it]
    return Path(found[-1]).resolve().parent if found else None


@dataclass(kw_only=True)
class Cluster:
    """A running server that listens on a socket in its own folder only."""

    programs: Path
    folder: Path
    user: str | None
    """Who runs it, where we are root: it refuses to be run by root."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"market_{next(self._numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as it:
            it.execute(f"CREATE DATABASE {name}")
        return self._address(name)

    def initialise(self) -> None:
        """Make its files."""
        self._run("initdb", "--auth=trust", "--username=market", "--encoding=UTF8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses="
        log = str(self.folder / "log")
        patience = ("--wait", "--timeout", "300")  # a busy machine recovers slowly
        self._run("pg_ctl", *patience, "--log", log, "--options", options, "start")

    def crash(self) -> None:
        """End it without giving it time to write anything."""
        self._run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def _address(self, name: str) -> str:
        return f"postgresql://market@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "-D", str(self.folder / "data")]
        subprocess.run(
            [*command, *arguments],
            check=True,
            user=self.user,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def running(programs: Path) -> Iterator[Cluster]:
    """A cluster of its own, gone afterwards."""
    # A short path: that of a socket may have 107 bytes (unix(7)).
    folder = Path(tempfile.mkdtemp(prefix="market-", dir="/tmp"))
    user = _somebody() if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    cluster = Cluster(programs=programs, folder=folder, user=user)
    try:
        cluster.initialise()
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.crash()
    finally:
        shutil.rmtree(folder)


def _somebody() -> str:
    """A user who is not root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
