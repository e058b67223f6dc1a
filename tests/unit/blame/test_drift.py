"""What worked once and drifted: who, since when, and what mends it."""

from __future__ import annotations

from dataclasses import replace

from packaging.version import Version
from unit.blame.world import Lock, Made, failed, failure, passed
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

from compatcheck.model import Cell, Drift, Observation, Outcome, Remedy, Stage, Swept


def test_one_culprit_is_found_swept_held_back_and_proven_both_ways() -> None:
    """Among many that moved, what turned it is named, with what mends it."""
    asked = world(breaks_if(at_least("http", "0.28")))
    found = blamed(asked)
    assert found.drift == (
        Drift(
            distribution="http",
            last_good="0.27.2",
            first_bad="0.28.0",
            holes=(),
            cells=1,
            verified=True,
            releases=(
                Swept(version="0.26", day="2025-01-02", outcome=Outcome.PASSED),
                Swept(version="0.27.0", day="2025-01-21", outcome=Outcome.PASSED),
                Swept(version="0.27.2", day="2025-01-31", outcome=Outcome.PASSED),
                Swept(version="0.28.0", day="2025-02-10", outcome=Outcome.FAILED),
                Swept(version="0.28.1", day="2025-02-20", outcome=Outcome.FAILED),
            ),
        ),
    )
    told = only(found)
    assert told.rule == "behaviour-changed"
    assert told.title == "http 0.28.0 broke it: RuntimeError: it broke"
    assert told.culprit is not None
    assert (told.culprit.distribution, told.culprit.version) == ("http", "0.28.0")
    assert told.remedies == (
        Remedy(kind="constraint", command="http<0.28", verified=True),
    )
    moved = "everything else as it was then, http 0.28.1 moved forward alone, it"
    swept = "http: last good 0.27.2 (2025-01-31), first bad 0.28.0 (2025-02-10); all 5"
    assert told.evidence[-5:] == (
        "app 1.0 on Python 3.12 worked as of its release, 2025-01-11",
        "held back as it was then, `http==0.26` mends it",
        f"{moved} breaks it in the same way",
        f"{swept} releases from one lock to the other tried",
        "`http<0.28` was tried on 1 of the 1 cell that fails so; mends it",
    )


def test_nothing_is_asked_twice_without_need() -> None:
    """A question is put once, and once more fresh where an answer must repeat."""
    asked = world(breaks_if(at_least("http", "0.28")))
    blamed(asked)
    put = [(cell, fresh) for cell, fresh in asked.asked]
    assert not [one for n, one in enumerate(put) if one in put[:n]]
    # Fresh: today, then, the first bad release and the remedy.
    assert asked.counted()[True] == 4
    assert asked.counted()[False] < 20


def test_a_suspect_in_the_traceback_is_tried_first() -> None:
    """Whose code is in the frames is held back before anything is halved."""
    why = failure(at="http/client.py")
    asked = world(
        lambda lock: [failed(why)] if lock["http"] >= Version("0.28") else WORKS
    )
    found = blamed(asked)
    assert found.drift[0].distribution == "http"
    assert asked.counted()[False] < 10


def test_what_could_not_be_asked_a_second_time_is_not_flaky() -> None:
    """A fault of ours while the cure is tried again is said as what it is."""
    asked = world(breaks_if(at_least("http", "0.28")))

    def no_answer(cell: Cell, times: int) -> list[Observation] | None:
        again = times == 1 and "http<0.28" in cell.constraints
        return [replace(it, outcome=Outcome.UNKNOWN) for it in WORKS] if again else None

    asked.moods = no_answer
    found = blamed(asked)
    told = only(found)
    assert (told.rule, told.remedies, found.drift) == ("undetermined", (), ())
    assert "with http<0.28 it could not be asked a second time" in told.title


def test_two_that_break_only_together_are_both_named() -> None:
    """Either held back mends it, neither alone breaks it, and all of that is said."""
    others = {"http": made(HTTP), "pool": made({"1": 0, "2": 30})}
    asked = world(breaks_if(at_least("http", "0.28"), at_least("pool", "2")), others)
    found = blamed(asked)
    told = only(found)
    assert (
        told.title
        == "http 0.28.0 together with pool 2 broke it: RuntimeError: it broke"
    )
    (drift,) = found.drift
    assert (drift.distribution, drift.first_bad, drift.verified) == (
        "http",
        "0.28.0",
        True,
    )
    said = "\n".join(told.evidence)
    assert "http 0.28.1 and pool 2 moved forward together, they break it" in said
    assert "moved forward alone, http 0.28.1 or pool 2 is innocent: all passes" in said


def test_two_that_break_each_alone_are_both_held() -> None:
    """Only holding both mends it: one remedy of two constraints, and two drifts."""
    bad = (at_least("http", "0.28"), at_least("pool", "2"))
    others = {"http": made(HTTP), "pool": made({"1": 0, "2": 30})}
    asked = world(lambda lock: BREAKS if any(it(lock) for it in bad) else WORKS, others)
    found = blamed(asked)
    assert [(d.distribution, d.first_bad) for d in found.drift] == [
        ("http", "0.28.0"),
        ("pool", "2"),
    ]
    told = only(found)
    assert [r.command for r in told.remedies] == ["http<0.28 pool<2"]
    assert any("http 0.28.1 or pool 2 breaks it too" in line for line in told.evidence)


def test_what_is_tied_together_is_not_torn() -> None:
    """Where one cannot move without the other, that is said and not held against it."""
    tied = {
        "model": {
            "1.0": Made(day=0, requires=("model-core==1.0",)),
            "1.1": Made(day=20, requires=("model-core==1.1",)),
            "2.0": Made(day=30, requires=("model-core==2.0",)),
        },
        "model-core": made({"1.0": 0, "1.1": 20, "2.0": 30}),
    }
    found = blamed(world(breaks_if(at_least("model", "2.0")), tied))
    (drift,) = found.drift
    assert (drift.distribution, drift.last_good, drift.first_bad) == (
        "model",
        "1.1",
        "2.0",
    )
    said = "\n".join(only(found).evidence)
    assert "`model==1.0` mends it; so does `model-core==1.0` alone" in said
    assert "model 2.0 moved forward alone could not be asked: they contradict" in said
    assert "innocent" not in said


def test_who_is_only_dragged_along_is_not_blamed() -> None:
    """Holding a bystander back that keeps the culprit old proves nothing."""
    others = {
        "http": made(HTTP),
        # It comes first by name, and its old release lets only the old http in.
        "admirer": {
            "1": Made(day=0, requires=("http<0.27",)),
            "2": Made(day=30, requires=("http",)),
        },
    }
    found = blamed(world(breaks_if(at_least("http", "0.28")), others))
    assert [drift.distribution for drift in found.drift] == ["http"]
    assert any("so does `admirer==1` alone" in line for line in only(found).evidence)


def test_a_hole_is_excluded_by_name() -> None:
    """A failing release between two that work is part of the drift and the remedy."""
    asked = world(
        lambda lock: (
            BREAKS
            if lock["http"] >= Version("0.28") or lock["http"] == Version("0.27.0")
            else WORKS
        )
    )
    found = blamed(asked)
    assert found.drift[0].holes == ("0.27.0",)
    assert only(found).remedies[0].command == "http<0.28,!=0.27.0"
    assert "http: 0.27.0 fails too, between releases that work" in only(found).evidence


def test_what_cannot_be_asked_is_neither_good_nor_bad() -> None:
    """Unsolvable, wheel-less, yanked and early releases do not decide anything."""
    http = made(HTTP)
    http["0.27.1"] = Made(day=25, wheel=False)
    http["0.27.3"] = Made(day=35, requires=("lib0<1",))
    http["0.27.4"] = Made(day=36, yanked=True)
    http["0.28.0b1"] = Made(day=37)
    asked = world(breaks_if(at_least("http", "0.28")), {"http": http})
    found = blamed(asked)
    assert (found.drift[0].last_good, found.drift[0].first_bad) == ("0.27.2", "0.28.0")
    said = "\n".join(only(found).evidence)
    assert "http 0.27.1 could not be asked: it has no wheel" in said
    assert "http 0.27.3 could not be asked (just where it turned): they con" in said
    assert "; 5 releases from one lock to the other tried" in said
    put = {line for cell, _ in asked.asked for line in cell.constraints}
    assert not put & {"http==0.27.4", "http==0.28.0b1", "http==0.27.1"}


def test_releases_that_cannot_be_read_leave_a_remedy_and_no_drift() -> None:
    """Without the releases between, the turn is not told, and holding it back is."""
    asked = world(breaks_if(at_least("http", "0.28")))
    asked.unread = ("http",)
    found = blamed(asked)
    assert found.drift == ()
    told = only(found)
    assert told.rule == "undetermined"
    assert told.culprit is not None
    assert (told.culprit.distribution, told.culprit.version) == ("http", None)
    assert told.remedies[0].command == "http==0.26"
    assert (
        "the releases of http could not be read: the index is asleep" in told.evidence
    )


def test_a_distribution_that_went_back_is_not_blamed_for_it() -> None:
    """What caps another is the drift: there is no first bad release of an older one."""
    others = {
        "http": made({"1.0": 0, "2.0": 5}),
        "capper": {
            "1": Made(day=0, requires=("http",)),
            "2": Made(day=30, requires=("http<2",)),
        },
    }
    found = blamed(world(breaks_if(lambda lock: lock["http"] < Version("2")), others))
    assert [(d.distribution, d.first_bad) for d in found.drift] == [("capper", "2")]


def test_what_drifted_may_be_no_release() -> None:
    """Where even the old versions do not mend it, nobody is blamed."""
    asked = world(breaks_if(at_least("http", "0.28")))
    asked.moods = lambda cell, _: BREAKS if cell.constraints else None
    found = blamed(asked)
    told = only(found)
    assert (told.rule, told.culprit, found.drift) == ("undetermined", None, ())
    assert "what drifted is no release" in told.title
    assert "http==0.26" in told.evidence[-1]
    assert "it still fails: RuntimeError: it broke" in told.evidence[-1]


def test_an_import_that_ends_the_cell_hides_no_second_drift() -> None:
    """What was not reached today must work too: two drifts, one behind another."""
    others = {"http": made(HTTP), "pool": made({"1": 0, "2": 30})}
    gone = failure("cannot import name 'x' from 'pool'", "ImportError", module="pool")

    def behave(lock: Lock) -> list[Observation]:
        if lock["pool"] >= Version("2"):
            return [failed(gone, "app", Stage.IMPORT)]
        imported = passed("app", Stage.IMPORT)
        bad = lock["http"] >= Version("0.28")
        return [imported, failed() if bad else passed()]

    found = blamed(world(behave, others))
    assert {d.distribution for d in found.drift} == {"http", "pool"}
    assert only(found).remedies[0].command == "http<0.28 pool<2"
    assert only(found).rule == "api-removed"


def test_drift_and_what_never_worked_are_told_in_this_order() -> None:
    """A cell with both gets two diagnoses, each of its own targets."""

    def behave(lock: Lock) -> list[Observation]:
        never = failed(failure("never"), "scene.other")
        bad = lock["http"] >= Version("0.28")
        return [failed() if bad else passed(), never]

    first, second = blamed(world(behave)).results[0].diagnoses
    assert first.title == "http 0.28.0 broke it: RuntimeError: it broke"
    assert second.title == (
        "app 1.0 on Python 3.12 does not work and never did: RuntimeError: never"
    )
    assert any(
        "`scene.other` failed in app 1.0 on Python 3.12 as of its release too" in line
        for line in second.evidence
    )


def test_a_list_without_what_is_locked_is_not_the_list() -> None:
    """No turn is read off releases that lack one of the two that were installed."""
    asked = world(breaks_if(at_least("http", "0.28")))
    asked.unlisted = ("0.28.1",)
    found = blamed(asked)
    assert found.drift == ()
    said = "\n".join(only(found).evidence)
    assert "the releases of http could not be read: what is locked is not among" in said
    assert "first bad" not in said


def test_all_is_said_of_all_alone() -> None:
    """Yanked releases and pre-releases are not tried, and that is said."""
    http = made(HTTP)
    http["0.27.4"] = Made(day=36, yanked=True)
    http["0.28.0b1"] = Made(day=37)
    said = "\n".join(
        only(
            blamed(world(breaks_if(at_least("http", "0.28")), {"http": http}))
        ).evidence
    )
    assert "; 5 releases from one lock to the other tried" in said
    assert "pre-releases were not tried: 0.27.4, 0.28.0b1" in said


def test_many_releases_are_narrowed_down_before_all_are_tried() -> None:
    """The turn is near after a few questions; then the rest is asked, for holes."""
    http = made({f"0.{n}": 1 if n == 0 else 20 + n for n in range(60)})
    asked = world(
        lambda lock: (
            BREAKS
            if lock["http"] >= Version("0.41") or lock["http"] == Version("0.7")
            else WORKS
        ),
        {"http": http},
    )
    found = blamed(asked)
    assert (found.drift[0].first_bad, found.drift[0].holes) == ("0.41", ("0.7",))
    begun = "whom to blame: 0 of 1 failures; "
    assert (
        f"{begun}it turned from http 0.40 to 0.41; trying all 60 releases for holes"
        in asked.said
    )
    swept = [
        line
        for cell, _ in asked.asked
        for line in cell.constraints
        if line.startswith("http==") and len(cell.constraints) == 1
    ]
    assert {"http==0.40", "http==0.41"} <= set(swept[:10])
    assert len(set(swept)) == 59  # and the newest is what today has


def test_local_versions_are_bounds_without_their_label() -> None:
    """PEP 440 knows no order by local version; a hole is excluded with its own."""
    http = made({"1.0": 1, "1.5+cpu": 20, "1.6": 25, "2.0+cpu": 40})
    asked = world(
        lambda lock: (
            BREAKS if lock["http"] in map(Version, ("1.5+cpu", "2.0+cpu")) else WORKS
        ),
        {"http": http},
    )
    found = blamed(asked)
    assert found.drift[0].first_bad == "2.0+cpu"
    assert only(found).remedies[0].command == "http<2.0,!=1.5+cpu"


def test_what_is_only_reached_with_the_cure_and_fails_is_told() -> None:
    """With the import mended a scenario is reached that fails: the cell needs more."""

    def behave(lock: Lock) -> list[Observation]:
        if lock["http"] >= Version("0.28"):
            return [failed(failure("no name"), "app", Stage.IMPORT)]
        return [passed("app", Stage.IMPORT), failed(failure("never"))]

    first, second = blamed(world(behave)).results[0].diagnoses
    assert first.remedies[0].command == "http<0.28"
    assert "but something else fails" in first.evidence[-1]
    assert second.title == (
        "`http<0.28` is not all that app 1.0 on Python 3.12 needs: scenario"
        " `scene.play` is failed with it: RuntimeError: never"
    )
    assert second.remedies == ()
