"""Failures and reasons, once each, with the cells that they are of."""

from __future__ import annotations

import pytest
from golden import made, runs
from golden.made import Answer

from compatcheck.model import Failure, Frame, Outcome, Stage
from compatcheck.report.document import Report
from compatcheck.report.findings import Complaint, findings
from compatcheck.report.reasons import reasons
from compatcheck.report.space import lay_out


def told(report: Report) -> list[tuple[str, int, str]]:
    """The unsolvable reasons with their cells."""
    found = reasons(lay_out(report), Outcome.UNSOLVABLE)
    return [(reason.text, reason.count, reason.cells) for reason in found]


def reasoned(text: str) -> Report:
    """Three releases against two, all unsolvable for a reason with their versions."""
    axes = (made.axis("a", ["1", "2", "3"]), made.axis("my-a", ["1", "2"]))

    def answer(one: str, other: str, _python: str) -> Answer:
        return made.unsolvable(text.format(one=one, other=other))

    return made.report(made.cells(axes, answer), axes)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("a {one} requires my-a>9", "a 1 … 3 (3) requires my-a>9"),
        ("a=={one} and my-a=={other}.", "a==1 … 3 (3) and my-a==1, 2."),
        ("my-a {other} wants a[x]=={one}", "my-a 1, 2 wants a[x]==1 … 3 (3)"),
        ("you asked for too much", "you asked for too much"),
    ],
)
def test_reasons_that_differ_in_their_pins_are_one(text: str, folded: str) -> None:
    """The pinned versions in a reason become the range of all its cells."""
    every = "a 1 … 3 (3) with my-a 1, 2"
    assert told(reasoned(text)) == [(folded, 6, every)]


@pytest.mark.parametrize("text", ["b {one} is bad", "a {one}.5 is bad", "a-b {one} is"])
def test_other_versions_keep_reasons_apart(text: str) -> None:
    """Only a pin's own name and version are a place to fill in."""
    assert len(told(reasoned(text))) == 3


def test_each_failure_is_told_once_with_those_of_its_cells() -> None:
    """Two names missing from the same cells share one list of cells."""
    report = runs.wide()
    found = findings(report, lay_out(report))
    assert [(len(each.complaints), each.count) for each in found] == [
        (2, 192),
        (1, 124),
        (1, 23),
        (1, 1),
    ]
    assert sum(len(each.complaints) for each in found) == len(report.failures)


def test_a_crash_without_a_word_is_told() -> None:
    """Where nothing was said there is still a line with the cells."""
    axes = (made.axis("a", ["1"]),)
    crash = Answer(outcome=Outcome.CRASHED, stage=Stage.IMPORT, reason="signal 11")
    report = made.report(made.cells(axes, lambda *_: crash), axes)
    (found,) = findings(report, lay_out(report))
    assert found.complaints[0].message == "signal 11"
    assert found.cells == "a 1"


def complaint(message: str, *files: str) -> Complaint:
    """What is told of a failure with that message and frames in those files."""
    axes = (made.axis("a", ["1"]),)
    frames = tuple(Frame(file=file, line=1, function="f") for file in files)
    failure = Failure(type="E", message=message, module=None, frames=frames)
    answer = made.failed(made.seen("import", "a", failure))
    report = made.report(made.cells(axes, lambda *_: answer), axes)
    (found,) = findings(report, lay_out(report))
    return found.complaints[0]


@pytest.mark.parametrize("message", ["", " \n"])
def test_a_failure_without_a_message_is_its_type(message: str) -> None:
    """No colon dangles where nothing follows it."""
    assert complaint(message).message == "E"


@pytest.mark.parametrize(
    ("files", "where"),
    [
        (("<env>/a.py", "<string>"), "<env>/a.py:1 in f"),
        (("<string>", "<env>/a.py"), "<env>/a.py:1 in f"),
        (("<string>",), ""),
    ],
)
def test_the_frame_shown_has_a_file(files: tuple[str, ...], where: str) -> None:
    """Text that was executed, our own probe's above all, is no place to look at."""
    assert complaint("no", *files).where == where


def test_a_failure_on_other_lines_is_the_same_finding() -> None:
    """Two releases that fail alike, each on a line of its own, are told together."""
    axes = (made.axis("a", ["1", "2"]),)

    def answer(one: str, _python: str) -> Answer:
        where = Frame(file="<env>/b.py", line=int(one), function="f")
        gone = Failure(type="KeyError", message="'x'", module=None, frames=(where,))
        return made.failed(made.seen("import", "a", gone))

    report = made.report(made.cells(axes, answer), axes)
    (found,) = findings(report, lay_out(report))
    assert (found.count, len(found.complaints)) == (2, 1)
