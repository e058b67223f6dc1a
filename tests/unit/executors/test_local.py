"""Cells are asked a few at a time, lazily, and stopped without a trace."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from compatcheck.executors.local import LocalExecutor
from compatcheck.executors.process import CageStatus, Exited, run_caged
from compatcheck.ports import Executor

if TYPE_CHECKING:
    from unit.executors.conftest import Bench


def workers() -> list[str]:
    """Name the executor's threads that live."""
    return [t.name for t in threading.enumerate() if t.name.startswith("cell")]


def test_every_answer_once() -> None:
    """Each question is answered once, whatever the order."""
    executor: Executor = LocalExecutor(3)
    answers = executor.map(lambda number: number * number, range(20))
    assert sorted(answers) == [number * number for number in range(20)]
    assert workers() == []


def test_one_job_keeps_the_order() -> None:
    """With one job answers come in the order of the questions."""
    assert list(LocalExecutor(1).map(str, range(9))) == list("012345678")


def test_jobs_run_side_by_side() -> None:
    """As many questions are asked at once as there are jobs."""
    together = threading.Barrier(4)
    answers = LocalExecutor(4).map(lambda _: together.wait(30), range(4))
    assert sorted(answers) == [0, 1, 2, 3]


def test_the_quick_do_not_wait_for_the_slow() -> None:
    """An answer is yielded as soon as it is there."""
    slow = threading.Event()

    def ask(number: int) -> int:
        if number == 0:
            slow.wait(30)
        return number

    answers = LocalExecutor(2).map(ask, range(5))
    first = [next(answers) for _ in range(4)]
    slow.set()
    assert (first, list(answers)) == ([1, 2, 3, 4], [0])


def test_questions_are_taken_late() -> None:
    """No more than two dozen questions a job are taken before their turn."""
    taken = list[int]()

    def asked() -> Iterator[int]:
        for number in range(300):
            taken.append(number)
            yield number

    answers = LocalExecutor(3).map(lambda number: number, asked())
    assert taken == []
    for answered in range(1, 100):
        next(answers)
        assert len(taken) <= answered + 72


def test_a_job_goes_on_with_what_is_like_its_last() -> None:
    """And leaves to another one what is like that one's."""
    together = threading.Barrier(2)
    jobs: dict[str, list[str]] = {}

    def ask(name: str) -> None:
        asked = jobs.setdefault(threading.current_thread().name, [])
        asked.append(name)
        together.wait(30)

    names = ["a1", "a2", "b1", "b2", "a3", "b3"]
    list(LocalExecutor(2).map(ask, names, lambda name: name[0]))
    assert sorted(jobs.values()) == [["a1", "a2", "a3"], ["b1", "b2", "b3"]]


def test_closing_stops(bench: Bench) -> None:
    """Closing the iterator kills what runs, starts nothing more and leaves nothing."""
    started = list[int]()

    def ask(number: int) -> CageStatus:
        started.append(number)
        output = bench.outside / str(number)
        code = "pass" if number == 0 else "import time; time.sleep(600)"
        return run_caged(replace(bench.request(code), stdout=output, stderr=output))

    answers = LocalExecutor(2).map(ask, range(10))
    assert next(answers).ended == Exited(code=0)
    before = time.monotonic()
    answers.close()
    assert time.monotonic() - before < 3
    assert started in ([0, 1, 2], [0, 1])
    assert (bench.alive(), workers()) == ([], [])


def test_what_ask_raises_arrives(bench: Bench) -> None:
    """An exception of the question reaches the consumer, after everything stopped."""

    def ask(number: int) -> CageStatus:
        if number == 1:
            raise LookupError("number one")
        return bench.run("import time; time.sleep(600)")

    before = time.monotonic()
    with pytest.raises(LookupError, match="number one"):
        list(LocalExecutor(2).map(ask, range(10)))
    assert time.monotonic() - before < 3
    assert (bench.alive(), workers()) == ([], [])


def test_what_the_questions_raise_arrives() -> None:
    """An exception of the questions' source reaches the consumer."""

    def asked() -> Iterator[int]:
        yield 1
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        list(LocalExecutor(2).map(str, asked()))
    assert workers() == []
