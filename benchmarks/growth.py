"""What a cell costs as the grid grows, and when a first picture of it is there.

    python benchmarks/growth.py benchmarks/pairs/chatkit.toml

The grids are spread evenly over all releases of both axes, in the proportion of the
whole one, so that large and small ones hold the same mixture of what passes, fails and
cannot be solved. Each is asked with its wheels in the cache and nothing else
remembered: no lock, no answer, no metadata. Exits 1 where a cell that two grids share
comes out differently. Leaves figures as JSON and a plot as SVG.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from asking import Asked, Compatcheck, copied
from grids import Pair, read_pair, sides, spread_over
from measuring import RESULTS, WORK, cpus, keep, show
from packaging.requirements import Requirement

_PICTURE: Final = "first_picture"
"""The report's word for the time when every cell of a coarse grid had been asked."""


def axes_of(
    versions: Mapping[str, Sequence[str]], cells: int
) -> tuple[tuple[str, ...], int]:
    """Requirements that leave a grid of about so many cells; and how many it has."""
    (one, ones), (other, others) = versions.items()
    first, second = sides(cells, (len(ones), len(others)))
    told = []
    for name, known, count in ((one, ones, first), (other, others, second)):
        left = set(known).difference(spread_over(known, count))
        told.append(name + ",".join(f"!={each}" for each in known if each in left))
    return tuple(told), first * second


def ask(ours: Compatcheck, pair: Pair, axes: Sequence[str]) -> Asked:
    """Ask a grid of which nothing is remembered but the wheels."""
    ours.forget()
    return ours.ask(
        *axes,
        *("--select", "all", "--scenario", str(pair.scenario)),
        *("--probe", "import,scenario", "--no-blame"),
    )


def figures_of(asked: Asked) -> dict[str, Any]:
    """What a grid cost; cells left at the resolver cost less, so both ways are told."""
    cells = len(asked.report["cells"])
    picture = asked.report["timings"].get(_PICTURE)
    return {
        "cells": cells,
        "cells_that_ran": asked.ran,
        "wall_seconds": round(asked.seconds, 3),
        "milliseconds_per_cell": round(1000 * asked.seconds / cells, 2),
        "milliseconds_per_cell_that_ran": round(
            1000 * asked.seconds / max(asked.ran, 1), 2
        ),
        "first_picture_seconds": picture,
        "timings": asked.report["timings"],
        "summary": asked.report["summary"],
    }


def outcomes(asked: Asked) -> dict[tuple[str, ...], str]:
    """What came out of each cell, by its pins."""
    return {
        tuple(cell["pins"].values()): cell["outcome"] for cell in asked.report["cells"]
    }


def disagreements(grids: Sequence[Asked]) -> Iterator[str]:
    """Each cell that comes out differently in two of the grids."""
    for one, other in combinations(map(outcomes, grids), 2):
        for pins in sorted(one.keys() & other.keys()):
            if one[pins] != other[pins]:
                yield f"{' x '.join(pins)}: {one[pins]} and {other[pins]}"


def plot(path: Path, title: str, figures: Sequence[Mapping[str, Any]]) -> None:
    """Draw cost per cell and time to a first picture over the size of the grid."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "compatcheck"  # equal figures, equal file
    from matplotlib import pyplot as plt

    drawing, (cost, picture) = plt.subplots(1, 2, figsize=(9, 3.6))
    cells = [each["cells"] for each in figures]
    for key, label in (
        ("milliseconds_per_cell", "all cells"),
        ("milliseconds_per_cell_that_ran", "cells that ran"),
    ):
        cost.plot(cells, [each[key] for each in figures], "o-", label=label)
    cost.set(title="cost per cell", xlabel="cells", ylabel="milliseconds")
    cost.legend()
    told = [each for each in figures if each["first_picture_seconds"] is not None]
    picture.plot(
        [each["cells"] for each in told],
        [each["first_picture_seconds"] for each in told],
        "o-",
    )
    picture.set(title="time to a first picture", xlabel="cells", ylabel="seconds")
    for panel in (cost, picture):
        panel.set_xscale("log")
        panel.set_xticks(cells, labels=[f"{each:,}" for each in cells])
        panel.minorticks_off()
        panel.set_ylim(bottom=0)
        panel.grid(visible=True, alpha=0.3)
    drawing.suptitle(title)
    drawing.tight_layout()
    drawing.savefig(path, metadata={"Date": None})
    # matplotlib leaves blanks at line ends, which editors and git complain of.
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", "utf-8")


def tell(name: str, figures: Sequence[Mapping[str, Any]]) -> None:
    """Print the figures."""
    show(
        f"{name}: wheels in the cache, nothing remembered",
        ("cells", "ran", "unknown", "wall s", "ms a cell", "that ran", "picture s"),
        [
            (
                f"{each['cells']:,}",
                f"{each['cells_that_ran']:,}",
                f"{each['summary']['unknown']:,}",
                f"{each['wall_seconds']:.1f}",
                f"{each['milliseconds_per_cell']:.0f}",
                f"{each['milliseconds_per_cell_that_ran']:.0f}",
                str(each["first_picture_seconds"]),
            )
            for each in figures
        ],
    )


def measure(
    ours: Compatcheck, pair: Pair, sizes: Sequence[int], *, warm: bool
) -> list[Asked]:
    """Ask each grid; unless it is `warm`, the largest once before, for its wheels."""
    distributions = [Requirement(axis).name for axis in pair.axes]
    versions = ours.versions(*distributions)
    if not warm:
        first = ask(ours, pair, axes_of(versions, max(sizes))[0])
        print(
            f"{len(first.report['cells'])} cells: {first.seconds:.1f} s (unmeasured)",
            flush=True,
        )
    grids = []
    for size in sorted(sizes):
        axes, cells = axes_of(versions, size)
        grids.append(ask(ours, pair, axes))
        print(f"{cells} cells: {grids[-1].seconds:.1f} s", flush=True)
    return grids


def main() -> int:
    """Measure, tell, keep and plot; 1 where two grids disagree about a cell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("pair", type=Path, help="a file in pairs/")
    parser.add_argument("--cells", default="100,500,2000", help="sizes, by comma")
    parser.add_argument(
        "--warm", action="store_true", help="the cache has all wheels: only measure"
    )
    parser.add_argument("--work", type=Path, default=WORK, help="copy and cache")
    parser.add_argument("--output", type=Path, default=RESULTS, help="JSON and SVG")
    asked = parser.parse_args()
    pair = read_pair(asked.pair)
    work = asked.work.absolute()
    ours = Compatcheck(
        folder=copied(work / f"{pair.name}-growth", own_scenarios=False),
        cache=work / "compatcheck",
    )
    sizes = [int(size) for size in asked.cells.split(",")]
    grids = measure(ours, pair, sizes, warm=asked.warm)
    figures = [figures_of(grid) for grid in grids]
    tell(pair.name, figures)
    wrong = list(disagreements(grids))
    print(f"{len(wrong)} cells come out differently in two grids", *wrong, sep="\n  ")
    name = f"growth-{pair.name}"
    keep(asked.output, name, {"differences": wrong, "rows": figures})
    where = f"{cpus()} processors, Python {platform.python_version()}"
    plot(asked.output / f"{name}.svg", f"{pair.name}, {where}", figures)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
