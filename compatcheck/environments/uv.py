"""The uv that the project brings, run without anything that could bend an answer."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import uv

from compatcheck.errors import ResolverFault

_INHERITED: Final = (
    "ALL_PROXY",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "NETRC",
    "NO_PROXY",
    "PATH",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "UV_HTTP_RETRIES",
    "UV_HTTP_TIMEOUT",
    "UV_OFFLINE",
    "UV_SYSTEM_CERTS",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
)
"""How to reach the network and where home is: everything else could change what uv
answers (UV_PYTHON, UV_RESOLUTION, UV_CONSTRAINT, …) without the report saying so."""

_PATIENCE: Final = 600.0
"""Seconds after which a uv that has not ended is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one run of uv ended."""

    code: int
    output: str
    error: str


def first_cause(words: str) -> str:
    """A fault of uv on one line: its head, and the cause nearest to the ground."""
    lines = [re.sub(r"\s+", " ", line).strip() for line in words.splitlines()]
    named = [
        re.sub(r"^(error|cause|Caused by): ?", "", line)
        for line in lines
        if re.match(r"(error|cause|Caused by):", line)
    ]
    if not named:
        named = [line for line in lines if line] or ["uv said nothing"]
    told = named[0] if len(named) == 1 else f"{named[0]}: {named[-1]}"
    # How long it took is not the same twice, and a report must be.
    return re.sub(r" in \d[\d.]*m?s\b", "", told)


class Uv:
    """Runs uv with its own cache, the given index variables, and no configuration."""

    def __init__(
        self,
        *,
        cache: Path,
        index: Mapping[str, str],
        environ: Mapping[str, str],
        folder: Path | None = None,
    ) -> None:
        """Prepare; nothing runs until asked.

        What it writes for a moment lies in `folder`, so that it goes with the run even
        when that is killed; in the system's folder for such things where none is named.
        `index` are the variables that name the indexes (they may hold credentials, so
        they never stand on a command line); `environ` is the user's environment.
        """
        self.folder = folder
        self._cache = cache
        self._index = index
        self._environ = environ
        self._running: set[subprocess.Popen[str]] = set()
        self._killed: set[subprocess.Popen[str]] = set()
        self._stopped = False

    @cached_property
    def binary(self) -> str:
        """The path of uv itself."""
        return uv.find_uv_bin()

    @cached_property
    def version(self) -> str:
        """Which uv it is, in its own words. Raises `ResolverFault` if it says none."""
        ended = self.run(["--version"])
        if ended.code != 0:
            raise ResolverFault(f"uv does not run: {first_cause(ended.error)}")
        return ended.output.strip()

    def run(
        self,
        arguments: Sequence[str],
        *,
        text: str = "",
        variables: Mapping[str, str] | None = None,
        quiet: bool = True,
    ) -> Ended:
        """Run uv in an empty folder, with `text` as its input.

        `variables` are added to its own; unless `quiet`, it tells its warnings too.
        Raises `ResolverFault` as `run_beside` does.
        """
        silence = ("--quiet",) if quiet else ()
        command = [self.binary, *arguments, *_ALWAYS, *silence]
        return self.run_beside(command, text=text, variables=variables)

    def run_beside(
        self,
        command: Sequence[str],
        *,
        text: str = "",
        variables: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run another program as uv is run, and stopped when uv is.

        Raises `ResolverFault` when it cannot be started, is stopped, or does not end
        in time.
        """
        if self._stopped:
            raise ResolverFault("stopped")
        name = Path(command[0]).name
        with tempfile.TemporaryDirectory(prefix="uv-", dir=self.folder) as folder:
            try:
                with (
                    subprocess.Popen(
                        command,
                        cwd=folder,
                        env={**self._variables(), **(variables or {})},
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE,
                        text=True,
                        encoding="utf-8",
                        errors="replace",
                    ) as process,
                    self._watched(process),
                ):
                    output, error = process.communicate(text, timeout=_PATIENCE)
            except subprocess.TimeoutExpired as late:
                words = f"{name} did not end in {_PATIENCE:.0f} s"
                raise ResolverFault(words) from late
            except OSError as fault:
                words = f"{name} cannot be started: {fault}"
                raise ResolverFault(words) from fault
        if process in self._killed:
            self._killed.discard(process)
            raise ResolverFault("stopped")
        return Ended(code=process.returncode, output=output, error=error)

    def stop(self) -> None:
        """Kill every uv that runs now, and what runs beside it; none starts again."""
        self._stopped = True
        self.stop_running()

    def stop_running(self) -> None:
        """Kill every uv that runs now, so that `run` raises; others may start."""
        for process in tuple(self._running):
            self._killed.add(process)
            process.kill()

    @contextmanager
    def _watched(self, process: subprocess.Popen[str]) -> Generator[None]:
        self._running.add(process)
        try:
            yield
        except BaseException:
            process.kill()  # Popen's own exit would wait for it to end by itself
            raise
        finally:
            self._running.discard(process)

    def _variables(self) -> dict[str, str]:
        inherited = {name: self._environ[name] for name in _names(self._environ)}
        own = {
            "UV_CACHE_DIR": os.fspath(self._cache),
            "UV_PYTHON_DOWNLOADS": "never",
            "NO_COLOR": "1",
        }
        return {**inherited, **self._index, **own}


_ALWAYS: Final = ("--no-config", "--no-progress", "--color", "never")


def _names(environ: Mapping[str, str]) -> list[str]:
    """The inherited names that are set, in either case (curl spells proxies low)."""
    return sorted(name for name in environ if name.upper() in _INHERITED)
