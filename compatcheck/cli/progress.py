"""How a run goes on: a picture and bars for a terminal, plain lines for a log."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, Final, TextIO

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from compatcheck.cli.colours import Colour, wanted_colour
from compatcheck.cli.live import LiveGrid
from compatcheck.cli.speaking import silence
from compatcheck.model import CellResult, Outcome
from compatcheck.report.legible import shown
from compatcheck.workflow.session import Listener

_LINE_EVERY: Final = 10.0
"""Seconds between plain lines: a log should show life, not scroll."""


@contextmanager
def progress(stream: TextIO) -> Generator[Listener]:
    """A listener that shows a run on that stream."""
    colour = wanted_colour()
    console = Console(
        file=stream,
        stderr=True,
        no_color=True if colour is Colour.NEVER else None,
    )
    if not _shows_change(stream, console):
        yield _Lines(stream)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    grid = LiveGrid()
    with _Screen(grid, *columns, console=console, transient=True) as bars:
        yield _Bars(bars, grid)


def _shows_change(stream: TextIO, console: Console) -> bool:
    """Whether what was written can be drawn over: not in a log, and CI keeps logs."""
    return stream.isatty() and not console.is_dumb_terminal and not os.environ.get("CI")


class _Screen(Progress):
    """Bars below the grid as it fills."""

    def __init__(self, grid: LiveGrid, *columns: ProgressColumn, **rest: Any) -> None:  # noqa: ANN401 - what Progress takes
        self._grid = grid
        super().__init__(*columns, **rest)

    def get_renderables(self) -> Iterable[RenderableType]:
        yield self._grid
        yield from super().get_renderables()


class _Counts:
    """What was answered so far, in words."""

    def __init__(self, total: int = 0) -> None:
        self.total = total
        self.done = 0
        self._outcomes: Counter[Outcome] = Counter()

    def add(self, result: CellResult) -> None:
        self.done += 1
        self._outcomes[result.outcome] += 1

    def picture(self, seconds: float) -> str:
        """What a first, coarse pass over the grid has found."""
        cells = f"{self.done} of {self.total} cells"
        return f"first picture after {seconds:.0f} s: {cells} ({self})"

    def over(self, cells: int) -> str:
        """How far the time went."""
        return f"the budget is over after {cells} of {self.total} cells"

    def __str__(self) -> str:
        held = [f"{self._outcomes[o]} {o}" for o in Outcome if self._outcomes[o]]
        return ", ".join(held)


def _screened(results: Sequence[CellResult]) -> str:
    counts = _Counts()
    for result in results:
        counts.add(result)
    return f"by the wheels alone: {counts}"


class _Bars:
    """Shows bars."""

    def __init__(self, bars: Progress, grid: LiveGrid) -> None:
        self._bars = bars
        self._grid = grid
        self._counts = _Counts()
        self._blame: TaskID | None = None
        self._task: TaskID = bars.add_task("reading the index", total=None, counts="")

    def planned(self, cells: int) -> None:
        if self._counts.total:  # one more grid, as an investigation asks several
            self._task = self._bars.add_task("", total=None, counts="")
            self._blame = None
        self._counts = _Counts(cells)
        self._bars.update(self._task, description="asking", total=cells)

    def screened(self, results: Sequence[CellResult]) -> None:
        self._bars.console.print(_screened(results), highlight=False)

    def answered(self, result: CellResult) -> None:
        self._counts.add(result)
        self._grid.add(result)
        self._bars.update(self._task, advance=1, counts=str(self._counts))

    def confirming(self, failures: int) -> None:
        if failures:
            self._task = self._bars.add_task("confirming", total=failures, counts="")

    def confirmed(self, result: CellResult) -> None:
        self._bars.update(self._task, advance=1, counts=str(result.outcome))

    def verifying(self, cells: int) -> None:
        if cells:
            self._task = self._bars.add_task("verifying", total=cells, counts="")

    def verified(self, result: CellResult) -> None:
        self.confirmed(result)

    def shimming(self, cells: int) -> None:
        if cells:
            self._task = self._bars.add_task("with the shim", total=cells, counts="")

    def shimmed(self, result: CellResult) -> None:
        self.confirmed(result)

    def refining(self, cells: int) -> None:
        if cells:
            self._counts.total += cells
            self._task = self._bars.add_task("asking between", total=cells, counts="")

    def pictured(self, seconds: float) -> None:
        self._say(self._counts.picture(seconds))

    def out_of_budget(self, cells: int) -> None:
        self._say(self._counts.over(cells))

    def _say(self, line: str) -> None:
        """A line that stays, above the bars."""
        self._bars.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def blaming(self, words: str) -> None:
        if self._blame is None:
            self._blame = self._bars.add_task("", total=None, counts="")
        self._bars.update(self._blame, description=shown(words))


class _Lines:
    """Writes a line now and then."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._counts, self._shimmed = _Counts(), _Counts()
        self._started = self._last = time.monotonic()

    def planned(self, cells: int) -> None:
        if self._counts.total:  # one more grid
            self._started = time.monotonic()
        self._counts = _Counts(cells)
        self._write(f"asking {cells} cell{'s' * (cells != 1)}")

    def screened(self, results: Sequence[CellResult]) -> None:
        self._write(_screened(results))

    def answered(self, result: CellResult) -> None:
        self._counts.add(result)
        now = time.monotonic()
        finished = self._counts.done == self._counts.total
        if finished or now - self._last >= _LINE_EVERY:
            self._last = now
            self._write(self._line(now - self._started))

    def _line(self, elapsed: float) -> str:
        done, total = self._counts.done, self._counts.total
        left = elapsed / done * (total - done)
        spent = f"{elapsed:.0f} s, {left:.0f} s left"
        return f"{done} of {total} cells ({self._counts}), {spent}"

    def confirming(self, failures: int) -> None:
        if failures:
            told = "1 failure" if failures == 1 else f"{failures} distinct failures"
            self._write(f"asking {told} once more, alone")

    def confirmed(self, result: CellResult) -> None:
        """Say nothing: the next line is the report."""

    def verifying(self, cells: int) -> None:
        if cells:
            told = f"{cells} cell{'s' * (cells != 1)}"
            self._write(f"asking {told} once more, in real environments")

    def verified(self, result: CellResult) -> None:
        """Say nothing: the report tells."""

    def shimming(self, cells: int) -> None:
        if cells:
            self._shimmed.total = cells
            told = f"{cells} cell{'s' * (cells != 1)}"
            self._write(f"asking {told} once more, with the shim")

    def shimmed(self, result: CellResult) -> None:
        self._shimmed.add(result)
        now = time.monotonic()
        if now - self._last >= _LINE_EVERY:
            self._last = now
            told = f"{self._shimmed.done} of {self._shimmed.total} cells"
            self._write(f"with the shim: {told} ({self._shimmed})")

    def refining(self, cells: int) -> None:
        if cells:
            self._counts.total += cells
            told = f"{cells} further cell{'s' * (cells != 1)}"
            self._write(f"asking {told} between two that differ")

    def pictured(self, seconds: float) -> None:
        self._write(self._counts.picture(seconds))

    def out_of_budget(self, cells: int) -> None:
        self._write(self._counts.over(cells))

    def blaming(self, words: str) -> None:
        now = time.monotonic()
        if now - self._last >= _LINE_EVERY:
            self._last = now
            self._write(shown(words))

    def _write(self, line: str) -> None:
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except BrokenPipeError:  # nobody reads on; the run goes on
            silence(self._stream)
