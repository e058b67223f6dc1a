"""A small world behind the door: releases, a resolver, and what a lock does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from compatcheck.model import (
    Cell,
    CellResult,
    Contract,
    Failure,
    Frame,
    Interpreter,
    Locked,
    LockedPackage,
    Observation,
    Outcome,
    Pin,
    Release,
    ReleaseFile,
    Resolution,
    Stage,
)

START = datetime(2025, 1, 1, tzinfo=UTC)
Lock = Mapping[str, Version]
Behaviour = Callable[[Lock], Sequence[Observation]]


def python(minor: str = "3.12") -> Interpreter:
    """A Python that is nowhere."""
    return Interpreter(
        executable=Path(f"/opt/python/bin/python{minor}"),
        version=f"{minor}.1",
        implementation="cpython",
        build=minor,
        markers={},
    )


def failure(
    message: str = "it broke",
    kind: str = "RuntimeError",
    *,
    at: str = "app/serve.py",
    module: str | None = None,
) -> Failure:
    """What was raised in a file of site-packages."""
    frame = Frame(
        file=f"<env>/lib/python3.12/site-packages/{at}", line=7, function="run"
    )
    return Failure(type=kind, message=message, module=module, frames=(frame,))


def passed(target: str = "scene.play", stage: Stage = Stage.SCENARIO) -> Observation:
    """A probe that passed."""
    return Observation(probe=stage, stage=stage, target=target, outcome=Outcome.PASSED)


def failed(
    why: Failure | None = None,
    target: str = "scene.play",
    stage: Stage = Stage.SCENARIO,
) -> Observation:
    """A probe that failed."""
    return Observation(
        probe=stage,
        stage=stage,
        target=target,
        outcome=Outcome.FAILED,
        failure=why or failure(),
    )


@dataclass(frozen=True, kw_only=True)
class Made:
    """A release of this world."""

    day: int
    """Days after the start of 2025."""
    requires: tuple[str, ...] = ()
    yanked: bool = False
    wheel: bool = True


@dataclass(kw_only=True)
class World:
    """Implements the door: locks a cell with what exists, and lets the lock behave."""

    made: Mapping[str, Mapping[str, Made]]
    behave: Behaviour
    axes: tuple[str, ...]
    moods: Callable[[Cell, int], Sequence[Observation] | None] = lambda *_: None
    """What a cell answers that does not behave, asked for the nth time, from 0."""
    asked: list[tuple[Cell, bool]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    pythons: tuple[Interpreter, ...] = (python(),)
    confirmed: bool = False
    """Whether every answer was seen twice, in an earlier run."""
    unread: tuple[str, ...] = ()
    """Distributions whose releases cannot be read."""
    unlisted: tuple[str, ...] = ()
    """Versions that are there to be locked, but in no list of releases."""

    def __call__(
        self, cells: Sequence[Cell], *, fresh: bool = False
    ) -> list[CellResult]:
        """Answer each cell."""
        first = len(self.asked)
        self.asked += [(cell, fresh) for cell in cells]
        return [self._answer(cell, place) for place, cell in enumerate(cells, first)]

    def grid(self, *, as_of_release: bool = False) -> list[CellResult]:
        """Every cell of the axes, asked; none of that is counted."""
        results = []
        for interpreter in self.pythons:
            for versions in product(*(self.made[axis] for axis in self.axes)):
                pins = tuple(
                    Pin(distribution=axis, version=Version(version))
                    for axis, version in zip(self.axes, versions, strict=True)
                )
                cell = Cell(
                    pins=pins,
                    interpreter=interpreter,
                    resolution=Resolution.HIGHEST,
                    as_of=None,
                )
                if as_of_release:
                    cell = _as_of(cell, self.when_released(cell))
                results.append(self._answer(cell))
        return results

    def when_released(self, cell: Cell) -> datetime:
        """When the last pin came out."""
        return max(self._time(pin.distribution, str(pin.version)) for pin in cell.pins)

    def releases(self, distribution: str) -> list[Release]:
        """All releases that the index has."""
        if distribution in self.unread:
            from compatcheck.errors import IndexFault

            raise IndexFault("the index is asleep")
        return [
            self._release(distribution, version, made)
            for version, made in self.made[distribution].items()
            if version not in self.unlisted
        ]

    def counted(self) -> Counter[bool]:
        """How many questions were asked, by whether they were fresh."""
        return Counter(fresh for _, fresh in self.asked)

    def _time(self, name: str, version: str) -> datetime:
        return START + timedelta(days=self.made[name][version].day)

    def _release(self, name: str, version: str, made: Made) -> Release:
        suffix = "-py3-none-any.whl" if made.wheel else ".tar.gz"
        file = ReleaseFile(
            distribution=name,
            version=Version(version),
            filename=f"{name}-{version}{suffix}",
            url="",
            kind="wheel" if made.wheel else "sdist",
            hashes={},
            requires_python=None,
            yanked="bad" if made.yanked else None,
            upload_time=self._time(name, version),
            has_metadata=False,
        )
        return Release(distribution=name, version=Version(version), files=(file,))

    def _answer(self, cell: Cell, place: int = 0) -> CellResult:
        lock = next(self._locks(cell), None)
        if lock is None:
            return CellResult(
                cell=cell,
                outcome=Outcome.UNSOLVABLE,
                stage=Stage.RESOLVE,
                reason="they contradict each other",
            )
        times = sum(before == cell for before, _ in self.asked[:place])
        seen = tuple(self.moods(cell, times) or self.behave(lock))
        outcomes = {observation.outcome for observation in seen}
        bad = Outcome.FAILED in outcomes
        return CellResult(
            cell=cell,
            outcome=Outcome.FAILED if bad else Outcome.PASSED,
            stage=seen[-1].stage,
            lock=_locked(lock),
            contract=Contract(
                roots={axis: (axis,) for axis in self.axes},
                modules=(),
                symbols=(),
                optional=(),
            ),
            observations=seen,
            confirmed=self.confirmed,
        )

    def _locks(self, cell: Cell) -> Iterator[Lock]:
        """Every lock, the resolver's favourite first."""
        wanted = [Requirement(str(pin)) for pin in cell.pins]
        bounds = [Requirement(line) for line in cell.constraints]
        yield from self._chosen(wanted, bounds, {}, cell)

    def _chosen(
        self,
        wanted: list[Requirement],
        bounds: list[Requirement],
        lock: dict[str, Version],
        cell: Cell,
    ) -> Iterator[Lock]:
        if any(it.name in lock and not _admits(it, lock[it.name]) for it in wanted):
            return
        name = next((it.name for it in wanted if it.name not in lock), None)
        if name is None:
            yield lock
            return
        about = [it for it in (*wanted, *bounds) if it.name == name]
        pinned = any("==" in str(it.specifier) for it in about)
        for text in sorted(self.made[name], key=Version, reverse=True):
            made, version = self.made[name][text], Version(text)
            late = cell.as_of is not None and self._time(name, text) > cell.as_of
            if late or (made.yanked and not pinned):
                continue
            if all(_admits(it, version) for it in about):
                more = [*wanted, *map(Requirement, made.requires)]
                yield from self._chosen(more, bounds, {**lock, name: version}, cell)


def _as_of(cell: Cell, when: datetime) -> Cell:
    from dataclasses import replace

    return replace(cell, as_of=when)


def _admits(requirement: Requirement, version: Version) -> bool:
    return requirement.specifier.contains(version, prereleases=True)


def _locked(lock: Lock) -> Locked:
    return Locked(
        packages=tuple(
            LockedPackage(
                distribution=name,
                version=version,
                files=(f"{name}-{version}-py3-none-any.whl",),
                hashes=(),
                timed=True,
            )
            for name, version in sorted(lock.items())
        ),
    )
