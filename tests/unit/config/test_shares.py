"""How much of a grid a run asks: the time it has, and its share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from compatcheck.config.settings import Settings
from compatcheck.errors import Problem
from compatcheck.model import Shard

Read = Callable[..., Settings]
Faults = Callable[..., list[Problem]]


class TestBudget:
    """`--budget` and the key `budget`."""

    def test_is_seconds(self, read: Read) -> None:
        """The command line decides before the table, and neither means no limit."""
        table = "[tool.compatcheck]\nbudget = 600\n"
        assert read().budget is None
        assert read(table).budget == 600
        assert read(table, budget="2.5").budget == 2.5

    @pytest.mark.parametrize("text", ["0", "-1", "nan", "soon", "86401"])
    def test_must_be_a_time(self, faults: Faults, text: str) -> None:
        """Nothing, too much and what is no number are told with the option."""
        (problem,) = faults(budget=text)
        assert problem.place == "--budget"
        assert "no time limit" in problem.message


class TestShard:
    """`--shard`."""

    def test_is_one_share_of_several(self, read: Read) -> None:
        """`2/4` is the second of four; not said, the run asks everything."""
        assert read().shard is None
        assert read(shard="2/4").shard == Shard(number=2, count=4)
        assert str(read(shard="4/4").shard) == "4/4"

    @pytest.mark.parametrize(
        "text", ["", "2", "0/4", "5/4", "1/0", "1/2/3", "a/b", "-1/2", "1/1025", "²/3"]
    )
    def test_must_be_among_them(self, faults: Faults, text: str) -> None:
        """Shares are counted from one, and there are no more than machines."""
        (problem,) = faults(shard=text)
        assert problem.place == "--shard"
        assert "K/N" in problem.mend

    def test_is_not_refined(self, faults: Faults) -> None:
        """What lies between two cells belongs to nobody who sees but one of them."""
        (problem,) = faults(shard="1/2", refine=True)
        assert problem.place == "--shard"
        assert "--refine" in problem.mend


class TestVerify:
    """`--verify` and the key `verify`."""

    def test_is_a_number_of_cells(self, read: Read) -> None:
        """The command line decides before the table; not said, none are verified."""
        table = "[tool.compatcheck]\nverify = 60\n"
        assert read().verify is None
        assert read(table).verify == 60
        assert read(table, verify="7").verify == 7

    @pytest.mark.parametrize("text", ["0", "-1", "1.5", "all", "", "10001"])
    def test_must_be_one(self, faults: Faults, text: str) -> None:
        """None, a part of one, and more than anybody waits for are told."""
        (problem,) = faults(verify=text)
        assert problem.place == "--verify"
        assert "no number of cells" in problem.message

    def test_a_screen_has_nothing_to_verify(self, faults: Faults, read: Read) -> None:
        """It runs nothing; beside other probes it does not matter."""
        (problem,) = faults(verify="5", probe=("screen",))
        assert (problem.place, "screen" in problem.message) == ("--verify", True)
        assert read(verify="5", probe=("screen,import",)).verify == 5
