"""The sentence on what imports and does not work all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from golden import depths, made
from golden.made import Answer

from compatcheck.model import (
    Axis,
    CellResult,
    Diagnosis,
    Drift,
    Failure,
    Outcome,
    Remedy,
    Stage,
)

NO = Failure(type="E", message="no", module=None, frames=())
OTHER = Failure(type="E", message="other", module=None, frames=())


def axes(first: str, second: str) -> tuple[Axis, ...]:
    """Axes a and b with releases of a digit each."""
    return tuple(
        made.axis(name, list(versions))
        for name, versions in (("a", first), ("b", second))
        if versions
    )


def concluded(
    answer: Callable[..., Answer],
    first: str,
    second: str,
    *,
    drift: Drift | None = None,
    results: Callable[[list[CellResult]], list[CellResult]] = list,
) -> str:
    """The sentence."""
    found = axes(first, second)
    cells = results(made.cells(found, answer))
    return made.report(cells, found, drift=(drift,) if drift else ()).conclusion


def yes() -> Answer:
    """Everything passes, down to a scenario."""
    observations = [made.seen(stage, "x") for stage in ("import", "scenario")]
    return replace(
        made.passed(), stage=Stage.SCENARIO, observations=tuple(observations)
    )


def no(stage: str, *failures: Failure | None, crashed: bool = False) -> Answer:
    """It imports, and then something is not as it should be."""
    return made.failed(
        made.seen("import", "a"),
        *(
            made.seen(stage, f"{stage}.{n}", failure, crashed=crashed)
            for n, failure in enumerate(failures or (NO,))
        ),
    )


@pytest.mark.parametrize(
    ("stage", "first", "sentence"),
    [
        ("scenario", "1", "a 1 imports with b 1 … 3 but does not serve (E: no)."),
        ("scenario", "12", "a 1, 2 import with b 1 … 3 but do not serve (E: no)."),
        ("call", "1", "a 1 imports with b 1 … 3 but a call does not fit (E: no)."),
        ("symbol", "1", "a 1 imports with b 1 … 3 but lacks names (E: no)."),
        ("symbol", "12", "a 1, 2 import with b 1 … 3 but lack names (E: no)."),
    ],
)
def test_what_imports_is_told_apart(stage: str, first: str, sentence: str) -> None:
    """The sentence says what comes after the import, for each stage in its words."""
    assert concluded(lambda *_: no(stage), first, "123") == sentence


def test_one_axis() -> None:
    """A distribution by itself can import and not serve."""
    told = concluded(lambda *_: no("scenario"), "1", "")
    assert told == "a 1 imports but does not serve (E: no)."


def test_what_does_not_import_is_another_clause() -> None:
    """A cell that does not import is never said to."""

    def answer(_one: str, other: str, _python: str) -> Answer:
        gone = made.failed(made.seen("import", "a", NO))
        return {"1": yes(), "2": no("scenario")}.get(other, gone)

    assert concluded(answer, "1", "123") == (
        "a 1 works with b 1 (import, scenario); "
        "a 1 imports with b 2 but does not serve (E: no)."
    )


def test_what_was_not_seen_to_import_is_not_said_to() -> None:
    """Where the import was not asked, or could not be told, nothing is claimed."""
    bare = made.failed(made.seen("scenario", "x", NO))
    assert concluded(lambda *_: bare, "1", "1") == (
        "a 1 works with none of b 1 (failed at scenario: no)."
    )
    unsure = replace(made.seen("import", "b"), outcome=Outcome.UNKNOWN)
    half = no("scenario")
    half = replace(half, observations=(unsure, *half.observations))
    assert "imports" not in concluded(lambda *_: half, "1", "1")


@pytest.mark.parametrize(
    ("failures", "words"),
    [
        ([NO, None, None], "does not serve 1 of 3 scenarios (E: no)"),
        ([NO, NO], "does not serve (E: no)"),
        ([NO, OTHER], "does not serve (2 different failures)"),
    ],
)
def test_what_serves_in_part_is_said_to(
    failures: list[Failure | None], words: str
) -> None:
    """One scenario of three is not the whole server."""
    told = concluded(lambda *_: no("scenario", *failures), "1", "1")
    assert told == f"a 1 imports with b 1 but {words}."


def test_cells_that_serve_different_parts_claim_neither() -> None:
    """Where the share differs from cell to cell, no number is told."""

    def answer(_one: str, other: str, _python: str) -> Answer:
        return no("scenario", NO, NO if other == "1" else None, None)

    assert concluded(answer, "1", "12") == (
        "a 1 imports with b 1, 2 but does not serve every scenario (E: no)."
    )


def test_a_crash_counts_as_not_serving() -> None:
    """A scenario that kills its interpreter serves nobody."""
    told = concluded(lambda *_: no("scenario", crashed=True), "1", "1")
    assert told == "a 1 imports with b 1 but does not serve (E: no)."


def blamed(why: Diagnosis = depths.DRIFTED, *more: Diagnosis) -> Answer:
    """A scenario fails, and somebody is blamed."""
    return replace(no("scenario"), diagnoses=(why, *more))


BLAME = ": wire 0.28.0 is to blame, `wire<0.28.0,!=0.26.1` mends it"


def test_a_verified_drift_is_to_blame() -> None:
    """The sentence names who broke it and what mends it, when that was tried."""
    told = concluded(lambda *_: blamed(), "1", "12", drift=depths.DRIFT)
    assert told == f"a 1 imports with b 1, 2 but does not serve (E: no){BLAME}."


@pytest.mark.parametrize(
    ("answer", "drift"),
    [
        (blamed(), None),
        (blamed(), replace(depths.DRIFT, first_bad="0.29.0")),
        (blamed(depths.DRIFTED, depths.NEVER), depths.DRIFT),
        (blamed(replace(depths.DRIFTED, remedies=())), depths.DRIFT),
        (
            blamed(
                replace(
                    depths.DRIFTED,
                    remedies=(Remedy(kind="pin", command="b==1", verified=True),),
                )
            ),
            depths.DRIFT,
        ),
        (
            blamed(
                replace(
                    depths.DRIFTED,
                    remedies=(
                        Remedy(kind="constraint", command="wire<1", verified=False),
                    ),
                )
            ),
            depths.DRIFT,
        ),
    ],
)
def test_nobody_is_blamed_without_proof(answer: Answer, drift: Drift | None) -> None:
    """No drift, another release, a second cause, an untried remedy."""
    told = concluded(lambda *_: answer, "1", "1", drift=drift)
    assert told == "a 1 imports with b 1 but does not serve (E: no)."


def test_only_the_cells_of_the_drift_are_blamed_on_it() -> None:
    """Cells that fail alike without that diagnosis have a clause of their own."""

    def answer(_one: str, other: str, _python: str) -> Answer:
        return blamed() if other in "123" else no("scenario")

    assert concluded(answer, "1", "12345", drift=depths.DRIFT) == (
        f"a 1 imports with b 1 … 3 but does not serve (E: no){BLAME}; "
        "a 1 imports with b 4, 5 but does not serve (E: no)."
    )


def test_it_is_part_of_the_sentence_however_much_works() -> None:
    """The third of three clauses is on the widest that imports and does not work."""

    def answer(one: str, other: str, _python: str) -> Answer:
        return yes() if int(other) <= int(one) else no("scenario")

    assert concluded(answer, "1234", "1234") == (
        "a 4 works with b 1 … 4 (import, scenario); a 3 works with b 1 … 3; "
        "a 1 imports with b 2 … 4 but does not serve (E: no); and 4 more."
    )


def test_scenarios_that_few_were_asked_are_counted() -> None:
    """The bracket does not promise a scenario of cells that had none."""

    def answer(_one: str, other: str, _python: str) -> Answer:
        return yes() if other == "1" else replace(yes(), observations=(IMPORTED,))

    IMPORTED = made.seen("import", "x")  # noqa: N806 - a constant of this promise
    assert concluded(answer, "1", "123") == (
        "a 1 works with b 1 … 3 (import, scenario in 1 of 3)."
    )


def left_out(_one: str, other: str, _python: str) -> Answer:
    """A row in which only the ends were asked."""
    return made.not_run("--select minor") if other in "234" else yes()


def test_what_select_left_out_between_equals_breaks_no_range() -> None:
    """A refined grid reads as if the gaps were not there, and says that they are."""
    assert concluded(left_out, "1", "12345") == (
        "a 1 works with b 1 … 5 (import, scenario); 2 of 5 cells tried."
    )


def test_what_select_left_out_between_others_is_in_no_range() -> None:
    """Between a yes and a no, nothing is said of what was not asked."""

    def answer(_one: str, other: str, _python: str) -> Answer:
        return no("scenario") if other == "5" else left_out("1", other, "")

    assert concluded(answer, "1", "12345") == (
        "a 1 works with b 1 (import, scenario); "
        "a 1 imports with b 5 but does not serve (E: no); 2 of 5 cells tried."
    )


def test_a_row_of_gaps_alone_is_not_told() -> None:
    """A release of which no cell was asked is in no clause of its own."""

    def answer(one: str, other: str, _python: str) -> Answer:
        if one == "2" and other == "3":
            return no("scenario")
        return made.not_run("--select minor") if one == "2" else yes()

    assert concluded(answer, "123", "123") == (
        "a 1, 3 work with b 1 … 3 (import, scenario); "
        "a 2 imports with b 3 but does not serve (E: no); 7 of 9 cells tried."
    )


def test_gaps_are_not_what_was_stopped() -> None:
    """Only what Ctrl-C stopped counts as not run."""

    def answer(_one: str, other: str, _python: str) -> Answer:
        return made.not_run("interrupted") if other == "5" else left_out("1", other, "")

    assert concluded(answer, "1", "12345") == (
        "a 1 works with b 1 (import, scenario); 1 of 2 cells was not run; "
        "2 of 5 cells tried."
    )
