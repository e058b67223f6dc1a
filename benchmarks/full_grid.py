"""The built-in profile's whole grid: time, memory and the size of the report.

    python benchmarks/full_grid.py benchmarks/pairs/chatkit.toml

The pair says which scenario is the one; the axes are the built-in profile's. Each step
tells what it begins with. Whom to blame is asked only with `--blame`, for that is
work of another kind.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from asking import Asked, Compatcheck, copied
from grids import read_pair
from measuring import RESULTS, WORK, keep, show
from memory import MemoryWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One run, and what is in its cache before it."""

    title: str
    scenario: bool
    """Whether it asks the one scenario; else all of the profile's."""
    before: Callable[[Compatcheck], None]
    words: tuple[str, ...] = ()


def _empty(ours: Compatcheck) -> None:
    ours.empty()


def _wheels_only(ours: Compatcheck) -> None:
    ours.forget()


def _as_it_is(_: Compatcheck) -> None:
    """Leave all that is remembered."""


STEPS: Final[Mapping[str, Step]] = {
    "screen": Step(
        title="the screen alone, from nothing",
        scenario=True,
        before=_empty,
        words=("--probe", "screen"),
    ),
    "nothing": Step(title="one scenario, from nothing", scenario=True, before=_empty),
    "one": Step(
        title="one scenario, wheels in the cache", scenario=True, before=_wheels_only
    ),
    "again": Step(title="the same, a second time", scenario=True, before=_as_it_is),
    "all": Step(
        title="all scenarios, wheels in the cache", scenario=False, before=_wheels_only
    ),
    "all-again": Step(
        title="the same, a second time", scenario=False, before=_as_it_is
    ),
}
"""In this order: each finds what those before it left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The two commands that are asked, which share a cache, and how."""

    one: Compatcheck
    every: Compatcheck
    words: tuple[str, ...]
    scenario: Path

    def take(self, step: Step) -> tuple[Asked, MemoryWatch]:
        """One step, watched."""
        ours = self.one if step.scenario else self.every
        step.before(ours)
        own = ("--scenario", str(self.scenario)) if step.scenario else ()
        with MemoryWatch() as watch:
            asked = ours.ask(*self.words, *step.words, *own)
        return asked, watch


def figures_of(name: str, asked: Asked, watch: MemoryWatch) -> dict[str, Any]:
    """What is kept of a step."""
    report = asked.report
    return {
        "step": name,
        "title": STEPS[name].title,
        "cells": len(report["cells"]),
        "asked": asked.anew,
        "wall_seconds": round(asked.seconds, 2),
        "report_bytes": asked.size,
        "memory": watch.as_json(),
        "timings": report["timings"],
        "summary": report["summary"],
        "conclusion": report["conclusion"],
    }


def tell(figures: Sequence[Mapping[str, Any]]) -> None:
    """Print the figures."""
    show(
        "the profile's grid",
        ("step", "cells", "unknown", "wall s", "picture s", "peak MiB", "report kB"),
        [
            (
                each["title"],
                f"{each['cells']:,}",
                f"{each['summary']['unknown']:,}",
                f"{each['wall_seconds']:.1f}",
                str(each["timings"].get("first_picture", "")),
                f"{each['memory']['peak_mib']:,.0f}",
                f"{each['report_bytes'] / 1000:,.0f}",
            )
            for each in figures
        ],
    )
    unread = sum(each["memory"]["unread"] for each in figures)
    if unread:
        print(f"memory could not be read {unread} times: the peaks are too low")


def main() -> int:
    """Take the steps, tell and keep; 1 where a second run asks anything again."""
    asked = _asked()
    folder = asked.work.absolute() / "full-grid"
    cache = folder / "cache"
    grid = Grid(
        one=Compatcheck(
            folder=copied(folder / "one", own_scenarios=False), cache=cache
        ),
        every=Compatcheck(
            folder=copied(folder / "every", own_scenarios=True), cache=cache
        ),
        words=("--select", asked.select, *(() if asked.blame else ("--no-blame",))),
        scenario=read_pair(asked.pair).scenario,
    )
    figures = []
    for name in asked.steps.split(","):
        figures.append(figures_of(name, *grid.take(STEPS[name])))
        print(f"{STEPS[name].title}: {figures[-1]['wall_seconds']} s", flush=True)
        keep(asked.output, "full_grid", {"words": grid.words, "rows": figures})
    tell(figures)
    again = [each for each in figures if each["step"].endswith("again")]
    return 1 if any(each["asked"] for each in again) else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("pair", type=Path, help="a file in pairs/: its scenario")
    parser.add_argument("--select", default="all", help="as of compatcheck matrix")
    parser.add_argument("--blame", action="store_true", help="and who is to blame")
    parser.add_argument("--steps", default=",".join(STEPS), help="by comma")
    parser.add_argument("--work", type=Path, default=WORK, help="copies and cache")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where JSON goes")
    asked = parser.parse_args()
    unknown = set(asked.steps.split(",")) - set(STEPS)
    if unknown:
        parser.error(f"no step {', '.join(sorted(unknown))}: {', '.join(STEPS)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
