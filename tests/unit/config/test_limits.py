"""Numbers, and how large they may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from compatcheck.config.settings import Settings
from compatcheck.errors import Problem

Read = Callable[..., Settings]
Faults = Callable[..., list[Problem]]

BIG = "9" * 5000
"""More digits than Python makes a number of."""


class TestLimits:
    """Numbers that a run can live with."""

    @pytest.mark.parametrize(
        ("option", "texts"),
        [
            ("timeout", ["0", "-1", "nan", "inf", "1e300", "86400.1", "long"]),
            ("memory", ["0", "nan", "1", "63MiB", "1PiB", "1e400", "9" * 400, BIG]),
            ("jobs", ["0", "-1", "1.5", "1025", "²", BIG]),
        ],
    )
    def test_are_bounded(self, faults: Faults, option: str, texts: list[str]) -> None:
        """Nothing, too much and what is no number are problems with their option."""
        for text in texts:
            (problem,) = faults(**{option: text})

            assert problem.place == f"--{option}"
            assert problem.message.startswith(repr(text))

    def test_of_the_cache_are_an_amount(self, read: Read, faults: Faults) -> None:
        """With a unit or without, but something."""
        for text in ("0", "-1", "nan", "much"):
            (problem,) = faults(cache_size=text)

            assert problem.place == "--cache-size"

        assert read().cache_size == 40 * 2**30
        assert read(cache_size="512MiB").cache_size == 2**29
        assert read("[tool.compatcheck]\ncache-size = 4096\n").cache_size == 4096

    def test_hold_for_the_table(self, faults: Faults) -> None:
        """TOML has numbers that are none."""
        found = faults("[tool.compatcheck]\ntimeout = nan\nmemory = inf\njobs = -3\n")

        assert [problem.place.rpartition(".")[2] for problem in found] == [
            "jobs",
            "timeout",
            "memory",
        ]

    def test_admit_their_ends(self, read: Read) -> None:
        """What is bounded may reach its bounds."""
        most = read(timeout="86400", memory="128TiB", jobs="1024", select=("latest:1",))

        assert (most.timeout, most.memory, most.jobs) == (86400, 2**47, 1024)
