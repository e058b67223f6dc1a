"""Reports of one question become one: of each cell, the best that is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from golden import made
from golden.made import Answer

from compatcheck.errors import UsageError
from compatcheck.model import CellResult, Drift, Failure, Frame, Outcome, Resolution
from compatcheck.report.build import build_report
from compatcheck.report.document import (
    Disagreement,
    Report,
    Screen,
    Tool,
    equal,
)
from compatcheck.report.merged import merge
from compatcheck.report.stored import dump, load
from compatcheck.report.verified import Mismatch, Verified

SHOPS = [f"{number}.0" for number in range(1, 5)]
PAYS = ["1.0", "1.1", "2.0"]
AXES = (made.axis("storefront", SHOPS, {"0.9": "yanked"}), made.axis("payments", PAYS))
REQUEST: Mapping[str, Any] = {"probes": ["import"], "shard": None, "budget": None}


def fails(shop: str) -> Failure:
    """One story, told from a line that differs from release to release."""
    failure = made.lost("Basket", "payments")
    line = round(100 * float(shop))
    way = Frame(file="<env>/storefront/__init__.py", line=line, function="<module>")
    return replace(failure, frames=(way, *failure.frames))


def answers(shop: str, pay: str, _python: str) -> Answer:
    """Something of everything."""
    if (shop, pay) == ("1.0", "1.0"):
        return made.unsolvable("storefront 1.0 requires payments>=1.1")
    if pay == "2.0":
        return made.failed(made.seen("import", "storefront", fails(shop)))
    return made.passed()


def report(
    results: list[CellResult],
    *,
    shard: str | None = None,
    timings: Mapping[str, float] | None = None,
    interrupted: bool = False,
    drift: tuple[Drift, ...] = (),
) -> Report:
    """The report of such a run, as it comes back from its file."""
    built = build_report(
        results,
        axes=AXES,
        request={**REQUEST, "shard": shard},
        isolation={"files": "read-only", "network": "loopback"},
        generated=made.WHEN,
        timings=timings or {},
        interrupted=interrupted,
        drift=drift,
    )
    return load(dump(built))


def shard(number: int, count: int) -> Report:
    """One share of the grid, every so-many-th cell."""
    results = [
        each
        if place % count == number - 1
        else replace(
            each,
            outcome=Outcome.NOT_RUN,
            stage=None,
            reason=f"left to --shard {place % count + 1}/{count}",
            lock=None,
            contract=None,
            observations=(),
            source=None,
        )
        for place, each in enumerate(made.cells(AXES, answers))
    ]
    return report(results, shard=f"{number}/{count}")


def whole(answer: Callable[..., Answer] = answers, **more: Any) -> Report:  # noqa: ANN401 - of report()
    """All of it, by one run."""
    return report(made.cells(AXES, answer), **more)


def merged(*reports: Report) -> Report:
    """All of these, in files called a, b and so on."""
    return merge([(chr(97 + place), each) for place, each in enumerate(reports)])


def refusal(*reports: Report) -> str:
    """What is said of reports that cannot be one."""
    with pytest.raises(UsageError) as raised:
        merged(*reports)
    assert len(raised.value.problems) == 1
    return str(raised.value)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
def test_all_shards_are_the_whole(count: int) -> None:
    """Facts and ids included: a failure has the frames of the very first cell."""
    found = merged(*(shard(number, count) for number in range(1, count + 1)))
    assert equal(found, whole())
    assert dump(replace(found, timings={})) == dump(replace(whole(), timings={}))
    assert len(found.failures) == 1


def test_order_of_the_files_does_not_matter() -> None:
    """Nor whether some are merged before."""
    shards = [shard(number, 3) for number in (1, 2, 3)]
    for those in permutations(shards):
        assert equal(merged(*those), whole())
    assert equal(merged(merged(*shards[:2]), shards[2]), whole())


def test_any_answer_is_better_than_none() -> None:
    """And not to know is better than not to have asked."""

    def blind(*_choice: str) -> Answer:
        return made.unknown("https://index.invalid did not answer")

    def idle(*_choice: str) -> Answer:
        return made.not_run("--budget 5: not answered by then")

    for worse in (blind, idle):
        assert equal(merged(whole(worse), whole()), whole())
    assert merged(whole(blind), whole(idle)).summary.unknown == 12
    late = merged(shard(1, 2), whole(idle))
    assert {c.reason for c in late.cells if c.outcome == "not_run"} == {
        "--budget 5: not answered by then"
    }


def as_of_then(found: Report) -> Report:
    """The same grid, asked as it resolved once, where all of it passed."""
    passed = whole(lambda *_: made.passed())
    return replace(
        passed,
        request={**found.request, "as_of": "release"},
        cells=tuple(
            replace(cell, as_of=f"2026-01-0{1 + place % 3}T00:00:00Z")
            for place, cell in enumerate(passed.cells)
        ),
    )


def test_today_and_as_of_release_are_one_grid_with_a_choice() -> None:
    """Cells of either stay what they are, in whatever order the files are named."""
    now = whole()
    now = replace(now, request={**now.request, "as_of": None})
    then = as_of_then(now)
    both = merged(now, then)
    assert equal(both, merged(then, now))
    assert equal(both, merged(merged(now, then), now))
    assert both.summary.cells == 24
    assert both.request["as_of"] == [None, "release"]
    failed = {cell.as_of for cell in both.cells if cell.outcome is Outcome.FAILED}
    assert failed == {None}
    assert "as of its release" in both.conclusion


def test_contradictions_are_told_with_cell_and_files() -> None:
    """A line for each cell, and no report."""

    def otherwise(shop: str, pay: str, python: str) -> Answer:
        if (shop, pay) == ("2.0", "2.0"):
            return made.passed()
        return answers(shop, pay, python)

    assert refusal(whole(), shard(1, 12), whole(otherwise)) == (
        "a and c: storefront 2.0 with payments 2.0 on Python 3.12 (highest resolution)"
        " is failed in the first and passed in the second; ask it again, and merge"
        " reports of one state of the index"
    )


def test_stopped_run_stops_no_other() -> None:
    """It counts as interrupted only where the interrupted one is all there is."""
    stopped = whole(interrupted=True)
    assert not merged(stopped, whole()).interrupted
    assert merged(stopped, shard(1, 2)).interrupted


def test_isolation_is_the_least_that_was_had() -> None:
    """A wall that one machine lacked is missing, and one that differs is told so."""
    walls = {"files": "missing: Operation not permitted", "network": "allowed"}
    weak = replace(whole(), isolation=walls)
    least = {
        "files": "missing: Operation not permitted",
        "network": "allowed or loopback",
    }
    assert merged(whole(), weak).isolation == least
    assert merged(weak, whole()).isolation == least
    bare = replace(whole(), isolation={"files": "read-only"})
    assert merged(whole(), bare).isolation["network"] == "missing: not told"


def test_times_add_up_but_for_the_picture() -> None:
    """All have worked; the picture of the whole is there when the last one is."""
    one = whole(timings={"ask": 10.1, "first_picture": 4.0})
    other = whole(timings={"ask": 20.2, "first_picture": 6.0, "blame": 1.0})
    assert merged(one, other).timings == {
        "ask": 30.3,
        "blame": 1.0,
        "first_picture": 6.0,
    }


def drift(cells: int) -> Drift:
    """What broke so many cells."""
    return Drift(
        distribution="wire",
        last_good="0.27.2",
        first_bad="0.28.0",
        holes=(),
        cells=cells,
        verified=True,
    )


def test_drift_is_told_once() -> None:
    """Its cells add up, unless the reports may count the same ones."""
    one = replace(shard(1, 2), drift=(drift(2),))
    other = replace(shard(2, 2), drift=(drift(3),))
    assert merged(one, other).drift == (drift(5),)
    assert merged(one, replace(whole(), drift=(drift(4),))).drift == (drift(4),)


def wrong(shop: str) -> Mismatch:
    """A cell that was told to pass and does not."""
    return Mismatch(
        pins={"storefront": shop, "payments": "1.1"},
        python="3.12",
        resolution=Resolution.HIGHEST,
        as_of=None,
        probe="import",
        target="storefront",
        told=Outcome.PASSED,
        real=Outcome.FAILED,
        told_words=None,
        real_words="ImportError: gone",
    )


def test_what_was_verified_adds_up() -> None:
    """What differs is told by cell, whoever found it; none verified is none told."""
    late, early = wrong("4.0"), wrong("2.0")
    one = Verified(cells=3, agree=2, differ=(late,), unanswered=1)
    other = Verified(cells=2, agree=1, differ=(early,))
    parts = (
        replace(shard(1, 3), verified=one),
        replace(shard(2, 3), verified=other, request={**REQUEST, "verify": 2}),
        shard(3, 3),
    )
    found = merged(*parts)
    expected = Verified(cells=5, agree=3, differ=(early, late), unanswered=1)
    assert found.verified == expected
    assert load(dump(found)) == found
    assert merged(shard(1, 2), shard(2, 2)).verified is None


def test_what_was_verified_twice_is_counted_once() -> None:
    """Reports of the same cells may have verified the same ones."""
    one = replace(whole(), verified=Verified(cells=3, agree=2, differ=(wrong("2.0"),)))
    assert merged(one, one).verified == one.verified


def denied(shop: str) -> Disagreement:
    """A cell that the wheels let pass, and an import does not."""
    return Disagreement(
        pins={"storefront": shop, "payments": "1.1"},
        python="3.12",
        target="storefront",
        screened=Outcome.PASSED,
        probed=Outcome.FAILED,
    )


def test_how_far_the_screen_was_right_adds_up() -> None:
    """By cell, whoever found it; what two have asked is counted once."""
    late, early = denied("10.0"), denied("2.0")
    one = Screen(cells=5, agreed=4, disagreed=(late,))
    other = Screen(cells=3, agreed=2, disagreed=(early,))
    parts = (replace(shard(1, 2), screen=one), replace(shard(2, 2), screen=other))
    both = Screen(cells=8, agreed=6, disagreed=(early, late))
    assert merged(*parts).screen == both
    assert merged(merged(*parts), parts[0]).screen == both
    assert merged(shard(1, 2), shard(2, 2)).screen is None


def test_what_nobody_found_out_is_told() -> None:
    """Blame that stopped in one share has stopped; each reason stands once."""
    one = replace(shard(1, 3), unblamed="the index is silent")
    other = replace(shard(2, 3), unblamed="no space is left")
    found = merged(one, other, replace(shard(3, 3), unblamed=one.unblamed))
    assert found.unblamed == "no space is left; the index is silent"
    assert "who is to blame was not found out" in found.conclusion
    assert merged(shard(1, 2), shard(2, 2)).unblamed is None


def test_release_that_one_of_them_knows_is_tried() -> None:
    """An index moves on between two runs: the axes have all that any of them tried."""
    new = (made.axis("storefront", ["4.0", "5.0"], {"3.0": "yanked"}), AXES[1])
    later = build_report(
        made.cells(new, answers),
        axes=new,
        request=REQUEST,
        isolation={},
        generated=made.WHEN,
        timings={},
    )
    found = merged(whole(), later)
    assert found.axes[0].versions == ("1.0", "2.0", "3.0", "4.0", "5.0")
    assert [left.versions for left in found.axes[0].left_out] == [("0.9",)]
    assert found.summary.cells == 15
    assert load(dump(found)) == found


def test_time_that_was_given_is_told_where_all_had_it() -> None:
    """Else it is nobody's."""
    hurried = replace(whole(), request={**REQUEST, "budget": 5.0})
    assert merged(hurried, hurried).request["budget"] == 5.0
    assert merged(hurried, whole()).request["budget"] is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tool": Tool(name="compatcheck", version="0")}, "has the tool"),
        (
            {"platform": replace(made.ELSEWHERE, machine="arm64")},
            "b: has the platform Linux arm64, and a Linux x86_64",
        ),
        ({"request": {**REQUEST, "probes": []}}, "b: was asked something else than a"),
        ({"axes": whole().axes[::-1]}, "b: has the axes payments x storefront"),
    ],
)
def test_what_is_not_the_same_question_is_refused(
    changes: dict[str, Any], words: str
) -> None:
    """One line that says what differs, and from which file."""
    one = replace(whole(), platform=made.ELSEWHERE)
    told = refusal(one, replace(one, **changes))
    assert words in told


def test_another_python_of_one_name_is_refused() -> None:
    """3.12 is not the same Python on two machines."""
    (python,) = whole().pythons.values()
    other = replace(whole(), pythons={"3.12": replace(python, version="3.12.9")})
    assert "b: asked in cpython 3.12.9, and a in cpython 3.12.1" in refusal(
        whole(), other
    )


def test_version_that_is_none_is_refused() -> None:
    """A file may hold anything."""
    axes = (replace(whole().axes[0], versions=("one", *SHOPS)), whole().axes[1])
    assert "'one' is no version" in refusal(whole(), replace(whole(), axes=axes))
