"""A lock that is older than ten minutes counts where no page it was made of changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import python, wait_until
from planted.manners import Sins
from unit.ask.locking_world import ALIKE, TERMS, Grid

from compatcheck.index.client import Simple
from compatcheck.index.locations import IndexLocation, IndexSettings
from compatcheck.model import Interpreter

PINS = ("a==1.0", "b==1.0")
LATER = timedelta(minutes=11)
DEEP = ("a 1.0: t", "t 1.0: u", "t 2.0: gone", "u 1.0", "b 1.0", "other 1.0")
"""The newest `t` requires what there is not: `gone` is looked for and not found."""


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    """The Python 3.11 that cells are resolved for."""
    return python("3.11")


@pytest.fixture
def grid(tmp_path: Path, interpreter: Interpreter) -> Grid:
    """A grid of nothing yet."""
    return Grid(folder=tmp_path, interpreter=interpreter)


def lock_again(grid: Grid, between: Callable[[], None] = lambda: None) -> int:
    """How often uv is asked for a lock that was there eleven minutes before.

    It was resolved twice by then, and so is known by its pages.
    """
    cell = grid.cell(*PINS)
    for _ in range(2):
        assert grid.lock_all(cell)[1] == 1
        grid.now += LATER
    between()
    answers, solves = grid.lock_all(cell)
    assert answers == [grid.solved(*PINS)]
    return solves


def test_lock_stands_as_long_as_its_pages_do(grid: Grid) -> None:
    """Days later, and in another run; the whole class has it."""
    grid.plant(*ALIKE)
    with grid.served():
        assert lock_again(grid) == 0
        grid.now += timedelta(days=2)
        assert grid.lock_all(grid.cell("a==1.1", "b==2.0"))[1] == 0


def test_lock_counts_for_ten_minutes_without_its_pages(grid: Grid) -> None:
    """To the second."""
    grid.plant(*DEEP)
    with grid.served():
        cell = grid.cell(*PINS)
        assert grid.lock_all(cell)[1] == 1
        grid.now += timedelta(minutes=10)
        assert grid.lock_all(cell)[1] == 0
        grid.now += timedelta(seconds=1)
        assert grid.lock_all(cell)[1] == 1


def test_run_that_lasts_renews_its_locks(grid: Grid) -> None:
    """Each once, so that the next run need not; one that is short does not."""
    grid.plant(*DEEP)
    with grid.served():
        grid.renewed = timedelta(0)
        with grid.door() as (locks, known):
            cell = grid.cell(*PINS)
            locks.lock(cell, *known(cell))
            wait_until(lambda: grid.uv.solves == 2)
        grid.now += LATER
        grid.renewed = timedelta(hours=1)
        assert grid.lock_all(cell)[1] == 0
        grid.plant("u 2.0")
        assert grid.lock_all(cell)[1] == 1


def test_page_that_uv_kept_is_not_what_a_lock_is_known_by(grid: Grid) -> None:
    """An older one may lie in its cache: whatever comes out now has not come out there.

    A mirror tells when a file came out elsewhere, which may be long ago.
    """
    grid.plant(*DEEP)
    grid.manners.max_age = 3600
    with grid.served():
        cell = grid.cell(*PINS)
        assert grid.lock_all(cell)[1] == 1
        grid.plant("u 2.0")
        grid.now += LATER
        (lock,), solves = grid.lock_all(cell)
        assert solves == 1
        assert lock == grid.solved(*PINS)
        grid.now += LATER
        assert grid.lock_all(cell) == ([lock], 0)


def test_pages_are_not_fetched_while_a_lock_is_of_today(grid: Grid) -> None:
    """Nor are they twice for what several locks were made of."""
    grid.plant(*DEEP)
    with grid.served() as index:
        cells = [grid.cell(*PINS), grid.cell("a==1.0", "b==1.0", constraints=("u<9",))]
        for _ in range(2):
            assert grid.lock_all(*cells)[1] == 2
            grid.now += timedelta(minutes=9)
            index.requests.clear()
            assert grid.lock_all(*cells)[1] == 0
            assert index.requests["/simple/u/"] == 0
            grid.now += LATER
        assert grid.lock_all(*cells)[1] == 0
        assert index.requests["/simple/u/"] == 1
        assert index.requests["/simple/other/"] == 0


def test_lock_is_not_at_hand_while_its_pages_would_have_to_be_fetched(
    grid: Grid,
) -> None:
    """Whoever asks what is at hand does not wait for an index."""
    grid.plant(*DEEP)
    with grid.served() as index:
        assert lock_again(grid) == 0
        with grid.door() as (locks, known):
            cell = grid.cell(*PINS)
            asked = known(cell)
            index.requests.clear()
            assert locks.at_hand(cell, *asked) is None
            assert index.requests == {}
            lock = locks.lock(cell, *asked)
            assert locks.at_hand(cell, *asked) == lock


@pytest.mark.parametrize(
    "release", ["u 2.0", "t 1.5: u", "gone 1.0", "a 2.0", "b 1.0.1"]
)
def test_new_release_of_whatever_was_looked_at_counts(grid: Grid, release: str) -> None:
    """Of what was taken, what was dropped on the way, and what was not there."""
    grid.plant(*DEEP)
    with grid.served():
        assert lock_again(grid, lambda: grid.plant(release)) == 1


def test_new_release_of_anything_else_does_not_count(grid: Grid) -> None:
    """What a resolver does not look at cannot change what it says."""
    grid.plant(*DEEP)
    with grid.served():
        assert lock_again(grid, lambda: grid.plant("other 2.0")) == 0


def test_yanked_file_counts(grid: Grid) -> None:
    """It is the same file, of which the index says another thing."""
    grid.plant(*DEEP, "u 0.9")
    with grid.served():
        yank = {"u-1.0-py3-none-any.whl": "broken"}
        assert lock_again(grid, lambda: grid.manners.yanked.update(yank)) == 1


@pytest.mark.parametrize("mode", ["json", "html-times-with-json"])
@pytest.mark.parametrize(
    ("ago", "solves"),
    [(timedelta(minutes=48), 1), (timedelta(minutes=50), 0), (None, 1)],
    ids=["lately", "long ago", "not told"],
)
def test_page_is_trusted_when_nothing_happened_lately(
    grid: Grid, mode: str, ago: timedelta | None, solves: int
) -> None:
    """Else uv may have seen an older one, out of a cache that nobody knows of.

    The lock that counts is made eleven minutes after the first.
    """
    grid.plant(*DEEP)
    grid.manners.modes["u"] = mode  # type: ignore[assignment] # one of its words
    came_out = None if ago is None else (grid.now - ago).isoformat()
    grid.manners.times["u-1.0-py3-none-any.whl"] = came_out
    with grid.served():
        assert lock_again(grid) == solves


def test_page_that_cannot_be_had_says_nothing(grid: Grid) -> None:
    """Then uv is asked, who may know better."""
    grid.plant(*DEEP)
    with grid.served():
        assert lock_again(grid) == 0
        grid.now += LATER
        grid.manners.sins["u"] = Sins(failures=1000)
        assert grid.lock_all(grid.cell(*PINS))[1] == 1


@pytest.mark.parametrize(
    "changes", [{"as_of": datetime(2024, 6, 1, tzinfo=UTC)}], ids=["of the past"]
)
def test_what_is_asked_elsewhere_is_resolved_anew(
    grid: Grid, changes: dict[str, object]
) -> None:
    """For an instant of the past, only places are asked that tell times."""
    grid.plant(*DEEP)
    with grid.served():
        cell = grid.cell(*PINS, **changes)
        for _ in range(3):
            assert grid.lock_all(cell)[1] == 1
            grid.now += LATER


def test_what_is_on_no_page_is_resolved_anew(grid: Grid) -> None:
    """A file at an address may be another one tomorrow."""
    grid.plant(*DEEP)
    with grid.served() as index:
        address = f"{index.root}/files/other-1.0-py3-none-any.whl"
        grid.terms = replace(TERMS, requirements=(f"other @ {address}",))
        cell = grid.cell(*PINS)
        for _ in range(3):
            assert grid.lock_all(cell)[1] == 1
            grid.now += LATER


def test_lock_that_was_forgotten_is_not_known_by_its_pages(grid: Grid) -> None:
    """What could not be installed is resolved for real, however the pages are."""
    grid.plant(*DEEP)
    with grid.served():
        assert lock_again(grid) == 0
        with grid.door() as (locks, known):
            cell = grid.cell(*PINS)
            locks.lock(cell, *known(cell))
            locks.forget(cell)
        assert grid.lock_all(cell)[1] == 1


def test_index_that_is_not_searched_is_not_asked(grid: Grid, tmp_path: Path) -> None:
    """The names of what is private stay with the index that comes first."""
    grid.plant(*DEEP)
    other = replace(grid, folder=tmp_path / "other")
    other.plant("u 3.0", "else 1.0")
    with grid.served() as first, other.served() as second:
        indexes = (
            IndexLocation(url=first.url),
            IndexLocation(url=second.url, default=True),
        )
        with Simple(IndexSettings(indexes=indexes)) as index:
            before = index.page_state("u")
            index.page_state("else")
        assert second.requests["/simple/u/"] == 0
        assert second.requests["/simple/else/"] == 1
        both = IndexSettings(indexes=indexes, strategy="unsafe-best-match")
        with Simple(both) as index:
            assert index.page_state("u") != before
        assert second.requests["/simple/u/"] == 1
