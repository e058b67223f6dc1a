"""Ask this checkout's compatcheck by its command line, with a cache of its own."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from measuring import ROOT, Command, seconds_of

_WHEELS: Final = frozenset({"uv", "wheels"})
"""What of a cache folder holds wheels, packed or not; the rest is remembered answers,
locks and metadata."""
_SCENARIOS: Final = "profiles/*/scenarios/[!_]*.py"
_TOLD: Final = frozenset({0, 1, 3})
"""Exit codes of a run that leaves a report. 3: some cells are unknown, which the
report counts."""
_LAST_WORDS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a run went, and what it found."""

    seconds: float
    report: Mapping[str, Any]
    size: int
    """Bytes of the report."""

    @property
    def ran(self) -> int:
        """Cells that were not left at the resolver."""
        return sum(cell["result"] is not None for cell in self.report["cells"])

    @property
    def anew(self) -> int:
        """Those of them that were not remembered."""
        return self.ran - _remembered(self.report)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compatcheck:
    """The command, run from a copy of this checkout in a folder without settings."""

    folder: Path
    """Where the copy of the package lies."""
    cache: Path
    python: Path | None = None
    """What cells run in; its own where none is named."""

    def command(self, *words: str) -> Command:
        """The command as a program to be measured."""
        python = () if self.python is None else ("--python", str(self.python))
        report = ("-f", f"json={self._report}")
        return Command(
            words=(
                *(sys.executable, "-m", "compatcheck", "matrix"),
                *(*words, *python, *report),
            ),
            folder=self.folder,
            environ={**os.environ, "COMPATCHECK_CACHE": str(self.cache)},
            log=self.folder / "compatcheck.log",
        )

    def ask(self, *words: str) -> Asked:
        """Run it to its end.

        Raises `SystemExit` with its last words where it could not tell.
        """
        self._report.unlink(missing_ok=True)
        seconds, (code,) = seconds_of([self.command(*words)])
        if code not in _TOLD or not self._report.exists():
            said = (self.folder / "compatcheck.log").read_text("utf-8", "replace")
            raise SystemExit(f"compatcheck left with {code}:\n{said[-_LAST_WORDS:]}")
        return self.asked(seconds)

    def asked(self, seconds: float) -> Asked:
        """What the run that has just ended left."""
        text = self._report.read_bytes()
        return Asked(seconds=seconds, report=json.loads(text), size=len(text))

    def versions(self, *axes: str) -> dict[str, tuple[str, ...]]:
        """Every candidate of each axis, from a run that ends as soon as it begins."""
        words = ("--select", "all", "--probe", "import", "--budget", "0.01")
        seconds, _ = seconds_of([self.command(*axes, *words, "--no-blame")])
        told = self.asked(seconds).report["axes"]
        return {axis["distribution"]: tuple(axis["versions"]) for axis in told}

    def forget(self) -> None:
        """Remove all that is remembered, and leave the wheels."""
        if not self.cache.exists():
            return
        for path in self.cache.iterdir():
            if path.name not in _WHEELS:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def empty(self) -> None:
        """Remove all that is kept, wheels too."""
        shutil.rmtree(self.cache, ignore_errors=True)

    @property
    def _report(self) -> Path:
        return self.folder / "report.json"


def copied(folder: Path, *, own_scenarios: bool) -> Path:
    """A fresh copy of this checkout's package in a folder, which is returned.

    A profile's scenarios are asked whenever its distributions are on the axes, and no
    option leaves them out. Where one scenario is to be asked as everybody else asks
    it, the copy is made without those that profiles ship (`own_scenarios` false).
    """
    shutil.rmtree(folder, ignore_errors=True)
    package = folder / "compatcheck"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "compatcheck", package, ignore=ignored)
    if not own_scenarios:
        for shipped in package.glob(_SCENARIOS):
            shipped.unlink()
    return folder


def must_be_asked(report: Mapping[str, Any]) -> None:
    """Refuse figures of a run that took any answer from what it remembered."""
    if known := _remembered(report):
        raise SystemExit(f"{known} cells were remembered, so nothing was measured")


def _remembered(report: Mapping[str, Any]) -> int:
    return sum(
        cell["source"] == "cached" and cell["result"] is not None
        for cell in report["cells"]
    )
