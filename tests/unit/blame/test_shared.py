"""Failures that cells share are investigated once; what is unsure blames nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from packaging.version import Version
from unit.blame.world import Lock, failed, failure
from unit.blame.worlds import (
    BREAKS,
    HTTP,
    WORKS,
    at_least,
    blamed,
    breaks_if,
    made,
    only,
    world,
)

from compatcheck.blame import Blamed
from compatcheck.model import Cell, CellResult, Observation, Outcome


@pytest.mark.parametrize("number", [1, 12, 60])
def test_a_shared_failure_is_investigated_once(number: int) -> None:
    """Many cells cost no more questions than a few."""
    app = {f"1.{n}": 10 for n in range(number)}
    asked = world(breaks_if(at_least("http", "0.28")), app=app)
    found = blamed(asked)
    assert found.drift[0].cells == number
    assert len({d for r in found.results for d in r.diagnoses}) == 1
    assert len(asked.asked) <= 20 + 3


def test_a_member_that_is_not_mended_is_investigated_in_turn() -> None:
    """Alike in words, different in cause: two drifts, each with its own cells."""
    old, new = {"1.0": 10, "1.1": 11}, {"2.0": 12, "2.1": 13}
    others = {"http": made(HTTP), "pool": made({"1": 0, "2": 30})}

    def behave(lock: Lock) -> list[Observation]:
        culprit = ("pool", "2") if lock["app"] < Version("2") else ("http", "0.28")
        return BREAKS if at_least(*culprit)(lock) else WORKS

    found = blamed(world(behave, others, {**old, **new}))
    assert [(d.distribution, d.cells) for d in found.drift] == [
        ("http", 2),
        ("pool", 2),
    ]
    culprits = [r.diagnoses[0].culprit for r in found.results]
    assert [c.distribution for c in culprits if c] == ["pool", "pool", "http", "http"]


def test_several_failures_of_one_culprit_are_one_drift() -> None:
    """Cells that fail in different words for one reason are added up."""
    asked = world(
        lambda lock: (
            [failed(failure(str(lock["app"])))]
            if lock["http"] >= Version("0.28")
            else WORKS
        ),
        app={"1.0": 10, "1.1": 11, "1.2": 12},
    )
    found = blamed(asked)
    (drift,) = found.drift
    assert drift.cells == 3
    # Swept once; for the others, the turn alone is asked.
    swept = [line for cell, _ in asked.asked for line in cell.constraints]
    assert swept.count("http==0.27.0") == 1
    said = "\n".join(found.results[1].diagnoses[0].evidence)
    assert "app 1.1 on Python 3.12 worked as of its release, 2025-01-12" in said
    assert "what drifted in app 1.0 on Python 3.12 turned it here too" in said
    assert "with http 0.27.2 it passes, with 0.28.0 it fails" in said


def test_what_came_out_too_late_to_have_worked_is_mended_too() -> None:
    """A release after the bad one never worked; its elders' cure is tried on it."""
    asked = world(
        breaks_if(at_least("http", "0.28")), app={"1.0": 10, "1.1": 11, "2.0": 70}
    )
    found = blamed(asked)
    assert found.drift[0].cells == 3
    assert all(
        result.diagnoses[0].remedies[0].command == "http<0.28"
        for result in found.results
    )
    # It is not said of the newest that it ever worked.
    assert "app 1.1 on Python 3.12 worked as of its release, 2025-01-12" in "".join(
        only(found).evidence
    ) or "app 1.0 on Python 3.12 worked" in "".join(only(found).evidence)


def test_a_cure_mends_what_never_worked_in_other_words() -> None:
    """What never worked gets the diagnosis of the drift that broke its elders."""
    asked = world(
        lambda lock: (
            [failed(failure(str(lock["app"])))]
            if lock["http"] >= Version("0.28")
            else WORKS
        ),
        app={"1.0": 10, "2.0": 70},
    )
    found = blamed(asked)
    late = found.results[1].diagnoses[0]
    assert late.remedies[0].command == "http<0.28"
    said = "\n".join(late.evidence)
    assert "app 2.0 on Python 3.12 failed as of its release too, 2025-03-12" in said
    assert found.drift[0].cells == 1


def test_the_order_of_the_results_changes_nothing() -> None:
    """Shuffled results give the same diagnoses, in the order in which they came."""
    app = {f"1.{n}": 10 + n for n in range(9)}
    others = {"http": made(HTTP), "pool": made({"1": 0, "2": 30})}

    def behave(lock: Lock) -> list[Observation]:
        culprit = ("pool", "2") if lock["app"] < Version("1.4") else ("http", "0.28")
        return BREAKS if at_least(*culprit)(lock) else WORKS

    asked = world(behave, others, app)
    straight = blamed(asked)
    results = asked.grid()
    backwards = blamed(asked, results[::-1])
    assert straight.drift == backwards.drift
    assert straight.results == backwards.results[::-1]
    assert [r.cell for r in backwards.results] == [r.cell for r in results[::-1]]


def test_progress_is_told() -> None:
    """While it asks, it says how far it is and whom it suspects."""
    asked = world(breaks_if(at_least("http", "0.28")))
    blamed(asked)
    assert asked.said[-1] == "whom to blame: 0 of 1 failures; trying http"


def test_what_passes_or_is_unknown_is_left_alone() -> None:
    """Nobody is asked, and nobody blamed, where nothing failed for certain."""
    asked = world(breaks_if(at_least("http", "9")))
    (good,) = asked.grid()
    unknown = CellResult(
        cell=good.cell, outcome=Outcome.UNKNOWN, stage=None, reason="flaky: …"
    )
    found = blamed(asked, [good, unknown])
    assert found == Blamed(results=(good, unknown), drift=())
    assert asked.asked == []


@pytest.mark.parametrize(
    ("which", "words"),
    [
        (lambda cell: cell.as_of is None and not cell.constraints, "today was first"),
        (lambda cell: cell.as_of is not None, "as of its release was first passed"),
        (lambda cell: cell.constraints == ("http<0.28",), "with http<0.28 it was good"),
        (
            lambda cell: cell.constraints == ("http==0.28.0",),
            "with http==0.28.0 it was",
        ),
    ],
    ids=["today", "then", "remedy", "first bad"],
)
def test_a_flaky_answer_blames_nobody(
    which: Callable[[Cell], bool], words: str
) -> None:
    """An answer that does not repeat ends the investigation, and that is said."""
    asked = world(breaks_if(at_least("http", "0.28")))
    results = asked.grid()

    def moods(cell: Cell, times: int) -> Sequence[Observation] | None:
        if not which(cell):
            return None
        today = cell.as_of is None and not cell.constraints
        if today:
            return WORKS
        bad = cell.constraints == ("http==0.28.0",)
        return None if times == 0 else (WORKS if bad else BREAKS)

    asked.moods = moods
    found = blamed(asked, results)
    assert found.drift == ()
    told = only(found)
    assert (told.rule, told.culprit, told.remedies) == ("undetermined", None, ())
    assert told.title.startswith("flaky: ")
    assert words in told.title
