"""Nothing is called failed or crashed before it was seen twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unit.ask.conftest import failure, result, seen

from compatcheck.ask.confirm import confirm, unconfirmed
from compatcheck.model import Cell, CellResult, Failure, Outcome

if TYPE_CHECKING:
    from compatcheck.model import Observation

GONE = failure("cannot import name 'x'")
LATE = failure("no answer within 2 s", "Timeout")


@dataclass(kw_only=True)
class Door:
    """Answers with what it was given, by version, and remembers who was asked."""

    answers: Mapping[str, CellResult]
    asked: list[str] = field(default_factory=list)

    def __call__(self, cell: Cell, *, fresh: bool = False) -> CellResult:
        """Answer afresh."""
        assert fresh
        version = str(cell.pins[0].version)
        self.asked.append(version)
        return self.answers[version]


def failed(version: str, why: Failure = GONE, *, confirmed: bool = False) -> CellResult:
    """A cell whose import failed."""
    return result(version, [seen(Outcome.FAILED, why)], confirmed=confirmed)


def settle(
    before: list[CellResult], *after: CellResult
) -> tuple[list[CellResult], list[str]]:
    """The results after confirmation, and who was asked for it."""
    answers = {str(it.cell.pins[0].version): it for it in after}
    door = Door(answers=answers)
    told: list[CellResult] = []
    settled = confirm(before, door, told.append)
    assert len(told) == len(unconfirmed(before))
    return settled, door.asked


def test_each_distinct_failure_is_asked_again_once(passed: Observation) -> None:
    """One cell stands for all that fail alike; what passed is left alone."""
    before = [failed("1"), failed("2"), result("3", [passed])]
    settled, asked = settle(before, failed("1"))
    assert asked == ["1"]
    assert [it.outcome for it in settled] == ["failed", "failed", "passed"]
    assert [it.confirmed for it in settled] == [True, False, False]


def test_every_timeout_is_asked_again() -> None:
    """A slow moment of the machine says nothing about the next cell."""
    before = [result(v, [seen(Outcome.CRASHED, LATE)]) for v in "12"]
    _, asked = settle(before, *before)
    assert asked == ["1", "2"]


def test_what_was_confirmed_before_is_not_asked_again() -> None:
    """A failure that was seen twice in an earlier run counts for its equals."""
    settled, asked = settle([failed("1", confirmed=True), failed("2")])
    assert asked == []
    assert [it.outcome for it in settled] == ["failed", "failed"]


def test_failure_that_does_not_repeat_is_unknown(passed: Observation) -> None:
    """Now so, now otherwise: neither red nor green, and told."""
    settled, _ = settle([failed("1")], result("1", [passed]))
    (it,) = settled
    assert it.outcome == "unknown"
    assert (
        it.reason
        == "it was failed (lib: ImportError) first and passed when asked again"
    )


def test_each_cell_with_a_flaky_failure_is_asked_again(passed: Observation) -> None:
    """Where one did not repeat, its equals stand on nothing."""
    before = [failed("1"), failed("2"), failed("3")]
    settled, asked = settle(
        before, result("1", [passed]), failed("2"), result("3", [passed])
    )
    assert asked == ["1", "2", "3"]
    assert [it.outcome for it in settled] == ["unknown", "failed", "unknown"]


def test_no_cell_is_asked_a_third_time(passed: Observation) -> None:
    """A cell with a flaky failure and one of its own is asked again once for both."""
    own = failure("another")
    two = [seen(Outcome.FAILED, GONE), seen(Outcome.FAILED, own, target="other")]
    before = [failed("1"), result("2", two)]
    _, asked = settle(before, result("1", [passed]), result("2", two))
    assert sorted(asked) == ["1", "2"]


def test_fault_of_ours_at_the_second_time_is_told_as_it_is() -> None:
    """The disk that is full by then is the reason, not that it failed before."""
    unknown = result("1", [seen(Outcome.UNKNOWN, failure("[Errno 28]"))])
    settled, _ = settle([failed("1")], unknown)
    assert settled == [unknown]


def test_other_words_for_the_same_no_confirm_it() -> None:
    """A message with a random name in it is still the same answer."""
    settled, _ = settle([failed("1", failure("a1"))], failed("1", failure("a2")))
    assert [(it.outcome, it.confirmed) for it in settled] == [("failed", True)]
