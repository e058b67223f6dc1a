"""A bench to run small programs on: caged, and looked for afterwards."""

from __future__ import annotations

import sys
import textwrap
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from compatcheck.executors.process import (
    CageRequest,
    CageStatus,
    Limits,
    probe_isolation,
    run_caged,
)

LIMITS = Limits(seconds=20, memory=1 << 29, processes=64, file_size=1 << 20)
PATIENCE = 30.0
"""Seconds until what was to happen at once counts as not happening: a machine whose
disk or processors are taken holds a process back for more than five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A scratch folder, a place beside it, and a word that marks what runs here."""

    scratch: Path
    outside: Path
    isolation: Mapping[str, str]
    mark: str = field(default_factory=lambda: f"mark-{uuid.uuid4().hex}")

    def request(
        self, code: str, *, seconds: float = 20, memory: int = 1 << 29
    ) -> CageRequest:
        """Ask for a Python program in a cage; it has the mark in its command line."""
        program = textwrap.dedent(code)
        return CageRequest(
            argv=(sys.executable, "-I", "-S", "-c", program, self.mark),
            cwd=self.scratch,
            env={"HOME": str(self.scratch)},
            stdout=self.outside / "stdout",
            stderr=self.outside / "stderr",
            scratch=self.scratch,
            limits=replace(LIMITS, seconds=seconds, memory=memory),
        )

    def run(self, code: str) -> CageStatus:
        """Run a Python program in a cage to its end."""
        return run_caged(self.request(code))

    @property
    def stdout(self) -> str:
        """What the last program wrote."""
        return (self.outside / "stdout").read_text()

    @property
    def stderr(self) -> str:
        """What the last program complained of."""
        return (self.outside / "stderr").read_text()

    def alive(self) -> list[str]:
        """The processes on this machine that carry the mark, dead ones left out.

        Each with its state and what it waits for in the kernel: `D` (`proc(5)`) means
        that it cannot be killed just now, which is no fault of ours.
        """
        return sorted(
            f"{entry.name} {_read(entry / 'wchan')} {_state(entry)}"
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and self.mark in _read(entry / "cmdline")
        )

    def vanish(self) -> list[str]:
        """Wait until nothing carries the mark; what still does at the end."""
        until = time.monotonic() + PATIENCE
        while (alive := self.alive()) and time.monotonic() < until:
            time.sleep(0.02)
        return alive

    def wait_for(self, name: str) -> None:
        """Wait until a program has made a file in the scratch folder."""
        until = time.monotonic() + PATIENCE
        while not (self.scratch / name).exists():
            assert time.monotonic() < until, f"{name} never came: {self.stderr}"
            time.sleep(0.01)


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:  # it has just ended
        return ""


def _state(process: Path) -> str:
    lines = _read(process / "status").splitlines()
    return " ".join(next((it for it in lines if it.startswith("State:")), "").split())


@pytest.fixture(scope="session")
def isolation() -> Mapping[str, str]:
    """What a cage has on this machine."""
    return probe_isolation()


@pytest.fixture
def bench(tmp_path: Path, isolation: Mapping[str, str]) -> Iterator[Bench]:
    """Give a bench, and see that nothing that ran on it is left at the end."""
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    scratch.mkdir()
    outside.mkdir()
    bench = Bench(scratch=scratch, outside=outside, isolation=isolation)
    yield bench
    if sys.platform == "linux":
        assert bench.vanish() == []
