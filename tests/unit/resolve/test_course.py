"""What uv's log says of the way to a lock, and what may be concluded from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from compatcheck.resolve import is_indifferent
from compatcheck.resolve.course import parted, read_course

if TYPE_CHECKING:
    from unit.resolve.conftest import World

LOG = """\
DEBUG Solving with target Python version: >=3.11
DEBUG Adding direct dependency: a>=1.0, <1.0+
DEBUG Selecting: a==1.0 [compatible] (a-1.0-py3-none-any.whl)
DEBUG Adding transitive dependency for a==1.0: b{os_name == 'posix'}>=1, <2 | >3
DEBUG Adding transitive dependency for b==1.0: b==1.0
"""


def test_demands_of_dropped_releases_are_seen(world: World) -> None:
    """The real uv logs them too: the newest `t` is not in the lock, but was tried."""
    world.plant("a 1.0: t", "t 1.0: c", "t 2.0: b>=2", "b 1.0", "b 2.0", "c 1.0")
    solved = world.solve("a==1.0", "b==1.0")
    assert solved.course
    assert [str(it.version) for it in solved.lock.packages] == ["1.0"] * 4
    assert solved.course.asked == {"a", "b"}
    assert solved.course.demands == {"b": ("b>=2",), "c": ("c*",), "t": ("t*",)}
    assert solved.course.taken["t"] == (
        "t-1.0-py3-none-any.whl",
        "t-2.0-py3-none-any.whl",
    )


def test_log_is_told_apart_from_words() -> None:
    """People are told no line of it."""
    words = f"error: no\n  cause: why\n{LOG}hint: so\n"
    assert parted(words) == ("error: no\n  cause: why\nhint: so\n", LOG)


def test_log_is_read() -> None:
    """What uv ties to itself is nobody's demand."""
    course = read_course(LOG)
    assert course
    assert course.demands == {"b": ("b{os_name == 'posix'}>=1, <2 | >3",)}
    assert course.taken == {"a": ("a-1.0-py3-none-any.whl",)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LOG, ""),
        ("b==1.0: b==1.0", "b==1.0: b @ file:///b"),
        ("for a==1.0", "for a @ file:///a"),
        ("for a==1.0", "by a==1.0"),
        ("direct dependency: a>=1.0, <1.0+", "direct dependency: a ~1"),
    ],
    ids=["none", "demand", "demanding", "verb", "asked"],
)
def test_log_that_is_not_understood_is_none(old: str, new: str) -> None:
    """A uv that talks otherwise lets no lock serve another cell."""
    assert old in LOG
    assert read_course(LOG.replace(old, new)) is None


@pytest.mark.parametrize(
    ("demand", "before", "after", "indifferent"),
    [
        ("b*", "1.0", "2.0", True),
        ("b*", "1.0", "2.0rc1", True),
        ("b>=1.0", "1.0", "2.0", True),
        ("b>1.0", "1.0", "2.0", False),
        ("b>=1.0+", "1.0", "2.0", False),
        ("b<2.0+", "1.0", "2.0", True),
        ("b<2.0", "1.0", "2.0", False),
        ("b==1.0", "1.0", "2.0", False),
        ("b==1.0", "2.0", "3.0", True),
        ("b<1.5 | >1.5+", "1.0", "2.0", True),
        ("b<1.5 | >=1.5+", "1.0", "1.5", False),
        ("b>=0.5, <2.dev0", "1.0", "2.0", False),
        ("b>=0.5", "1.0", "2.0rc1", False),
        ("b>=0.5", "1.0", "2.0.post1", False),
        ("b>=0.5[max]", "1.0", "2.0", False),
        ("b[x]*", "1.0", "2.0", True),
        ("b[y]*", "1.0", "2.0", False),
        ("b{os_name == 'posix'}*", "1.0", "2.0", False),
        ("b @ file:///b", "1.0", "2.0", False),
    ],
)
def test_demand_is_indifferent_only_for_certain(
    demand: str, before: str, after: str, *, indifferent: bool
) -> None:
    """Where it admits one release and not the other, or might, it is not."""
    versions = Version(before), Version(after)
    assert is_indifferent(demand, ("x",), *versions) is indifferent
    assert is_indifferent(demand, ("x",), *reversed(versions)) is indifferent
