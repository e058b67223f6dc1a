"""How deep each cell was asked, where it failed first, and whom that is blamed on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from golden import depths, made, runs
from golden.made import Answer

from compatcheck.formats import Style, get
from compatcheck.model import (
    Culprit,
    Diagnosis,
    Drift,
    Failure,
    Frame,
    Link,
    Observation,
    Outcome,
    Remedy,
    Stage,
)
from compatcheck.report.account import account
from compatcheck.report.document import Report
from compatcheck.report.explained import drifts
from compatcheck.report.findings import details, findings
from compatcheck.report.grid import Mark, legend, pictures
from compatcheck.report.space import lay_out

NO = Failure(type="E", message="no", module=None, frames=())
WHY = Diagnosis(
    rule="undetermined",
    title="nobody knows",
    culprit=None,
    evidence=(),
    remedies=(),
)


def run(*answers: Answer, drift: tuple[Drift, ...] = ()) -> Report:
    """One release against so many, each with its answer."""
    others = [str(n) for n in range(1, len(answers) + 1)]
    axes = (made.axis("a", ["1"]), made.axis("b", others))
    results = made.cells(axes, lambda _a, b, _python: answers[int(b) - 1])
    return made.report(results, axes, drift=drift)


def seen(*stages: str, no: str = "") -> Answer:
    """One target a stage, asked to the last, of which these failed."""
    observations = [
        made.seen(stage, f"{stage}.x", NO if stage in no.split() else None)
        for stage in stages
    ]
    if no:
        return made.failed(*observations)
    return replace(
        made.passed(), stage=Stage(stages[-1]), observations=tuple(observations)
    )


ALL = ("import", "symbol", "call", "scenario")


def marks(report: Report) -> list[str]:
    """The words beside the signs."""
    (picture,) = pictures(report)
    return [mark.words for mark in picture.marks[0]]


@pytest.mark.parametrize(
    ("answers", "words", "told"),
    [
        ([seen(*ALL), seen(*ALL)], [""], ["2 passed (scenario)"]),
        (
            [seen(*ALL), seen("import", "symbol")],
            ["scenario", "symbol"],
            ["2 passed (1 symbol, 1 scenario)"],
        ),
        ([seen(*ALL, no="call")], [""], ["1 failed (call→scenario)"]),
        (
            [seen(*ALL, no="call"), seen("import", no="import")],
            ["call", "import"],
            ["2 failed (1 import, 1 call→scenario)"],
        ),
        (
            [seen(*ALL, no="symbol"), seen("import", "symbol", no="symbol")],
            ["symbol→scenario", "symbol"],
            ["2 failed (1 symbol, 1 symbol→scenario)"],
        ),
        (
            [seen(*ALL, no="scenario"), seen(*ALL)],
            ["", ""],
            ["1 passed (scenario)", "1 failed (scenario)"],
        ),
    ],
)
def test_depth_is_told_once(
    answers: list[Answer], words: list[str], told: list[str]
) -> None:
    """A mark tells only what differs from cell to cell; the legend tells the rest."""
    report = run(*answers)
    assert marks(report) == words
    assert [text for _, text in legend(report)] == told


def test_each_result_knows_the_deepest_stage_that_ran() -> None:
    """What was left out, and what our side failed at, did not run."""
    idle = Observation(
        probe="call", stage=Stage.CALL, target="x", outcome=Outcome.NOT_RUN
    )
    unknown = replace(idle, stage=Stage.SCENARIO, outcome=Outcome.UNKNOWN)
    answer = replace(seen("import", "symbol", no="symbol"))
    answer = replace(answer, observations=(*answer.observations, idle, unknown))
    (result,) = run(answer).results.values()
    assert result.deepest is Stage.SYMBOL


@pytest.mark.parametrize(
    ("answers", "passing", "told"),
    [
        ([seen(*ALL)], (1, 1, 1, 1), ""),
        ([seen(*ALL, no="scenario")], (1, 1, 1, 0), ""),
        ([seen(*ALL), seen(*ALL)], (2, 2, 2, 2), ""),
        (
            [seen(*ALL), seen(*ALL, no="call"), seen("import", no="import")],
            (2, 2, 1, 2),
            "2 import, 2 have the names, 1 takes the calls and 2 serve.",
        ),
        (
            [made.unsolvable("no"), seen(*ALL), seen(*ALL, no="scenario")],
            (2, 2, 2, 1),
            "2 import, 2 have the names, 2 take the calls and 1 serves.",
        ),
    ],
)
def test_how_many_pass_each_stage(
    answers: list[Answer], passing: tuple[int, ...], told: str
) -> None:
    """What imports is one number, what serves another, in data and in words."""
    report = run(*answers)
    names = map(Stage, ALL)
    assert report.summary.passing == dict(zip(names, passing, strict=True))
    for name in ("text", "markdown"):
        text = " ".join(get(name).render(report, Style()).split())
        assert ("that could be asked" in text) == bool(told)
        assert told in text


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_depth_is_in_each_format(name: str) -> None:
    """The first failing stage and the deepest are told wherever people read."""
    text = get(name).render(run(seen(*ALL, no="call")), Style())
    assert "call→scenario" in text
    plain = get("text").render(run(seen(*ALL, no="call")), Style(unicode=False))
    assert "call->scenario" in plain


def test_lines_that_differ_make_no_other_failure() -> None:
    """One cause in many releases is one fact, with the lines of the first."""

    def at(line: int, so: str = "no reply") -> Failure:
        frames = (
            Frame(file="<env>/a.py", line=line, function="serve"),
            Frame(file="<env>/wire.py", line=7, function="send"),
        )
        effect = Link(
            relation="effect",
            type="AssertionError",
            message=so,
            module=None,
            frames=(Frame(file="<scenarios>/s.py", line=3, function="scenario"),),
        )
        return replace(NO, frames=frames, chain=(effect,))

    def answer(*failures: Failure) -> Answer:
        return made.failed(
            *(made.seen("scenario", f"s.{n}", it) for n, it in enumerate(failures))
        )

    report = run(answer(at(10)), answer(at(12)), answer(at(12, "no title")))
    lines = [failure.frames[0].line for failure in report.failures.values()]
    assert sorted(lines) == [10, 12]
    assert len(report.results) == 2


def test_a_mark_without_a_stage_has_no_words() -> None:
    """A sign alone is enough where there is nothing to tell."""
    assert not Mark(outcome=Outcome.NOT_RUN, stage=None).words


def blamed(answer: Answer, *diagnoses: Diagnosis) -> Answer:
    """The answer with its diagnoses."""
    return replace(answer, diagnoses=diagnoses)


def test_other_diagnoses_make_another_result() -> None:
    """What was seen may be the same, and why it was may not."""
    no = seen(*ALL, no="scenario")
    report = run(no, blamed(no, WHY), blamed(no, WHY))
    assert len(report.results) == 2
    assert {cell.result for cell in report.cells} == set(report.results)


def test_a_diagnosis_is_told_once() -> None:
    """In full below the first failure that it explains, by its title below others."""
    sure = replace(WHY, evidence=("seen",))
    report = run(
        blamed(seen(*ALL, no="symbol"), sure), blamed(seen(*ALL, no="call"), sure)
    )
    first, second = findings(report, lay_out(report))
    assert first.explanations[0].lines == (("seen", "seen"),)
    assert second.explanations[0].title == "nobody knows"
    assert second.explanations[0].lines == ()


def test_a_diagnosis_of_some_cells_says_of_how_many() -> None:
    """What explains most of a failure's cells comes first."""
    no = seen(*ALL, no="scenario")
    other = replace(WHY, title="something else")
    report = run(blamed(no, WHY), blamed(no, other), blamed(no, other))
    (finding,) = findings(report, lay_out(report))
    assert [(why.title, why.share) for why in finding.explanations] == [
        ("something else", "2 of 3 cells"),
        ("nobody knows", "1 of 3 cells"),
    ]


def test_a_remedy_says_whether_it_was_tried() -> None:
    """Verified is said of what was tried and helped, and of nothing else."""
    why = replace(
        WHY,
        culprit=Culprit(distribution="wire", version=None),
        evidence=("1", "2", "3", "4", "5"),
        remedies=(
            Remedy(kind="constraint", command="wire<2", verified=True),
            Remedy(kind="pin", command="b==1", verified=False),
        ),
    )
    report = run(blamed(seen(*ALL, no="call"), why))
    (finding,) = findings(report, lay_out(report))
    assert finding.explanations[0].lines == (
        ("culprit", "wire"),
        ("remedy", "wire<2 (verified)"),
        ("remedy", "b==1 (not tried)"),
        ("seen", "1"),
        ("seen", "2"),
        ("seen", "3"),
        ("seen", "and 2 more, all in the JSON report"),
    )


def test_drift_says_from_when_on() -> None:
    """Last good, first bad, every hole, and whether holding back was seen to help."""
    unsure = replace(depths.DRIFT, holes=(), cells=1, verified=False)
    report = run(seen(*ALL), drift=(unsure, depths.DRIFT))
    assert drifts(report) == (
        (
            "wire",
            (
                "last good 0.27.2, first bad 0.28.0, holes 0.26.1; 5 cells; "
                "held back, they pass: verified"
            ),
        ),
        (
            "wire",
            (
                "last good 0.27.2, first bad 0.28.0; 1 cell; "
                "held back, what drifted passes, not all of it"
            ),
        ),
    )


def test_what_came_of_a_logged_exception_is_a_line_below_it() -> None:
    """The exception is told once, however many scenarios it let fail, and how."""
    report = runs.served()
    complaint = next(
        each
        for finding in findings(report, lay_out(report))
        for each in finding.complaints
        if "proxies" in each.message
    )
    assert details(complaint) == (
        "at <env>/payments/web.py:21 in connect",
        (
            "so that serving.pay: AssertionError: an error event instead of a "
            "receipt; 1 more fails of it"
        ),
    )


def told(report: Report) -> dict[str, str]:
    """The account, by label."""
    return dict(account(report))


def test_calls_are_counted_by_cell() -> None:
    """Asked, left out because the cell could not decide, unclear in the source."""
    assert told(runs.served())["calls"] == (
        "5 asked, 1 left out, 17 unclear in the source"
    )
    few = replace(seen("import", "call"), contract=depths.CONTRACT)
    both = run(depths.asked(), few)
    assert told(both)["calls"] == (
        "up to 5 asked, up to 1 left out, 17 unclear in the source"
    )


def test_what_was_not_read_is_told() -> None:
    """What is needed there may be missing: nobody has asked."""
    assert told(runs.served())["unread"] == (
        "storefront.templates.shop: Python 3.12.1 cannot parse the source, so what is"
        " needed there was not asked"
    )


def test_skipped_scenarios_say_why() -> None:
    """A scenario that this release has nothing for is no failure, and is mentioned."""
    report = runs.served()
    assert told(report)["skipped"] == (
        "serving.attachment: this release has no attachments"
    )
    assert "undecided" not in told(report)


def test_what_wants_something_else_is_undecided() -> None:
    """A module that wants what nobody requires is neither a call nor a scenario."""
    wants = depths.unrun(Stage.IMPORT, "b.extra", NO)
    answer = seen("import", "symbol")
    answer = replace(answer, observations=(*answer.observations, wants))
    report = run(answer)
    assert told(report)["undecided"].startswith("b.extra: read from source")
    assert not {"calls", "skipped"} & told(report).keys()


def test_a_grid_without_calls_tells_of_none() -> None:
    """A run that asked for nothing so deep has no line about it."""
    assert not {"calls", "skipped", "undecided"} & told(runs.wide()).keys()
