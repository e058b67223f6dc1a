"""What is varied goes by its whole name, and no range tells of what was never asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from golden import made
from golden.made import Answer

from compatcheck.formats import Style, get
from compatcheck.model import Axis, Failure, Outcome
from compatcheck.report.account import instants, left_out
from compatcheck.report.document import Report
from compatcheck.report.findings import findings
from compatcheck.report.grid import pictures
from compatcheck.report.reasons import reasons
from compatcheck.report.space import lay_out

NO = Failure(type="E", message="no", module=None, frames=())
PYTHONS = ("3.8.1", "3.9.1", "3.13.1")


def asked(
    *axes: Axis, answer: Answer | None = None, pythons: Sequence[str] = PYTHONS
) -> Report:
    """A run in which every cell has the same answer, a pass unless told otherwise."""
    found = made.cells(
        axes,
        lambda *_: answer or made.passed(),
        pythons=[made.python(version) for version in pythons],
    )
    return made.report(found, axes)


def test_pythons_are_listed() -> None:
    """What lies between two Pythons was never asked, so they are no range."""
    report = asked(made.axis("a", ["1"]), made.axis("b", ["1"]))
    assert lay_out(report).tell(lay_out(report).cells).endswith("Python 3.8, 3.9, 3.13")


def test_equal_planes_list_their_pythons() -> None:
    """The heading of a picture names each Python that it holds for."""
    (picture,) = pictures(asked(made.axis("a", ["1"]), made.axis("b", ["1"])))
    assert picture.heading == "Python 3.8, 3.9, 3.13"


def test_columns_of_pythons_stand_alone() -> None:
    """As columns, Pythons that agree are not folded either."""
    (picture,) = pictures(asked(made.axis("a", ["1", "2", "3"])))
    assert picture.columns.bands == (("3.8",), ("3.9",), ("3.13",))
    assert picture.rows.bands == (("1", "2", "3"),)


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ((None, None), ""),
        (("2025-01-02T03:04:05Z",) * 2, "as of 2025-01-02T03:04:05Z"),
        (("2025-01-02T03:04:05Z", "2026-01-02T03:04:05Z"), "as of its release"),
    ],
)
def test_the_instant_is_told(times: tuple[str | None, str | None], told: str) -> None:
    """A run as of another day is not taken for one of today, in any telling."""
    report = asked(made.axis("a", ["1", "2"]), pythons=PYTHONS[:1])
    cells = zip(report.cells, times, strict=True)
    report = replace(
        report, cells=tuple(replace(cell, as_of=time) for cell, time in cells)
    )
    assert instants(report) == told
    for name in ("text", "markdown", "html"):
        shown = get(name).render(report, Style(width=200))
        assert f"resolution highest; {f'{told}; ' if told else ''}Linux" in shown


def test_few_releases_that_were_left_out_are_listed() -> None:
    """Scattered releases are no range; many are counted."""
    three = ["2.4.0", "2.9.0", "3.0.0.dev0"]
    axes = (
        made.axis("a", ["1"], dict.fromkeys(three, "yanked")),
        made.axis("b", ["1"], dict.fromkeys([*three, "4"], "yanked")),
    )
    assert left_out(asked(*axes)) == (
        ("a", "2.4.0, 2.9.0, 3.0.0.dev0: yanked"),
        ("b", "4 releases: yanked"),
    )


ONE = made.axis("a", ["1", "2"], extras=("x", "y"))
OTHER = made.axis("b", ["1"], extras=("z",))


def test_extras_are_part_of_the_name() -> None:
    """The conclusion, the heads, the cells and the reasons say what was installed."""
    assert asked(ONE, OTHER).conclusion == (
        "a[x,y] 1, 2 work with b[z] 1 (import, symbol)."
    )
    no = asked(ONE, OTHER, answer=made.failed(made.seen("import", "a", NO)))
    (finding,) = findings(no, lay_out(no))
    assert finding.cells.startswith("a[x,y] 1, 2 with b[z] 1, ")
    assert "a[x,y] 1, 2 work with none of b[z] 1 (" in no.conclusion
    (picture,) = pictures(no)
    assert (picture.rows.name, picture.columns.name) == ("a[x,y]", "b[z]")


@pytest.mark.parametrize("said", ["a 1 wants c", "a[x,y] 1 wants c", "a[x,y]==1: c"])
def test_a_reason_finds_its_pin_with_and_without_extras(said: str) -> None:
    """Reasons that differ in their pins are one, however the pin is written."""
    axes = (ONE, OTHER)

    def answer(one: str, *_: str) -> Answer:
        return made.unsolvable(said.replace("1", one))

    report = made.report(made.cells(axes, answer), axes)
    (reason,) = reasons(lay_out(report), Outcome.UNSOLVABLE)
    assert reason.text == said.replace("1", "1, 2")


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_extras_are_told_by_each_format(name: str) -> None:
    """A reader sees them in the heads too."""
    text = get(name).render(asked(ONE, OTHER), Style(width=120)).replace("\\", "")
    assert text.count("a[x,y]") >= 2
    assert text.count("b[z]") >= 2
