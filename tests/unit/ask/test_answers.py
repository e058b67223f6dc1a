"""Equal answers are kept, read and held once, however many cells gave them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compatcheck.ask.answers import Answers, Kept
from compatcheck.model import Observation, Outcome, Stage
from compatcheck.observations import ObservationStore

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def seen(target: str) -> Kept:
    """A new object each time."""
    observation = Observation(
        probe="import",
        stage=Stage.IMPORT,
        target=target,
        outcome=Outcome.PASSED,
        failure=None,
    )
    return Kept(observations=(observation,), confirmed=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ObservationStore]:
    """A store of nothing yet."""
    made = ObservationStore(tmp_path, lambda: NOON)
    yield made
    made.close()


def test_equal_answers_are_one(store: ObservationStore) -> None:
    """On disk, and in memory: of this run and of the next."""
    answers = Answers(store)
    first, second = answers.put("x", seen("lib")), answers.put("y", seen("lib"))
    assert first == second == seen("lib")
    assert first.observations is second.observations
    assert answers.put("z", seen("other")) == seen("other")
    assert store.info().entries == {"answers": 2, "observations": 3}
    later = Answers(store)
    read = [later.get(key) for key in ("x", "y", "z")]
    assert read == [seen("lib"), seen("lib"), seen("other")]
    assert read[0] is not None
    assert read[1] is not None
    assert read[0].observations is read[1].observations


def test_what_was_dropped_is_not_there_and_what_equals_it_is(
    store: ObservationStore,
) -> None:
    """One cell's answer may be forgotten, and another one's stays."""
    answers = Answers(store)
    answers.put("x", seen("lib"))
    answers.put("y", seen("lib"))
    answers.drop("x")
    assert answers.get("x") is None
    assert answers.get("y") == seen("lib")


def test_way_to_nothing_is_no_answer(store: ObservationStore) -> None:
    """Where an answer was cleared away, the cell is asked again."""
    kept = Answers(store).put("x", seen("lib"))
    shape = tuple[Observation, ...]
    store.drop("answers", store.put_by_content("answers", kept.observations, shape))
    assert Answers(store).get("x") is None
