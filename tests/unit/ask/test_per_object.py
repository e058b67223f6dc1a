"""What is worked out once for each object."""

from __future__ import annotations

import pytest

from compatcheck.ask.per_object import OncePerObject


def test_each_is_worked_out_once() -> None:
    """By which one it is: an equal one is another."""
    asked: list[list[int]] = []

    def count(it: list[int]) -> int:
        asked.append(it)
        return len(it)

    once = OncePerObject(count)
    one, other = [1, 2], [1, 2]
    assert [once(it) for it in (one, one, other, one)] == [2, 2, 2, 2]
    assert len(asked) == 2


def test_none_takes_anothers_place() -> None:
    """An object that nobody else has any more is kept, or its number would be free."""
    once = OncePerObject(tuple[int, ...])
    assert [once([number]) for number in range(100)] == [(it,) for it in range(100)]


def test_what_fails_is_asked_again() -> None:
    """As without it."""

    def fail_once(it: list[int]) -> int:
        it.append(1)
        if len(it) < 2:
            raise ValueError("not yet")
        return len(it)

    once, it = OncePerObject(fail_once), list[int]()
    with pytest.raises(ValueError, match="not yet"):
        once(it)
    assert once(it) == once(it) == 2
