"""Some cells are asked once more in real environments, and what differs is told."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import pytest
from unit.ask.conftest import failure, result, seen

from compatcheck.model import Cell, CellResult, Observation, Outcome
from compatcheck.workflow.verifying import Verification, choose

T = TypeVar("T")
U = TypeVar("U")

GOOD = seen(Outcome.PASSED)
GONE = seen(Outcome.FAILED, failure("cannot import name 'x'"))
LOST = seen(Outcome.FAILED, failure("cannot import name 'y'"))
DEEP = seen(Outcome.PASSED, target="lib.deep")


def grid(*observations: Observation) -> list[CellResult]:
    """Cells of releases 0, 1, 2 and so on, each with one observation."""
    return [result(str(place), [it]) for place, it in enumerate(observations)]


def versions(results: Sequence[CellResult]) -> list[int]:
    """Which releases they are about."""
    return [int(str(it.cell.pins[0].version)) for it in results]


class TestChoice:
    """Which cells are verified."""

    def test_half_fail_and_the_rest_is_spread(self) -> None:
        """Two failing ones of ten, and two evenly of those that pass."""
        kinds = [GONE if place in {0, 1, 2, 3} else GOOD for place in range(12)]
        assert versions(choose(grid(*kinds), 4)) == [1, 3, 4, 9]

    def test_each_kind_of_failure_comes_before_a_second_of_one(self) -> None:
        """The rarest first, so that none is left out for a common one."""
        kinds = [GONE] * 6 + [LOST] + [GOOD] * 6
        assert versions(choose(grid(*kinds), 1)) == [6]
        assert {3, 6} < set(versions(choose(grid(*kinds), 4)))

    def test_rare_results_count_as_odd(self) -> None:
        """What passes otherwise than most do is looked at, too."""
        kinds = [GOOD] * 9 + [DEEP]
        assert versions(choose(grid(*kinds), 2)) == [4, 9]

    def test_what_is_confirmed_is_looked_at_like_all_else(self) -> None:
        """A real environment told what failed there, not what passed before that."""
        cells = [result("0", [LOST], confirmed=True), *grid(GOOD, GONE, GONE)[1:]]
        assert versions(choose(cells, 1)) == [0]

    def test_what_did_not_run_is_not_chosen(self) -> None:
        """There is nothing to compare with; a small grid is verified whole."""
        unknown = result("7", [seen(Outcome.UNKNOWN)])
        cells = [*grid(GOOD, GONE, GOOD), unknown]
        assert versions(choose(cells, 60)) == [0, 1, 2]
        assert choose([unknown], 3) == []
        assert choose([], 3) == []

    @pytest.mark.parametrize("number", range(1, 41))
    def test_as_many_as_asked_for_each_once(self, number: int) -> None:
        """Whatever there is of failures."""
        kinds = [(GOOD, GONE, GOOD, LOST, DEEP)[place % 5] for place in range(40)]
        found = versions(choose(grid(*kinds), number))
        assert len(found) == number
        assert found == sorted(set(found))
        assert found == versions(choose(grid(*kinds), number))


class InTurn:
    """An executor that asks one after the other, the last one first."""

    def map(
        self,
        ask: Callable[[T], U],
        asked: Iterable[T],
        alike: Callable[[T], Hashable] = hash,  # noqa: ARG002 - nobody is like another
    ) -> Generator[U]:
        """Apply it."""
        yield from map(ask, reversed(list(asked)))

    def stop_running(self) -> None:
        """Nothing runs beside it."""


Really = Mapping[int, Sequence[CellResult | None]]
"""Release to what a real environment answers at each time."""


def verify(
    told: Sequence[CellResult], really: Really
) -> tuple[Verification, list[CellResult]]:
    """What came of it, and what is told from then on."""
    answers = {place: iter(them) for place, them in really.items()}

    def ask(cell: Cell) -> CellResult | None:
        return next(answers[int(str(cell.pins[0].version))])

    verification = Verification(told, ask)
    verification.compare(InTurn(), lambda _: None)
    settled = list(verification.settle())
    assert all(next(them, "none") == "none" for them in answers.values())
    return verification, settled


def test_equal_answers_agree() -> None:
    """They are asked once, and what was told stays."""
    told = grid(GOOD, GONE)
    found, settled = verify(told, {0: grid(GOOD), 1: grid(GOOD, GONE)[1:]})
    assert settled == []
    verified = found.verified
    assert (verified.cells, verified.agree, verified.unanswered) == (2, 2, 0)
    assert verified.differ == ()


def test_other_answer_is_told_when_it_was_seen_twice() -> None:
    """The cell is told as the real environment answered, and both answers stand."""
    told = grid(GOOD, GOOD)
    bad = grid(GOOD, GONE)[1]
    found, settled = verify(told, {0: [told[0]], 1: [bad, bad]})
    assert [(it.outcome, it.confirmed) for it in settled] == [("failed", True)]
    verified = found.verified
    assert (verified.cells, verified.agree, verified.unanswered) == (2, 1, 0)
    (wrong,) = verified.differ
    assert (wrong.cell, wrong.told, wrong.real) == (told[1].cell, GOOD, GONE)


def test_other_words_differ() -> None:
    """The same outcome for another cause is not the same answer."""
    other = grid(LOST)
    found, settled = verify(grid(GONE), {0: other * 2})
    assert settled[0].observations == (LOST,)
    assert [(it.told, it.real) for it in found.verified.differ] == [(GONE, LOST)]


def test_words_that_are_never_the_same_are_passed_over() -> None:
    """Where two real environments differ in them, they say nothing of us."""
    found, settled = verify(grid(GONE), {0: [*grid(LOST), *grid(GONE)]})
    assert settled == []
    assert (found.verified.agree, found.verified.differ) == (1, ())


def test_outcome_that_does_not_repeat_is_unknown() -> None:
    """Nobody knows such a cell, so what was told of it does not stand."""
    found, settled = verify(grid(GOOD), {0: [*grid(GONE), *grid(GOOD)]})
    assert [it.outcome for it in settled] == ["unknown"]
    assert "flaky" in (settled[0].reason or "")
    (wrong,) = found.verified.differ
    assert (wrong.told, wrong.real and wrong.real.outcome) == (GOOD, "unknown")


def test_target_that_was_never_asked_differs() -> None:
    """A cell that ends sooner in a real environment was told too much."""
    told = [result("0", [GOOD, DEEP])]
    real = grid(GONE)
    found, _ = verify(told, {0: real * 2})
    pairs = [(it.told, it.real) for it in found.verified.differ]
    assert pairs == [(GOOD, GONE), (DEEP, None)]


@pytest.mark.parametrize("answers", [[None], [*grid(GONE), None]])
def test_what_cannot_be_asked_is_neither(answers: list[CellResult | None]) -> None:
    """Want of time, at once or at the second time, bears nothing out."""
    found, settled = verify(grid(GOOD), {0: answers})
    assert settled == []
    verified = found.verified
    assert (verified.cells, verified.agree, verified.unanswered) == (0, 0, 1)
