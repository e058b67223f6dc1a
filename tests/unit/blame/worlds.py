"""Worlds in which an application drifts, and what blame says of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from packaging.version import Version
from unit.blame.world import Lock, Made, World, failed, passed

from compatcheck.blame import Blamed, blame
from compatcheck.model import CellResult, Diagnosis, Observation

HTTP = {"0.26": 1, "0.27.0": 20, "0.27.2": 30, "0.28.0": 40, "0.28.1": 50}
SIX = [f"lib{n}" for n in range(6)]
WORKS = [passed()]
BREAKS = [failed()]


def made(days: dict[str, int], requires: Sequence[str] = ()) -> dict[str, Made]:
    """Releases by day, all of which require the same."""
    return {
        version: Made(day=day, requires=tuple(requires))
        for version, day in days.items()
    }


def world(
    behave: Callable[[Lock], Sequence[Observation]],
    others: dict[str, dict[str, Made]] | None = None,
    app: dict[str, int] | None = None,
) -> World:
    """An application that requires whatever there is, and six bystanders that move."""
    others = others or {"http": made(HTTP)}
    bystanders = {name: made({"1.0": 0, "2.0": 60}) for name in SIX}
    requires = sorted({*others, *bystanders})
    return World(
        made={
            "app": made(app or {"1.0": 10}, requires),
            **others,
            **bystanders,
        },
        behave=behave,
        axes=("app",),
    )


def blamed(asked: World, results: Sequence[CellResult] | None = None) -> Blamed:
    """What blame says of the grid of a world."""
    return blame(
        asked.grid() if results is None else results,
        ask=asked,
        releases=asked.releases,
        when_released=asked.when_released,
        told=asked.said.append,
    )


def only(found: Blamed) -> Diagnosis:
    """The one diagnosis that all failed cells share."""
    (diagnosis,) = {d for result in found.results for d in result.diagnoses}
    return diagnosis


def at_least(name: str, version: str) -> Callable[[Lock], bool]:
    """Whether a lock holds that release or a newer one."""
    return lambda lock: lock[name] >= Version(version)


def breaks_if(*bad: Callable[[Lock], bool]) -> Callable[[Lock], Sequence[Observation]]:
    """The scenario fails where all of these are so."""
    return lambda lock: BREAKS if all(it(lock) for it in bad) else WORKS
