"""From cell results to the report."""

from __future__ import annotations

import platform
from dataclasses import replace

from golden import depths, made
from golden.runs import served, spiteful, wide

from compatcheck import __version__
from compatcheck.model import Outcome
from compatcheck.report.build import build_report
from compatcheck.report.document import Tool
from compatcheck.report.stored import dump


def test_the_order_of_finishing_does_not_show() -> None:
    """Cells finish in any order; the report is the same text."""
    axes = (made.axis("a", ["1.9", "1.10"]), made.axis("b", ["1"]))
    pythons = [made.python("3.9.2"), made.python("3.12.1")]
    results = made.cells(axes, lambda *_: made.passed(), pythons=pythons)
    assert dump(made.report(results, axes)) == dump(made.report(results[::-1], axes))


def test_cells_are_sorted_as_versions_are() -> None:
    """1.9 comes before 1.10, and Python 3.9 before 3.12."""
    axes = (made.axis("a", ["1.9", "1.10"]),)
    pythons = [made.python("3.12.1"), made.python("3.9.2")]
    report = made.report(
        made.cells(axes, lambda *_: made.passed(), pythons=pythons)[::-1], axes
    )
    assert [(cell.pins["a"], cell.python) for cell in report.cells] == [
        ("1.9", "3.9"),
        ("1.9", "3.12"),
        ("1.10", "3.9"),
        ("1.10", "3.12"),
    ]


def test_interpreters_that_share_a_minor_are_told_apart() -> None:
    """A cell names its Python shortly, but never two by the same word."""
    axes = (made.axis("a", ["1"]),)
    pythons = [
        made.python("3.12.1"),
        made.python("3.12.9"),
        made.python("3.11.2"),
        made.python("3.11.2", "pypy"),
    ]
    results = made.cells(axes, lambda *_: made.passed(), pythons=pythons)
    assert set(made.report(results, axes).pythons) == {
        "3.11",
        "3.12.1",
        "3.12.9",
        "pypy3.11",
    }


def test_what_cells_share_is_there_once() -> None:
    """2,976 cells have few distinct results, failures, contracts and locks."""
    report = wide()
    assert len(report.cells) == 2976
    assert len(report.failures) == 5
    assert len(report.results) == 5
    assert len(report.contracts) == 1
    assert len(report.locks) == 1
    assert all(len(name) == 10 for name in (*report.results, *report.failures))


def test_the_summary_adds_up() -> None:
    """Each cell is counted once, under its outcome."""
    summary = wide().summary
    counted = [getattr(summary, outcome.value) for outcome in Outcome]
    assert sum(counted) == summary.cells == 2976


def test_what_was_left_out_is_grouped_by_reason() -> None:
    """A reason is told once, with its releases in their order."""
    left_out = {"0.10": "old", "0.9": "old", "0.1": "yanked"}
    axes = (made.axis("a", ["1"], left_out),)
    (axis,) = made.report(made.cells(axes, lambda *_: made.passed()), axes).axes
    assert [(left.versions, left.reason) for left in axis.left_out] == [
        (("0.9", "0.10"), "old"),
        (("0.1",), "yanked"),
    ]


def test_credentials_never_enter() -> None:
    """An address in a reason loses its user and password."""
    axes = (made.axis("a", ["1"]),)
    said = made.unknown("https://me:secret@index.invalid/simple is down")
    (cell,) = made.report(made.cells(axes, lambda *_: said), axes).cells
    assert cell.reason == "https://***@index.invalid/simple is down"


def test_undecodable_text_is_kept_legible() -> None:
    """A message with a lone surrogate can be stored, and still be told."""
    axes = (made.axis("a", ["1"]),)
    said = made.unknown("bad \udcff")
    (cell,) = made.report(made.cells(axes, lambda *_: said), axes).cells
    assert cell.reason == "bad \\udcff"


def test_as_of_is_an_instant_in_utc() -> None:
    """A cell tells its instant as ISO 8601, whatever the zone it was given in."""
    axes = (made.axis("a", ["1"]),)
    results = made.cells(axes, lambda *_: made.passed(), as_of=[made.WHEN])
    (cell,) = made.report(results, axes).cells
    assert cell.as_of == "2026-11-01T12:00:00Z"


def test_a_report_says_who_wrote_it_when_and_where() -> None:
    """Its tool, the instant it was given, and this machine unless told otherwise."""
    report = build_report(
        [], axes=[], request={}, isolation={}, generated=made.WHEN, timings={}
    )
    assert report.platform.python == platform.python_version()
    assert report.tool == Tool(name="compatcheck", version=__version__)
    assert report.generated == "2026-11-01T12:00:00Z"


def test_drift_is_sorted() -> None:
    """What broke most cells comes first, in whatever order it was found."""
    axes = (made.axis("a", ["1"]),)
    results = made.cells(axes, lambda *_: made.passed())
    few, many = depths.DRIFT, replace(depths.DRIFT, cells=120)
    alike = replace(depths.DRIFT, distribution="amber")
    told = made.report(results, axes, drift=[few, many, alike]).drift
    assert told == (many, alike, few)


def test_what_blame_quotes_is_cleaned() -> None:
    """Diagnoses and drift lose credentials as any other text does."""
    text = dump(spiteful())
    assert "secret" not in text
    assert "***@index.invalid" in text


def test_a_result_has_its_diagnoses() -> None:
    """They stand with what was seen, word for word."""
    told = {each for it in served().results.values() for each in it.diagnoses}
    assert told == {depths.DRIFTED, depths.NEVER}


def test_a_contract_counts_what_its_source_keeps_unclear() -> None:
    """Uses are told by label, and a scenario by name and digest."""
    report = served()
    (contract,) = (each for each in report.contracts.values() if each.uses)
    assert [report.uses[place] for place in contract.uses] == [
        str(use) for use in depths.USES
    ]
    assert contract.unclear == 17
    assert contract.scenarios[0].startswith("serving ")
