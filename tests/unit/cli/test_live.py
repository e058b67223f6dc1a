"""The grid as it fills, and who gets to see it."""

from __future__ import annotations

import io

import pytest
from golden import made
from golden.made import Answer
from rich.console import Console

from compatcheck.cli.live import REDRAWN, LiveGrid
from compatcheck.cli.progress import progress
from compatcheck.model import CellResult


def results(rows: int, columns: int) -> list[CellResult]:
    """A grid whose first half of columns is unsolvable, and one cell fails."""
    axes = (
        made.axis("storefront", [f"1.{n}" for n in range(rows)]),
        made.axis("payments", [f"0.{n}" for n in range(columns)]),
    )

    def answer(one: str, other: str, _python: str) -> Answer:
        if int(other[2:]) < columns // 2:
            return made.unsolvable("no")
        if (one, other) == ("1.0", f"0.{columns - 1}"):
            gone = made.lost("Payment", "payments")
            return made.failed(made.seen("import", "storefront", gone))
        return made.passed()

    return list(made.cells(axes, answer))


def drawn(
    grid: LiveGrid, *, width: int = 80, height: int = 30, encoding: str = "utf-8"
) -> list[str]:
    """The lines of the picture."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=width, height=height, force_terminal=False)
    console.print(grid)
    stream.seek(0)
    return stream.read().splitlines()


def test_what_is_answered_is_drawn() -> None:
    """Each cell has its sign in its place; what is not yet known is blank."""
    grid = LiveGrid()
    cells = results(2, 4)
    for each in cells[:7]:
        grid.add(each)
    assert drawn(grid) == [
        "↓ storefront → payments 0.0 - 0.3",
        "1.0 ⊘⊘✓✗",
        "1.1 ⊘⊘✓ ",
    ]


def test_a_large_grid_fits() -> None:
    """More columns than there is room for share places, and the worst is seen."""
    grid = LiveGrid()
    for each in results(40, 124):
        grid.add(each)
    for width, height in ((60, 20), (80, 24), (200, 50)):
        lines = drawn(grid, width=width, height=height)
        assert max(map(len, lines)) <= width
        assert len(lines) < height
        assert lines[1].endswith("✗")


def test_without_unicode_it_is_ascii() -> None:
    """An old terminal gets signs that it has."""
    grid = LiveGrid()
    for each in results(2, 4):
        grid.add(each)
    assert drawn(grid, encoding="ascii")[1:] == ["1.0 oo+x", "1.1 oo++"]


def test_one_cell_or_one_axis_is_no_picture() -> None:
    """Nothing is drawn that would tell nothing."""
    grid = LiveGrid()
    assert drawn(grid) == []
    grid.add(results(1, 2)[0])
    assert drawn(grid) == []


def test_a_picture_stands_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes time from what is drawn, so it is done once a second."""
    now = 0.0
    monkeypatch.setattr("compatcheck.cli.live.time.monotonic", lambda: now)
    grid = LiveGrid()
    first, *_, last = results(2, 4)
    grid.add(first)
    grid.add(last)
    before = drawn(grid)
    grid.add(results(2, 4)[1])
    assert drawn(grid) == before
    now = REDRAWN
    assert drawn(grid) != before


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(("variable", "value"), [("CI", "true"), ("TERM", "dumb")])
def test_a_log_stays_a_log(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """CI that pretends to be a terminal keeps lines, and so does a dumb one."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(variable, value)
    stream = _Terminal()
    with progress(stream) as listener:
        listener.planned(2)
        for each in results(1, 2):
            listener.answered(each)
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().splitlines()[0] == "asking 2 cells"


def test_a_terminal_sees_the_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where lines can be drawn over, the picture stands above the bars."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    stream = _Terminal()
    with progress(stream) as listener:
        listener.planned(8)
        for each in results(2, 4):
            listener.answered(each)
    assert "payments 0.0 - 0.3" in stream.getvalue()
