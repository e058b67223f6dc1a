"""What never worked: that it is said, and the nearest releases that do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from packaging.version import Version
from unit.blame.world import Lock, Made, World, failed, failure, passed, python
from unit.blame.worlds import BREAKS, WORKS, blamed, made, only

from compatcheck.blame import blame
from compatcheck.model import (
    Cell,
    CellResult,
    Culprit,
    Observation,
    Outcome,
    Remedy,
    Stage,
)

GONE = failure(
    "cannot import name 'Seed' from 'orchard' (<env>/orchard/__init__.py)",
    "ImportError",
    at="press/mill.py",
    module="orchard",
)


def symbol(lock: Lock, *lacking: str) -> Sequence[Observation]:
    """The name is missing in these releases of the provider."""
    if str(lock["orchard"]) in lacking:
        return [failed(GONE, "orchard.Seed", Stage.SYMBOL)]
    return [passed("orchard.Seed", Stage.SYMBOL)]


def pair(*lacking: str, press: Sequence[str] = ("1.0",)) -> World:
    """A consumer, and a provider in five releases, some without the name."""
    return World(
        made={
            "press": {version: Made(day=0) for version in press},
            "orchard": made({"1.0": 1, "1.1": 2, "2.0": 3, "2.1": 4, "3.0": 5}),
        },
        behave=lambda lock: symbol(lock, *lacking),
        axes=("press", "orchard"),
    )


def pins(*commands: str) -> tuple[Remedy, ...]:
    """Pins that were seen to work."""
    return tuple(Remedy(kind="pin", command=c, verified=True) for c in commands)


def test_it_says_so_and_names_the_nearest_that_work() -> None:
    """A name that is gone for good: who dropped it, and the last that has it."""
    told = only(blamed(pair("2.1", "3.0")))
    assert told.rule == "api-removed"
    assert told.title == "orchard 2.1 no longer has `orchard.Seed`"
    assert told.culprit == Culprit(distribution="orchard", version="2.1")
    assert told.remedies == pins("orchard==2.0")
    said = "\n".join(told.evidence)
    assert (
        "press 1.0 with orchard 3.0 on Python 3.12 failed as of its release too" in said
    )
    assert "so did 1 more of the cells that fail so, of 1 asked" in said
    assert (
        "of the releases that were asked: passes with orchard 2.0, fails with"
        " orchard 2.1, 3.0" in said
    )
    assert "no other release of press was asked" in said


def test_a_hole_in_the_grid_is_told_from_a_removal() -> None:
    """Older and newer releases have it: nearest below and above are both named."""
    told = only(blamed(pair("2.0")))
    assert told.rule == "release-hole"
    assert told.title == "orchard 2.0 is a hole: 1.1 and 2.1 work"
    assert told.remedies == pins("orchard==1.1", "orchard==2.1")


def test_what_came_later_than_the_floor_is_the_consumers() -> None:
    """Absent in this and all older, present in newer: the declared floor is too low."""
    told = only(blamed(pair("1.0", "1.1")))
    assert told.rule == "lower-bound-too-low"
    assert told.culprit == Culprit(distribution="press", version="1.0")
    assert told.remedies == pins("orchard==2.0")


def test_where_no_release_works_it_is_said() -> None:
    """Nothing near that works: no remedy, and no guess."""
    told = only(blamed(pair("1.0", "1.1", "2.0", "2.1", "3.0")))
    assert (told.rule, told.remedies, told.culprit) == ("undetermined", (), None)
    assert "does not work and never did" in told.title
    assert any(
        line.endswith("on Python 3.12, no orchard that was asked works")
        for line in told.evidence
    )


def test_a_neighbour_that_was_not_asked_is_not_passed_over() -> None:
    """What lies between and was not asked is mentioned with the nearest."""
    asked = pair("2.1", "3.0")
    results = [
        replace(result, outcome=Outcome.NOT_RUN, observations=(), reason="--select")
        if result.cell.pins[1].version == Version("2.0")
        else result
        for result in asked.grid()
    ]
    told = only(blamed(asked, results))
    assert told.remedies == pins("orchard==1.1")
    assert any("nearest of those asked to press" in line for line in told.evidence)


def test_a_remedy_is_a_pin_that_works_for_all_that_it_is_told_to() -> None:
    """Rows that differ share a diagnosis, but no pin that fails in one of them."""
    asked = pair("3.0", press=("1.0", "2.0"))

    def behave(lock: Lock) -> Sequence[Observation]:
        # The older consumer does not get along with 2.1 either, for its own reasons.
        if (str(lock["press"]), str(lock["orchard"])) == ("1.0", "2.1"):
            return [
                passed("orchard.Seed", Stage.SYMBOL),
                failed(failure("another"), "orchard.Tree", Stage.SYMBOL),
            ]
        return symbol(lock, "3.0")

    asked.behave = behave
    results = blamed(asked).results
    newest = {r.diagnoses for r in results if str(r.cell.pins[1].version) == "3.0"}
    ((told,),) = newest
    assert told.remedies == pins("orchard==2.0")
    asked_of = "press 2.0 with orchard 3.0 on Python 3.12"
    nearest = f"nearest of those asked to {asked_of} that works: orchard 2.1"
    assert nearest in told.evidence


def test_a_grid_as_of_release_asks_nothing_again_but_the_failure() -> None:
    """The cells are as of their release: that they fail says that they never worked."""
    asked = pair("2.1", "3.0")
    told = only(blamed(asked, asked.grid(as_of_release=True)))
    assert told.rule == "api-removed"
    assert any(
        "was asked as of its release, 2025-01-06" in line for line in told.evidence
    )
    assert [fresh for _, fresh in asked.asked] == [True]


def test_an_index_without_times_is_told_as_that() -> None:
    """Not to know is not to have never worked; what the grid shows stands."""
    asked = pair("2.1", "3.0")
    found = blame(
        asked.grid(),
        ask=asked,
        releases=asked.releases,
        when_released=lambda _: None,
        told=asked.said.append,
    )
    told = only(found)
    assert told.rule == "api-removed"
    said = "\n".join(told.evidence)
    assert "could not be asked as of its release: the index does not tell when" in said
    assert "too" not in said.split()


def test_a_release_that_cannot_be_solved_as_of_then_is_told() -> None:
    """What cannot be asked as of its release is undetermined, with the reason."""
    asked = World(
        made={
            "app": {"1.0": Made(day=10, requires=("http>=2",))},
            "http": made({"1": 0, "2": 20}),
        },
        behave=lambda _: BREAKS,
        axes=("app",),
    )
    told = only(blamed(asked))
    assert (told.rule, told.culprit) == ("undetermined", None)
    assert "never did" not in told.title
    assert (
        "app 1.0 on Python 3.12 could not be asked as of its release:"
        " they contradict each other (2025-01-11)" in told.evidence
    )


def test_other_pythons_tell_what_the_standard_library_lost() -> None:
    """A name of the standard library that an older Python has is nobody else's."""
    gone = failure(
        "cannot import name 'Mapping' from 'collections'",
        "ImportError",
        at="press/old.py",
        module="collections",
    )
    asked = World(
        made={"press": {"1.0": Made(day=0)}},
        behave=lambda _: WORKS,
        axes=("press",),
        pythons=(python("3.9"), python("3.12")),
    )

    def moods(cell: Cell, _: int) -> Sequence[Observation]:
        broken = [failed(gone, "press", Stage.IMPORT)]
        new = cell.interpreter.minor == "3.12"
        return broken if new else [passed("press", Stage.IMPORT)]

    asked.moods = moods
    told = only(blamed(asked))
    assert told.rule == "python-too-new"
    assert told.title == (
        "press 1.0 wants `collections.Mapping`, which Python 3.12 does not have"
    )


def test_diagnoses_are_the_same_in_any_order() -> None:
    """The order of the results decides neither words nor remedies."""
    asked = pair("2.1", "3.0", press=("1.0", "1.1", "2.0"))
    results: list[CellResult] = asked.grid()
    straight, backwards = blamed(asked, results), blamed(asked, results[::-1])
    assert straight.results == backwards.results[::-1]


def days(*, hole: bool) -> World:
    """A consumer asked as of its releases, between which its dependency moved."""
    bad = {"app": "1.1"} if hole else {"http": "2"}
    return World(
        made={
            "app": {
                v: Made(day=d, requires=("http",))
                for v, d in (("1.0", 10), ("1.1", 30), ("1.2", 50))
            },
            "http": made({"1": 0, "2": 20, "3": 40}),
        },
        behave=lambda lock: (
            BREAKS if any(str(lock[n]) == v for n, v in bad.items()) else WORKS
        ),
        axes=("app",),
    )


def test_a_bad_day_of_a_dependency_is_no_hole() -> None:
    """As of the day of its neighbours the release works: nobody's pin is wrong."""
    asked = days(hole=False)
    told = only(blamed(asked, asked.grid(as_of_release=True)))
    assert (told.rule, told.culprit, told.remedies) == ("undetermined", None, ())
    assert told.evidence[-1] == (
        "app 1.1 on Python 3.12 works as of 2025-02-20: what else is installed"
        " differs (http 2 and then 3)"
    )


def test_a_hole_is_one_as_of_the_day_of_its_neighbours_too() -> None:
    """All of one day, the neighbours work and this one does not."""
    asked = days(hole=True)
    told = only(blamed(asked, asked.grid(as_of_release=True)))
    assert told.rule == "release-hole"
    assert told.culprit == Culprit(distribution="app", version="1.1")
    assert told.remedies == pins("app==1.0", "app==1.2")
    assert any(
        "works as of 2025-02-20: app 1.0 and app 1.2" in e for e in told.evidence
    )
