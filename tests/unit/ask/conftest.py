"""Small nouns that the questions are about."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from packaging.version import Version
from unit.ask.nursery_world import World, world_in

from compatcheck.model import (
    Cell,
    CellResult,
    Failure,
    Interpreter,
    Observation,
    Outcome,
    Pin,
    Resolution,
    Stage,
)

_WORST_FIRST = (
    Outcome.CRASHED,
    Outcome.FAILED,
    Outcome.UNKNOWN,
    Outcome.PASSED,
    Outcome.NOT_RUN,
)
MakeResult = Callable[..., CellResult]


def interpreter(build: str = "build") -> Interpreter:
    """A Python that is nowhere."""
    return Interpreter(
        executable=Path("/opt/python/bin/python3.11"),
        version="3.11.7",
        implementation="cpython",
        build=build,
        markers={},
    )


def cell(version: str) -> Cell:
    """A cell that pins `lib` to a version."""
    pin = Pin(distribution="lib", version=Version(version))
    return Cell(
        pins=(pin,),
        interpreter=interpreter(),
        resolution=Resolution.HIGHEST,
        as_of=None,
    )


def failure(message: str, kind: str = "ImportError") -> Failure:
    """A failure that says so."""
    return Failure(type=kind, message=message, module=None, frames=())


def seen(
    outcome: Outcome,
    said: Failure | None = None,
    *,
    stage: Stage = Stage.IMPORT,
    target: str = "lib",
) -> Observation:
    """What a probe saw."""
    return Observation(
        probe=str(stage), stage=stage, target=target, outcome=outcome, failure=said
    )


def result(
    version: str, observations: Sequence[Observation], *, confirmed: bool = False
) -> CellResult:
    """A cell that was asked."""
    worst = min(
        (o.outcome for o in observations),
        key=_WORST_FIRST.index,
    )
    return CellResult(
        cell=cell(version),
        outcome=worst,
        stage=Stage.IMPORT,
        observations=tuple(observations),
        confirmed=confirmed,
    )


@pytest.fixture
def passed() -> Observation:
    """An import that worked."""
    return seen(Outcome.PASSED)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of its own for each test."""
    with world_in(tmp_path, sys.executable) as made:
        yield made
