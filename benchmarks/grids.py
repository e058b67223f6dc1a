"""Which cells a benchmark is about: pairs, as data beside the scripts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_WORDS: Final = {
    "passed": "passed",
    "failed": "failed",
    "crashed": "crashed",
    "unsolvable": "no environment",
}
"""What compatcheck's outcomes are called by those who only see that a tool ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two distributions that are asked about together."""

    name: str
    axes: tuple[str, ...]
    """Requirements that bound the candidates of each."""
    select: str
    """Which candidates: the word for `--select`."""
    modules: tuple[str, ...]
    """What is imported before the scenario."""
    scenario: Path
    """A file of functions `scenario_*`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One choice of releases."""

    name: str
    """Fit for a file, a session and an environment: no figures that look like a
    Python's."""
    pins: Mapping[str, str]

    @property
    def requirements(self) -> tuple[str, ...]:
        """The pins as requirements."""
        return tuple(f"{name}=={version}" for name, version in self.pins.items())

    def __str__(self) -> str:
        """`flask 3.0.3 x werkzeug 3.0.6`."""
        return " x ".join(f"{name} {version}" for name, version in self.pins.items())


def read_pair(path: Path, *, sample: bool = False) -> Pair:
    """The pair that a TOML file describes, or the small sample of it."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    if sample:
        told |= told["sample"]
    return Pair(
        name=f"{path.stem}-sample" if sample else path.stem,
        axes=tuple(told["axes"]),
        select=told["select"],
        modules=tuple(told["modules"]),
        scenario=(path.parent / told["scenario"]).resolve(),
    )


def cells_of(report: Mapping[str, Any]) -> tuple[GridCell, ...]:
    """The cells of a report, in its order."""
    return tuple(
        GridCell(name=f"cell{_letters(number)}", pins=cell["pins"])
        for number, cell in enumerate(report["cells"])
    )


def _letters(number: int) -> str:
    """The number in letters: tox takes figures in a name for a Python's version."""
    return "".join(chr(ord("a") + int(figure)) for figure in f"{number:04}")


def verdicts_of(report: Mapping[str, Any]) -> dict[str, str]:
    """What a report says of each cell, in the words that every contestant has."""
    said = {}
    for cell, told in zip(cells_of(report), report["cells"], strict=True):
        outcome = told["outcome"]
        said[cell.name] = _WORDS.get(outcome, f"{outcome}: {told['reason']}")
    return said


def differences(
    cells: Sequence[GridCell], verdicts: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Each cell of which two contestants say different things, or one says nothing.

    `verdicts` is the contestant to what it says of each cell by name.
    """
    for cell in cells:
        said = {who: told.get(cell.name, "nothing") for who, told in verdicts.items()}
        if len(set(said.values())) > 1 or not set(said.values()) <= {*_WORDS.values()}:
            told = "; ".join(f"{who}: {word}" for who, word in said.items())
            yield f"{cell}: {told}"


def spread_over(versions: Sequence[str], count: int) -> tuple[str, ...]:
    """So many of these, evenly apart, the first and the last among them."""
    if count >= len(versions):
        return tuple(versions)
    if count == 1:
        return (versions[-1],)
    step = (len(versions) - 1) / (count - 1)
    return tuple(versions[round(step * number)] for number in range(count))


def sides(cells: int, lengths: tuple[int, int]) -> tuple[int, int]:
    """Sides of a grid of about so many cells, in the proportion of the whole one's."""
    first = max(1, min(lengths[0], round((cells * lengths[0] / lengths[1]) ** 0.5)))
    return first, max(1, min(lengths[1], round(cells / first)))
