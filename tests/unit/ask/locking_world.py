"""A planted index, the real uv, and cells of two axes that are to be locked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock

from packaging.requirements import Requirement
from packaging.version import Version
from planted.loopback import LoopbackIndex
from planted.manners import Manners
from planted.wheels import write_wheel

from compatcheck.ask.locks import Locks, ResolveTerms
from compatcheck.ask.pages import Pages
from compatcheck.ask.renewals import Renewals
from compatcheck.environments import Uv
from compatcheck.environments.uv import Ended
from compatcheck.index.archives import RemoteArchives
from compatcheck.index.client import Simple
from compatcheck.index.locations import IndexLocation, IndexSettings
from compatcheck.index.settings import uv_environment
from compatcheck.model import (
    Cell,
    Interpreter,
    Locked,
    Pin,
    Release,
    Resolution,
    Unknown,
    Unsolvable,
    WheelContents,
)
from compatcheck.observations import ObservationStore
from compatcheck.resolve import UvResolver
from compatcheck.surface.choose import choose_wheel
from compatcheck.surface.contents import read_contents

Answer = Locked | Unsolvable | Unknown
TERMS = ResolveTerms(
    requirements=(),
    constraints=(),
    overrides=(),
    pre_releases=False,
    allow_builds=False,
    index="",
)
ALIKE = ("a 1.0: b, c", "a 1.1: b, c", "a 1.2: b, c", "b 1.0", "b 2.0", "c 1.0")
"""Releases of two axes, `a` and `b`, of which each axis is one class."""


class CountingUv(Uv):
    """The real one, which counts how often it is asked to resolve."""

    solves = 0
    _counting = Lock()

    def run(self, arguments: Sequence[str], **how: object) -> Ended:
        """Count it and do it."""
        with self._counting:
            self.solves += list(arguments[:2]) == ["pip", "compile"]
        return super().run(arguments, **how)  # type: ignore[arg-type] # handed on as it came


@dataclass(kw_only=True)
class Grid:
    """A planted index, the real uv, and cells of `a` and `b` to be locked."""

    folder: Path
    interpreter: Interpreter
    manners: Manners = field(default_factory=Manners)
    terms: ResolveTerms = TERMS
    where: IndexSettings | None = None
    now: datetime = datetime(2025, 1, 1, tzinfo=UTC)
    renewed: timedelta = timedelta(hours=1)
    """How long a run must last for its locks to be made again."""

    def plant(
        self, *releases: str, tag: str = "py3-none-any", python: str | None = None
    ) -> None:
        """Write wheels: each `name version: requirement, requirement`."""
        for release in releases:
            head, _, requires = release.partition(":")
            name, version = head.split()
            write_wheel(
                self.folder / "served",
                name,
                version,
                {f"{name}.py": ""},
                requires=[it.strip() for it in requires.split(",") if it.strip()],
                requires_python=python,
                extras=["x", "y"],
                tag=tag,
            )

    @contextmanager
    def served(self) -> Iterator[LoopbackIndex]:
        """Serve what is planted, and resolve from there."""
        with LoopbackIndex(self.folder / "served", self.manners) as index:
            main = IndexLocation(url=index.url, default=True)
            self.where = IndexSettings(indexes=(main,))
            self.uv = self.new_uv()
            yield index

    def new_uv(self) -> CountingUv:
        """One that has not been asked anything."""
        assert self.where
        return CountingUv(
            cache=self.folder / "cache",
            index=uv_environment(self.where),
            environ={"PATH": os.environ["PATH"]},
        )

    @contextmanager
    def locks(self) -> Iterator[Callable[[Cell], Answer]]:
        """What another run locks cells with."""
        with self.door() as (locks, known):
            yield lambda cell: locks.lock(cell, *known(cell))

    @contextmanager
    def door(self) -> Iterator[tuple[Locks, Callable[[Cell], Known]]]:
        """The locks of another run, and what is known of a cell's pins."""
        assert self.where
        store = ObservationStore(self.folder / "store", lambda: self.now)
        with (
            Simple(self.where) as index,
            RemoteArchives(self.where) as archives,
            Pages(index.page_state, lambda: self.now) as pages,
            Renewals(self.renewed) as renewals,
        ):
            resolver = UvResolver(self.uv)
            locks = Locks(resolver, store, self.terms, pages, renewals)

            def known(cell: Cell) -> Known:
                releases = [_release(index, it) for it in cell.pins]
                contents = {}
                for release in releases:
                    wheel = choose_wheel(release, cell.interpreter)
                    assert wheel
                    with archives.open(wheel, whole=False) as archive:
                        contents[release.distribution] = read_contents(archive)
                return releases, contents

            yield locks, known
        store.close()

    def cell(self, *pins: str, **changes: object) -> Cell:
        """A cell of these pins."""
        cell = Cell(
            pins=tuple(map(pin, pins)),
            interpreter=self.interpreter,
            resolution=Resolution.HIGHEST,
            as_of=None,
        )
        return replace(cell, **changes)  # type: ignore[arg-type] # whatever the test says

    def solved(self, *pins: str, **changes: object) -> Answer:
        """What uv itself says of a cell, in a run that shares nothing with others."""
        apart = replace(self, folder=Path(mkdtemp(dir=self.folder)))
        apart.uv = apart.new_uv()
        with apart.locks() as lock:
            return lock(self.cell(*pins, **changes))

    def lock_all(self, *cells: Cell) -> tuple[list[Answer], int]:
        """Lock cells one after the other; and how often uv was asked."""
        before = self.uv.solves
        with self.locks() as lock:
            return [lock(cell) for cell in cells], self.uv.solves - before

    def check(self, *pinned: tuple[str, ...], solves: int) -> None:
        """Lock cells: so many times uv is asked, and each gets what uv would say."""
        answers, asked = self.lock_all(*(self.cell(*pins) for pins in pinned))
        for pins, answer in zip(pinned, answers, strict=True):
            assert answer == self.solved(*pins), pins
        assert asked == solves


Known = tuple[list[Release], dict[str, WheelContents]]


def pin(text: str) -> Pin:
    """The pin of a requirement: `a[x]==1.0`."""
    asked = Requirement(text)
    (version,) = asked.specifier
    return Pin(
        distribution=asked.name,
        version=Version(version.version),
        extras=tuple(sorted(asked.extras)),
    )


def _release(index: Simple, pin: Pin) -> Release:
    project = index.project(pin.distribution)
    assert project
    return next(it for it in project.releases if it.version == pin.version)


A_AND_B = [
    (f"a=={a}", f"b=={b}") for a in ("1.0", "1.1", "1.2") for b in ("1.0", "2.0")
]
