"""Cells of one class are resolved once, each to the lock that uv would give it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from threading import Barrier, Thread

import pytest
from conftest import python
from planted.manners import Sins
from unit.ask.locking_world import A_AND_B, ALIKE, TERMS, Answer, Grid

from compatcheck.model import (
    Interpreter,
    Locked,
    Unknown,
    Unsolvable,
)

JUNE = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    """The Python 3.11 that cells are resolved for."""
    return python("3.11")


@pytest.fixture
def grid(tmp_path: Path, interpreter: Interpreter) -> Grid:
    """A grid of nothing yet."""
    return Grid(folder=tmp_path, interpreter=interpreter)


def test_class_is_resolved_once(grid: Grid) -> None:
    """Six cells, one question to uv, and the locks that six questions would bring."""
    grid.plant(*ALIKE)
    with grid.served():
        grid.check(*A_AND_B, solves=1)


def test_lock_that_was_put_together_can_be_installed(grid: Grid) -> None:
    """Its text leads uv to the very file of the release that was put in."""
    grid.plant(*ALIKE)
    with grid.served():
        (_, lock), _ = grid.lock_all(*(grid.cell(*pins) for pins in A_AND_B[:2]))
        truth = grid.solved(*A_AND_B[1])
        assert isinstance(lock, Locked)
        assert isinstance(truth, Locked)
    for ours, theirs in zip(lock.packages, truth.packages, strict=True):
        assert _address(ours.entry) == _address(theirs.entry)


def _address(entry: str) -> tuple[object, ...]:
    import tomllib

    (package,) = tomllib.loads(entry)["packages"]
    (wheel,) = package["wheels"]
    told = (wheel["url"], wheel["hashes"], wheel["upload-time"])
    return (package["name"], package["version"], *told)


def test_next_run_knows_the_class_too(grid: Grid) -> None:
    """For ten minutes; what counts from then on is in `test_pages`."""
    grid.plant(*ALIKE)
    with grid.served():
        cells = [grid.cell(*pins) for pins in A_AND_B]
        assert grid.lock_all(cells[0])[1] == 1
        grid.manners.sins["c"] = Sins(failures=100)
        grid.now += timedelta(minutes=9)
        assert grid.lock_all(*cells)[1] == 0
        grid.now += timedelta(minutes=2)
        grid.manners.sins.clear()
        grid.plant("c 2.0")
        assert grid.lock_all(*cells)[1] == 1


def test_lock_is_at_hand_once_its_class_is_resolved(grid: Grid) -> None:
    """And in the next run; before that, uv is not asked for it."""
    grid.plant(*ALIKE, "b 3.0: c")
    with grid.served():
        first, mate, other = (
            grid.cell(*pins) for pins in (*A_AND_B[:2], ("a==1.0", "b==3.0"))
        )
        with grid.door() as (locks, known):
            assert locks.at_hand(first, *known(first)) is None
            lock = locks.lock(first, *known(first))
            assert locks.at_hand(first, *known(first)) == lock
            lent = locks.at_hand(mate, *known(mate))
            assert lent == locks.lock(mate, *known(mate))
            assert locks.at_hand(other, *known(other)) is None
        with grid.door() as (locks, known):
            assert locks.at_hand(mate, *known(mate)) == lent
            assert locks.at_hand(other, *known(other)) is None
        assert grid.uv.solves == 1


def test_contradiction_is_at_hand(grid: Grid) -> None:
    """What the pins' metadata tells needs no resolver, now as ever."""
    grid.plant("a 1.0: b>=2", "b 1.0")
    with grid.served(), grid.door() as (locks, known):
        cell = grid.cell("a==1.0", "b==1.0")
        told = locks.at_hand(cell, *known(cell))
        assert told == Unsolvable(reason="a 1.0 requires b>=2")
        assert grid.uv.solves == 0


def test_threads_wait_for_the_first_of_their_class(grid: Grid) -> None:
    """All ask at once, and one question is put to uv."""
    grid.plant(*ALIKE)
    answers: dict[int, Answer] = {}
    with grid.served(), grid.door() as (locks, known):
        cells = [grid.cell(*pins) for pins in A_AND_B]
        asked = [(cell, *known(cell)) for cell in cells]
        start = Barrier(len(cells))

        def ask(place: int) -> None:
            start.wait()
            answers[place] = locks.lock(*asked[place])

        threads = [Thread(target=ask, args=(place,)) for place in range(len(cells))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert grid.uv.solves == 1
        for place, pins in enumerate(A_AND_B):
            assert answers[place] == grid.solved(*pins)


UNLIKE: dict[str, tuple[list[str], list[tuple[str, ...]], int]] = {
    "a third one bounds the pin": (
        ["a 1.0: t", "a 1.1: t", "t 1.0: b<2", "b 1.0", "b 1.1", "b 2.0"],
        [("a==1.0", "b==1.0"), ("a==1.1", "b==1.1"), ("a==1.0", "b==2.0")],
        2,
    ),
    "the newest third one bounds the pin, and is dropped": (
        ["a 1.0: t", "t 1.0", "t 2.0: b>=2", "b 1.0", "b 1.1", "b 2.0"],
        [("a==1.0", "b==1.0"), ("a==1.0", "b==1.1"), ("a==1.0", "b==2.0")],
        2,
    ),
    "one release only is left out": (
        ["a 1.0: t", "t 1.0", "t 2.0: b!=1.1", "b 1.0", "b 1.1", "b 1.2"],
        [("a==1.0", "b==1.0"), ("a==1.0", "b==1.1"), ("a==1.0", "b==1.2")],
        2,
    ),
    "a third one asks for another extra": (
        ["a 1.0: t", "t 1.0: b[x]", "b 1.0: c; extra == 'x'", "b 1.1", "c 1.0"],
        [("a==1.0", "b==1.1"), ("a==1.0", "b==1.0")],
        2,
    ),
    "other extras": (
        ["a 1.0", "b 1.0: c; extra == 'x'", "b 1.1: c; extra == 'x'", "c 1.0"],
        [("a==1.0", "b[x]==1.0"), ("a==1.0", "b==1.1"), ("a==1.0", "b[x]==1.1")],
        2,
    ),
    "other requirements": (
        ["a 1.0: c", "a 1.1: c<2", "a 1.2: c<2", "b 1.0", "c 1.0", "c 2.0"],
        [("a==1.0", "b==1.0"), ("a==1.1", "b==1.0"), ("a==1.2", "b==1.0")],
        2,
    ),
    "a requirement of this Python": (
        ["a 1.0", "a 1.1: c; python_version >= '3'", "b 1.0", "c 1.0"],
        [("a==1.0", "b==1.0"), ("a==1.1", "b==1.0")],
        2,
    ),
    "a requirement of an extra that nobody asks for": (
        ["a 1.0: b", "a 1.1: b, c; extra == 'x'", "b 1.0", "c 1.0"],
        [("a==1.0", "b==1.0"), ("a==1.1", "b==1.0")],
        1,
    ),
    "a demand under a marker": (
        ["a 1.0: b; python_version == '3.11.*'", "b 1.0", "b 1.1", "b 2.0"],
        [("a==1.0", "b==2.0"), ("a==1.0", "b==1.1"), ("a==1.0", "b==1.0")],
        3,
    ),
    "pre-releases": (
        ["a 1.0", "b 1.0", "b 1.1rc1", "b 1.1rc2"],
        [("a==1.0", "b==1.0"), ("a==1.0", "b==1.1rc1"), ("a==1.0", "b==1.1rc2")],
        2,
    ),
}


@pytest.mark.parametrize(
    ("releases", "cells", "solves"), UNLIKE.values(), ids=UNLIKE.keys()
)
def test_what_may_differ_is_resolved_for_real(
    grid: Grid, releases: list[str], cells: list[tuple[str, ...]], solves: int
) -> None:
    """Wherever uv could go another way for another release, it is asked."""
    grid.plant(*releases)
    with grid.served():
        grid.check(*cells, solves=solves)


def test_wheels_of_the_same_tags_are_a_class(grid: Grid) -> None:
    """Of many wheels those are listed that uv lists; other tags are another class."""
    grid.plant("a 1.0", "b 1.0", "b 1.1", "b 1.2")
    for tag in ("cp311-cp311-manylinux_2_17_x86_64", "cp38-abi3-manylinux1_x86_64"):
        grid.plant("b 1.0", "b 1.1", "b 1.2", tag=tag)
    grid.plant("b 1.0", "b 1.1", "b 1.2", tag="cp311-cp311-win_amd64")
    grid.plant("b 1.2", tag="cp312-cp312-win_amd64")
    with grid.served():
        cells = [("a==1.0", f"b=={version}") for version in ("1.0", "1.1", "1.2")]
        grid.check(*cells, solves=2)


def test_other_python_bounds_are_another_class(grid: Grid) -> None:
    """Whatever a release says of Pythons, it says it itself."""
    grid.plant("a 1.0", "b 1.0")
    grid.plant("b 1.1", "b 1.2", python=">=3.9")
    with grid.served():
        cells = [("a==1.0", f"b=={version}") for version in ("1.0", "1.1", "1.2")]
        grid.check(*cells, solves=2)


def test_instant_is_part_of_the_class(grid: Grid) -> None:
    """What was out then is another question; as of one instant it is one question."""
    grid.plant(*ALIKE, "c 2.0")
    grid.manners.times["c-2.0-py3-none-any.whl"] = "2024-12-01T00:00:00Z"
    changes: tuple[dict[str, datetime], ...] = (
        {"as_of": JUNE},
        {"as_of": JUNE},
        {},
        {},
    )
    with grid.served():
        cells = [
            grid.cell(*pins, **how) for pins, how in zip(A_AND_B, changes, strict=False)
        ]
        answers, asked = grid.lock_all(*cells)
        for pins, how, answer in zip(A_AND_B, changes, answers, strict=False):
            assert answer == grid.solved(*pins, **how)
    assert asked == 2


def test_release_that_was_not_out_is_not_put_in(grid: Grid) -> None:
    """As of an instant, uv says so itself."""
    grid.plant(*ALIKE)
    grid.manners.times["b-2.0-py3-none-any.whl"] = "2024-12-01T00:00:00Z"
    with grid.served():
        cells = [grid.cell(*pins, as_of=JUNE) for pins in A_AND_B[:2]]
        (out, later), asked = grid.lock_all(*cells)
    assert isinstance(out, Locked)
    assert isinstance(later, Unknown)
    assert asked == 2


@pytest.mark.parametrize("sin", ["no hash", "yanked"])
def test_release_like_no_other_is_resolved_for_real(grid: Grid, sin: str) -> None:
    """Where the index tells too little of a file, or has withdrawn it."""
    grid.plant(*ALIKE)
    if sin == "yanked":
        for name in ("a-1.0", "a-1.1"):
            grid.manners.yanked[f"{name}-py3-none-any.whl"] = ""
    else:
        grid.manners.hashes = False
    with grid.served():
        grid.check(("a==1.0", "b==1.0"), ("a==1.1", "b==1.0"), solves=2)


@pytest.mark.parametrize(
    ("terms", "constraints"),
    [
        ({"requirements": ("b<2",)}, ()),
        ({"constraints": ("b<2",)}, ()),
        ({"overrides": ("b<2",)}, ()),
        ({"requirements": ("./some/path",)}, ()),
        ({"local": frozenset({"b"})}, ()),
        ({}, ("b<2",)),
    ],
    ids=["requirement", "constraint", "override", "path", "local version", "cell's"],
)
def test_what_speaks_of_a_pin_makes_each_cell_its_own(
    grid: Grid, terms: dict[str, object], constraints: tuple[str, ...]
) -> None:
    """Bounds of the user's on a pin, or what is not understood, are left to uv."""
    grid.plant("a 1.0", "b 1.0", "b 1.1")
    grid.terms = replace(TERMS, **terms)  # type: ignore[arg-type] # each of them fits
    with grid.served():
        cells = [
            grid.cell(*pins, constraints=constraints)
            for pins in (("a==1.0", "b==1.0"), ("a==1.0", "b==1.1"))
        ]
        assert grid.lock_all(*cells)[1] == 2


def test_contradictions_are_not_shared(grid: Grid) -> None:
    """Each names the release that it is about."""
    grid.plant("a 1.0: t", "t 1.0: c<2", "b 1.0: c>=2", "b 1.1: c>=2", "c 1.0", "c 2.0")
    with grid.served():
        grid.check(("a==1.0", "b==1.0"), ("a==1.0", "b==1.1"), solves=2)


def test_lock_that_could_not_be_installed_is_resolved_anew(grid: Grid) -> None:
    """Neither it nor the one it was made of is taken again."""
    grid.plant(*ALIKE)
    with grid.served(), grid.door() as (locks, known):
        first, second, third = (grid.cell(*pins) for pins in A_AND_B[:3])
        for cell in (first, second):
            locks.lock(cell, *known(cell))
        assert grid.uv.solves == 1
        locks.forget(second)
        locks.lock(second, *known(second))
        assert grid.uv.solves == 2
        for cell in (first, second, third):
            locks.lock(cell, *known(cell))
        assert grid.uv.solves == 2


def test_file_in_two_places_is_resolved_for_real(grid: Grid) -> None:
    """Which of them uv takes is its own rule: here it is the one without a time."""
    grid.plant(*ALIKE)
    wheel = "b-2.0-py3-none-any.whl"
    (grid.folder / "links").mkdir()
    copyfile(grid.folder / "served" / wheel, grid.folder / "links" / wheel)
    with grid.served():
        links = ((grid.folder / "links").as_uri(),)
        assert grid.where
        grid.where = replace(grid.where, find_links=links)
        grid.uv = grid.new_uv()
        grid.check(*A_AND_B[:2], A_AND_B[2], solves=2)
        with grid.locks() as lock:
            lock_of_both = lock(grid.cell(*A_AND_B[1]))
    assert isinstance(lock_of_both, Locked)
    assert [it.timed for it in lock_of_both.packages] == [True, False, True]
