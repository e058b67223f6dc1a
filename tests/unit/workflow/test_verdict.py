"""Exit codes: what a report means for a script."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from compatcheck.model import Outcome
from compatcheck.report.verified import Mismatch, Verified
from compatcheck.workflow.verdict import exit_code

if TYPE_CHECKING:
    from compatcheck.report.document import Report

DEFAULT = ("failed", "crashed")
DEFAULT_OUTCOMES = tuple(map(Outcome, DEFAULT))


@pytest.mark.parametrize(
    ("outcomes", "fail_on", "code"),
    [
        ("", DEFAULT, 0),
        ("passed", DEFAULT, 0),
        ("passed unsolvable", DEFAULT, 0),
        ("passed failed", DEFAULT, 1),
        ("crashed", DEFAULT, 1),
        ("passed unknown", DEFAULT, 3),
        ("passed not_run", DEFAULT, 3),
        ("failed unknown not_run", DEFAULT, 1),
        ("unsolvable passed", ("unsolvable",), 1),
        ("failed", ("unsolvable",), 0),
        ("unknown", ("unknown",), 1),
        ("failed crashed", (), 0),
    ],
)
def test_code_follows_the_table(
    outcomes: str, fail_on: tuple[str, ...], code: int
) -> None:
    """1 beats 3, unsolvable is no finding unless asked for, and unknown never 0."""
    report = told(outcomes, interrupted=False)
    assert exit_code(report, [Outcome(it) for it in fail_on]) == code


@pytest.mark.parametrize("outcomes", ["passed", "failed not_run", "unknown"])
def test_interrupted_run_is_that_before_all(outcomes: str) -> None:
    """130, whatever was found by then."""
    report = told(outcomes, interrupted=True)
    assert exit_code(report, list(map(Outcome, DEFAULT))) == 130


def test_what_the_selection_left_out_was_never_wanted() -> None:
    """A refined grid has cells that nobody asked for: they leave nothing open."""
    report = told("passed not_run", reason="--select minor")
    assert exit_code(report, list(map(Outcome, DEFAULT))) == 0


@pytest.mark.parametrize(("shard", "code"), [("1/2", 0), (None, 3)])
def test_what_is_another_shard_s_is_missing_only_from_the_whole(
    shard: str | None, code: int
) -> None:
    """A shard did all that it had to; of a merged report it is a part that lacks."""
    report = told("passed not_run", reason="left to --shard 2/2", shard=shard)
    assert exit_code(report, list(map(Outcome, DEFAULT))) == code


def test_what_the_budget_left_out_is_not_complete() -> None:
    """In a shard, too."""
    report = told("passed not_run", reason="--budget 5: …", shard="1/2")
    assert exit_code(report, list(map(Outcome, DEFAULT))) == 3


@pytest.mark.parametrize(
    ("outcomes", "code"), [("passed", 3), ("passed failed", 1), ("unsolvable", 3)]
)
@pytest.mark.parametrize(
    "verified",
    [Verified(cells=2, agree=1, differ=()), Verified(cells=2, agree=2, differ=())],
)
def test_what_is_not_borne_out_leaves_the_rest_in_doubt(
    verified: Verified, outcomes: str, code: int
) -> None:
    """An answer of ours that was wrong, or could not be verified, is never all well."""
    assert exit_code(told(outcomes, verified=verified), DEFAULT_OUTCOMES) < 2
    differs = replace(verified, differ=(cast("Mismatch", None),))
    assert exit_code(told(outcomes, verified=differs), DEFAULT_OUTCOMES) == code
    missing = replace(verified, unanswered=1)
    assert exit_code(told(outcomes, verified=missing), DEFAULT_OUTCOMES) == code


def test_what_a_shim_breaks_is_a_finding() -> None:
    """Whatever else passes: it is seen in a real environment, as other findings are."""
    assert exit_code(told("passed", broken=1), DEFAULT_OUTCOMES) == 1
    assert exit_code(told("passed unknown", broken=1), DEFAULT_OUTCOMES) == 1
    assert exit_code(told("passed", broken=0), DEFAULT_OUTCOMES) == 0


def told(
    outcomes: str,
    *,
    interrupted: bool = False,
    verified: Verified | None = None,
    reason: str | None = None,
    shard: str | None = None,
    broken: int = 0,
) -> Report:
    """As much of a report as the verdict looks at."""
    cells = [
        SimpleNamespace(outcome=Outcome(it), reason=reason) for it in outcomes.split()
    ]
    return cast(
        "Report",
        SimpleNamespace(
            cells=cells,
            interrupted=interrupted,
            request={"shard": shard},
            verified=verified,
            shims=SimpleNamespace(broken=broken),
        ),
    )
