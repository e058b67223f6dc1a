"""Executors are found by the names of their files."""

from __future__ import annotations

import pytest

from compatcheck.errors import UsageError
from compatcheck.executors.choose import choose_executor, executor_names
from compatcheck.executors.local import LocalExecutor


def test_each_of_them_asks() -> None:
    """Whatever file is found makes an executor, whose answers arrive."""
    assert "local" in executor_names()
    for name in executor_names():
        assert sorted(choose_executor(name)(2).map(abs, [-1, -2])) == [1, 2]
    assert choose_executor("local") is LocalExecutor


def test_unknown_one_is_told_with_those_there_are() -> None:
    """What serves executors is none, either."""
    for name in ("elsewhere", "cages", "process"):
        with pytest.raises(UsageError, match=rf"{name}.*choose one of .*local"):
            choose_executor(name)
