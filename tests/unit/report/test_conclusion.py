"""The run in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from golden import made, runs
from golden.made import Answer

from compatcheck.model import Failure, Interpreter, Outcome, Resolution, Stage
from compatcheck.report.conclusion import conclude

ONE = made.axis("a", ["1", "2", "3", "4", "5", "6"])
TWO = made.axis("b", ["1", "2", "3", "4", "5", "6"])
EMPTY = Failure(type="ImportError", message="no module", module=None, frames=())


def no() -> Answer:
    """An import that fails."""
    return made.failed(made.seen("import", "a", EMPTY))


def concluded(
    answer: Callable[..., Answer],
    *versions: Sequence[str],
    interrupted: bool = False,
    left_out: dict[str, str] | None = None,
    pythons: Sequence[Interpreter] = (made.python("3.12.1"),),
) -> str:
    """The sentence on axes a, b, c, … with these versions."""
    names = "abcdef"[: len(versions)]
    axes = [made.axis(name, each) for name, each in zip(names, versions, strict=True)]
    if left_out:
        axes[-1] = made.axis(names[-1], versions[-1], left_out)
    results = made.cells(axes, answer, pythons=pythons)
    return made.report(results, axes, interrupted=interrupted).conclusion


UP_TO_SIX = [str(n) for n in range(1, 7)]


@pytest.mark.parametrize(
    ("works", "sentence"),
    [
        ("123456", "a 1 works with b 1 … 6 (import, symbol)."),
        ("456", "a 1 works with b 4 … 6 (import, symbol)."),
        ("4", "a 1 works with b 4 (import, symbol)."),
        ("45", "a 1 works with b 4, 5 (import, symbol)."),
        ("12456", "a 1 works with b 1 … 6 except 3 (import, symbol)."),
        ("1256", "a 1 works with b 1 … 6 except 3, 4 (import, symbol)."),
        ("16", "a 1 works with b 1, 6 (import, symbol)."),
        ("", "a 1 works with none of b 1 … 6 (failed at import: no module)."),
    ],
)
def test_one_row(works: str, sentence: str) -> None:
    """One release against many: the range that works, a hole told as one."""

    def answer(_one: str, other: str, _python: str) -> Answer:
        return made.passed() if other in works else no()

    assert concluded(answer, ["1"], UP_TO_SIX) == sentence


def test_equal_rows_share_a_clause_and_empty_ones_say_why() -> None:
    """Releases that agree are told together, those that work with nothing last."""

    def answer(one: str, _other: str, _python: str) -> Answer:
        return no() if one == "1" else made.passed()

    assert concluded(answer, ["1", "2", "3", "4"], ["7", "8", "9"]) == (
        "a 2 … 4 work with b 7 … 9 (import, symbol); "
        "a 1 works with none (failed at import: no module)."
    )


def test_more_than_three_clauses_are_counted() -> None:
    """A sentence stays one."""

    def answer(one: str, other: str, _python: str) -> Answer:
        return made.passed() if int(other) <= int(one) else no()

    assert concluded(answer, UP_TO_SIX, UP_TO_SIX) == (
        "a 6 works with b 1 … 6 (import, symbol); a 5 works with b 1 … 5; "
        "a 4 works with b 1 … 4; and 3 more."
    )


def test_unknown_is_neither() -> None:
    """What could not be told is in no range, is no hole, and is mentioned."""

    def answer(_one: str, other: str, _python: str) -> Answer:
        return made.unknown("down") if other == "3" else made.passed()

    assert concluded(answer, ["1"], UP_TO_SIX) == (
        "a 1 works with b 1, 2, 4 … 6 (import, symbol); 1 of 6 cells is unknown."
    )


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (["1"], "a 1 works with none of b 1, 2 (failed at import: no module)."),
        (["1", "2"], "a 1, 2 work with none of b 1, 2 (failed at import: no module)."),
    ],
)
def test_the_verb_counts_the_releases(first: list[str], sentence: str) -> None:
    """One release works, several work, with nothing too."""
    assert concluded(lambda *_: no(), first, ["1", "2"]) == sentence


@pytest.mark.parametrize("message", ["", " \n"])
def test_a_failure_without_a_message_is_told_by_its_type(message: str) -> None:
    """A bare assert says nothing, so its type does."""
    bare = replace(EMPTY, type="AssertionError", message=message)
    told = made.failed(made.seen("import", "a", bare))
    assert concluded(lambda *_: told, ["1"]) == (
        "a 1 does not work (failed at import: AssertionError)."
    )


def test_a_reason_without_words_leaves_no_colon() -> None:
    """Where nothing was said, the outcome alone is told."""
    assert concluded(lambda *_: made.unsolvable(""), ["1"]) == (
        "a 1 does not work (unsolvable)."
    )


def test_no_is_not_final_while_something_is_unknown() -> None:
    """What works with none is said "so far" where something could not be told."""

    def answer(_one: str, other: str, _python: str) -> Answer:
        return made.unknown("down") if other == "3" else no()

    assert concluded(answer, ["1"], ["2", "3"]) == (
        "a 1 works with none of b 2, 3 so far (failed at import: no module); "
        "1 of 2 cells is unknown."
    )


@pytest.mark.parametrize(
    ("answer", "interrupted", "sentence"),
    [
        (made.unknown("x"), False, "Nothing can be told, 2 cells are unknown."),
        (made.not_run("x"), False, "Nothing ran: 2 cells were not run."),
        (
            made.not_run("x"),
            True,
            "Interrupted before the first cell: 2 cells were not run.",
        ),
        (
            made.unknown("x"),
            True,
            "Interrupted after 2 of 2 cells: nothing can be told, 2 cells are unknown.",
        ),
        (
            made.unsolvable("b 1 requires a>2"),
            False,
            "a 1 works with none of b 1, 2 (unsolvable: b 1 requires a>2).",
        ),
    ],
)
def test_nothing_passed(answer: Answer, interrupted: bool, sentence: str) -> None:  # noqa: FBT001 - a column of the table
    """Where nothing works, the sentence says what is known of it and no more."""
    told = concluded(lambda *_: answer, ["1"], ["1", "2"], interrupted=interrupted)
    assert told == sentence


def test_nothing_was_asked() -> None:
    """Without a cell there is a sentence all the same."""
    assert (
        made.report([], [ONE, TWO]).conclusion == "Nothing was asked: there is no cell."
    )


def test_interrupted_tells_how_far_it_came() -> None:
    """What works so far, and how much is missing."""
    assert runs.interrupted().conclusion == (
        "Interrupted after 3 of 6 cells: storefront 1.0.0 works with payments "
        "3.0.0 … 3.2.0 (import, symbol); 3 of 6 cells were not run."
    )


def test_one_axis() -> None:
    """A distribution by itself works or does not."""

    def answer(one: str, _python: str) -> Answer:
        return no() if one in "12" else made.passed()

    assert concluded(answer, UP_TO_SIX) == (
        "a 3 … 6 work (import, symbol); "
        "a 1, 2 do not work (failed at import: no module)."
    )


def test_three_axes() -> None:
    """Three distributions make a grammatical sentence."""
    assert concluded(lambda *_: made.passed(), ["1"], ["1", "2", "3"], ["4"]) == (
        "a 1 works with b 1 … 3 and c 4 (import, symbol)."
    )


def test_pythons_that_agree_are_not_mentioned() -> None:
    """What makes no difference takes no words."""
    pythons = [made.python("3.11.1"), made.python("3.12.1")]
    told = concluded(lambda *_: made.passed(), ["1"], ["1"], pythons=pythons)
    assert told == "a 1 works with b 1 (import, symbol)."


def test_pythons_that_differ_are_told_apart() -> None:
    """What works on one Python only is said of that one."""

    def answer(_one: str, other: str, minor: str) -> Answer:
        return no() if minor == "3.12" and other == "1" else made.passed()

    pythons = [made.python("3.11.1"), made.python("3.12.1")]
    assert concluded(answer, ["1"], ["1", "2", "3"], pythons=pythons) == (
        "a 1 works with b 1 … 3 on Python 3.11 (import, symbol); "
        "a 1 works with b 2, 3 on Python 3.12."
    )


def test_resolutions_that_differ_are_told_apart() -> None:
    """So are the modes of resolution."""
    axes = [made.axis("a", ["1"]), made.axis("b", ["1"])]
    modes = [Resolution.HIGHEST, Resolution.LOWEST]
    results = made.cells(axes, lambda *_: made.passed(), resolutions=modes)
    broken = replace(
        results[1], outcome=Outcome.CRASHED, stage=Stage.IMPORT, observations=()
    )
    assert made.report([results[0], broken], axes).conclusion == (
        "a 1 works with b 1 with resolution highest (import, symbol); "
        "a 1 works with none with resolution lowest (crashed at import)."
    )


def test_the_instant_of_each_release_is_no_circumstance() -> None:
    """`--as-of release` gives each cell an instant; that alone tells nothing apart."""
    axes = [made.axis("a", ["1", "2"]), made.axis("b", ["1"])]
    results = [
        replace(
            result, cell=replace(result.cell, as_of=datetime(2025, n, 1, tzinfo=UTC))
        )
        for n, result in enumerate(made.cells(axes, lambda *_: made.passed()), start=1)
    ]
    told = made.report(results, axes).conclusion
    assert told == "a 1, 2 work with b 1 (import, symbol)."


def test_what_a_choice_left_out_is_said() -> None:
    """Where --select left releases out, the sentence says how many were tried."""
    left_out = {"0.1": "--select minor", "0.2": "--select minor", "0.3": "yanked"}
    told = concluded(lambda *_: made.passed(), ["1"], ["1", "2"], left_out=left_out)
    assert told == ("a 1 works with b 1, 2 (import, symbol); 2 of 4 b releases tried.")


def test_the_bracket_names_what_was_asked() -> None:
    """Only probes that were put to a passing cell are named; else how far it came."""
    asked = replace(made.passed(), observations=(made.seen("import", "a"),))
    assert concluded(lambda *_: asked, ["1"]) == "a 1 works (import)."
    bare = Answer(stage=Stage.INSTALL)
    assert concluded(lambda *_: bare, ["1"]) == "a 1 works (install)."


def test_the_sentence_depends_on_the_data_alone() -> None:
    """A stored report, whatever it concluded, is concluded again in the same words."""
    report = runs.wide()
    assert conclude(replace(report, conclusion="")) == report.conclusion
