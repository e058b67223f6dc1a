"""Nothing is called failed or crashed before it was seen twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Barrier
from time import sleep
from typing import TYPE_CHECKING

from unit.ask.conftest import failure, result, seen

from compatcheck.ask.confirm import confirm, unconfirmed
from compatcheck.executors.local import LocalExecutor
from compatcheck.model import CellResult, Failure, Frame, Outcome, Stage

if TYPE_CHECKING:
    from compatcheck.model import Observation
    from compatcheck.ports import AskAgain

GONE = failure("cannot import name 'x'")
_BAD = (Outcome.FAILED, Outcome.CRASHED)
_DEEP = Stage.SCENARIO
LATE = failure("no answer within 2 s", "Timeout")


@dataclass(kw_only=True)
class Door:
    """Answers with what it was given, by version, and remembers who was asked."""

    answers: Mapping[str, CellResult]
    asked: list[str] = field(default_factory=list)

    def __call__(self, first: CellResult) -> CellResult:
        """Answer afresh."""
        version = str(first.cell.pins[0].version)
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
        == "flaky: lib was failed (ImportError) first and passed when asked again"
    )
    assert [(o.target, o.outcome) for o in it.observations] == [("lib", "unknown")]


class TestTargets:
    """A cell is asked again as a whole, and judged target by target."""

    @staticmethod
    def both(
        before: Mapping[str, Outcome], after: Mapping[str, Outcome]
    ) -> tuple[CellResult, dict[str, str]]:
        """What comes of scenarios that answered so and then so."""
        first, again = (
            result(
                "1",
                [
                    seen(it, GONE if it in _BAD else None, stage=_DEEP, target=name)
                    for name, it in answers.items()
                ],
            )
            for answers in (before, after)
        )
        (settled,), _ = settle([first], again)
        return settled, {o.target: str(o.outcome) for o in settled.observations}

    def test_flaky_one_leaves_the_others_alone(self) -> None:
        """A scenario that failed twice has failed, whatever another one did."""
        it, seen_of = self.both(
            {"s.a": Outcome.FAILED, "s.b": Outcome.FAILED, "s.c": Outcome.PASSED},
            {"s.a": Outcome.FAILED, "s.b": Outcome.PASSED, "s.c": Outcome.PASSED},
        )
        assert seen_of == {"s.a": "failed", "s.b": "unknown", "s.c": "passed"}
        assert (it.outcome, it.stage, it.reason) == ("failed", _DEEP, None)

    def test_flaky_one_alone_is_told(self) -> None:
        """Neither red nor green, with its name and both answers."""
        it, seen_of = self.both(
            {"s.a": Outcome.PASSED, "s.b": Outcome.CRASHED},
            {"s.a": Outcome.PASSED, "s.b": Outcome.FAILED},
        )
        assert seen_of == {"s.a": "passed", "s.b": "unknown"}
        assert (it.outcome, it.stage) == ("unknown", _DEEP)
        assert it.reason == (
            "flaky: s.b was crashed (ImportError) first"
            " and failed (ImportError) when asked again"
        )

    def test_target_that_was_not_reached_twice_is_unsure(self) -> None:
        """What failed only once, because the cell ended before, stands on nothing."""
        it, seen_of = self.both(
            {"s.a": Outcome.CRASHED}, {"s.a": Outcome.PASSED, "s.b": Outcome.FAILED}
        )
        assert seen_of == {"s.a": "unknown", "s.b": "unknown"}
        assert it.reason
        assert it.reason.startswith("flaky: s.a was crashed")

    def test_answers_that_are_no_failures_do_not_matter(self) -> None:
        """A scenario that is skipped now and then does not undo a failure."""
        it, _ = self.both(
            {"s.a": Outcome.FAILED, "s.b": Outcome.PASSED},
            {"s.a": Outcome.FAILED, "s.b": Outcome.NOT_RUN},
        )
        assert (it.outcome, it.confirmed) == ("failed", True)


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


def test_a_failure_that_differs_only_in_its_lines_is_asked_once() -> None:
    """The same words of the same function are one failure in two releases."""
    frames = [(Frame(file="a.py", line=n, function="f"),) for n in (3, 7)]
    one, other = (replace(GONE, frames=each) for each in frames)
    before = [failed("1", one), failed("2", other)]
    assert [str(it.cell.pins[0].version) for it in unconfirmed(before)] == ["1"]


class TestSeveralAtATime:
    """A machine that can ask two cells at a time sees two failures again at a time."""

    @staticmethod
    def asked_by(results: list[CellResult], door: AskAgain) -> list[CellResult]:
        """What is settled where two may be asked at a time."""
        return confirm(results, door, lambda _: None, executor=LocalExecutor(2))

    def test_distinct_failures_are_asked_together(self) -> None:
        """Each waits for the other one to be asked, so neither can be the first."""
        both, before = Barrier(2), [failed("1"), failed("2", failure("another"))]

        def door(first: CellResult) -> CellResult:
            both.wait(timeout=60)
            return first

        assert [it.confirmed for it in self.asked_by(before, door)] == [True, True]

    def test_timeouts_have_the_machine_to_themselves(self) -> None:
        """Or the second time could be as slow as the first, for the same reason."""
        before = [result(v, [seen(Outcome.CRASHED, LATE)]) for v in "123"]
        running, most = list[str](), list[int]()

        def door(first: CellResult) -> CellResult:
            running.append("one")
            most.append(len(running))
            sleep(0.05)
            running.pop()
            return first

        assert all(it.confirmed for it in self.asked_by(before, door))
        assert most == [1, 1, 1]

    def test_nothing_is_asked_any_more_when_patience_is_over(self) -> None:
        """What was taken for a turn by then stays as it was seen."""
        before, door = [failed("1"), failed("2", failure("another"))], Door(answers={})
        told: list[CellResult] = []
        executor = LocalExecutor(2)
        assert confirm(before, door, told.append, lambda: False, executor) == before
        assert (door.asked, told) == ([], [])
