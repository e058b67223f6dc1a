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

from compatcheck.blame import Blamed, blame
from compatcheck.model import Cell, CellResult, Observation, Outcome


@pytest.mark.parametrize("number", [1, 12, 60])
def test_a_shared_failure_is_investigated_once(number: int) -> None:
    """Many cells cost one question each, to see whether the remedy mends them."""
    app = {f"1.{n}": 10 for n in range(number)}
    asked = world(breaks_if(at_least("http", "0.28")), app=app)
    found = blamed(asked)
    assert found.drift[0].cells == number
    assert len({d for r in found.results for d in r.diagnoses}) == 1
    assert len(asked.asked) <= 20 + number
    held = [cell for cell, _ in asked.asked if cell.constraints == ("http<0.28",)]
    assert {cell.pins for cell in held} == {r.cell.pins for r in found.results}


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
    """A release after the bad one never worked, and its elders' cure mends it.

    It did not drift, and is not counted with what did.
    """
    asked = world(
        breaks_if(at_least("http", "0.28")), app={"1.0": 10, "1.1": 11, "2.0": 70}
    )
    found = blamed(asked)
    assert found.drift[0].cells == 2
    assert all(
        result.diagnoses[0].remedies[0].command == "http<0.28"
        for result in found.results
    )
    late = found.results[2].diagnoses[0].evidence
    assert "app 2.0 on Python 3.12 failed as of its release too, 2025-03-12" in late
    assert not any("app 2.0 on Python 3.12 worked" in line for line in late)


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
    begun = "whom to blame: 0 of 1 failures; "
    assert f"{begun}trying http" in asked.said
    assert (
        f"{begun}it turned from http 0.26 to 0.28.1, 3 releases between" in asked.said
    )
    assert asked.said[-1] == f"{begun}trying http<0.28"


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
        (lambda cell: cell.as_of is not None, "as of its release was first passed"),
        (lambda cell: cell.constraints == ("http<0.28",), "with http<0.28 it was good"),
        (
            lambda cell: cell.constraints == ("http==0.28.0",),
            "with http==0.28.0 it was",
        ),
    ],
    ids=["then", "remedy", "first bad"],
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
        bad = cell.constraints == ("http==0.28.0",)
        return None if times == 0 else (WORKS if bad else BREAKS)

    asked.moods = moods
    found = blamed(asked, results)
    assert found.drift == ()
    told = only(found)
    assert (told.rule, told.culprit, told.remedies) == ("undetermined", None, ())
    assert told.title.startswith("flaky: ")
    assert words in told.title


def test_a_failure_that_does_not_repeat_is_unknown() -> None:
    """It is red no longer, nor is what failed alike and passes when asked again."""
    asked = world(breaks_if(at_least("http", "0.28")), app={"1.0": 10, "1.1": 11})
    results = asked.grid()
    asked.moods = lambda cell, _: None if cell.constraints or cell.as_of else WORKS
    found = blamed(asked, results)
    assert [result.outcome for result in found.results] == [Outcome.UNKNOWN] * 2
    assert all((r.reason or "").startswith("flaky: ") for r in found.results)
    assert not any(result.diagnoses for result in found.results)
    assert found.drift == ()


def test_what_repeats_in_other_cells_stays_red() -> None:
    """One flaky cell clears no other: each is asked again, and counts for itself."""
    asked = world(breaks_if(at_least("http", "0.28")), app={"1.0": 10, "1.1": 11})
    results = asked.grid()

    def moods(cell: Cell, _: int) -> Sequence[Observation] | None:
        newest = cell.pins[0].version == Version("1.1")
        return WORKS if newest and not cell.constraints and not cell.as_of else None

    asked.moods = moods
    found = blamed(asked, results)
    assert [r.outcome for r in found.results] == [Outcome.FAILED, Outcome.UNKNOWN]
    assert [(d.distribution, d.cells) for d in found.drift] == [("http", 1)]


def test_what_was_seen_twice_is_not_asked_again() -> None:
    """Answers that are confirmed already are believed."""
    asked = world(breaks_if(at_least("http", "0.28")))
    asked.confirmed = True
    found = blamed(asked)
    assert [drift.distribution for drift in found.drift] == ["http"]
    assert asked.counted()[True] == 0


def test_each_finding_is_handed_out_when_it_is_settled() -> None:
    """Who is interrupted in the second has the first."""
    others = {"http": made(HTTP), "pool": made({"1": 0, "2": 30})}

    def behave(lock: Lock) -> list[Observation]:
        if lock["app"] < Version("2"):
            return BREAKS if at_least("http", "0.28")(lock) else WORKS
        return [failed(failure("late"))] if at_least("pool", "2")(lock) else WORKS

    asked = world(behave, others, {"1.0": 10, "1.1": 11, "2.0": 12})
    seen: list[Blamed] = []
    blame(
        asked.grid(),
        ask=asked,
        releases=asked.releases,
        when_released=asked.when_released,
        told=asked.said.append,
        found=seen.append,
    )
    assert [[d.distribution for d in each.drift] for each in seen] == [
        ["http"],
        ["http", "pool"],
    ]
    assert [bool(result.diagnoses) for result in seen[0].results] == [True, True, False]
