"""The same cells, the same scenario, by compatcheck and by what people use today.

    python benchmarks/side_by_side.py benchmarks/pairs/flask.toml

Caches are warm for all: each contestant runs once unmeasured. What compatcheck
remembers of answers does not count: each run has another `--timeout`, which every
answer depends on, and a run that took one from its memory is refused. A line of its own
tells how long it takes to ask once more when nothing has changed. Wall time is that of
the whole program. What the contestants say of each cell is compared; exits 1 where they
differ.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from asking import Asked, Compatcheck, copied, must_be_asked
from contestants import CONTESTANTS, Contestant, Ground
from grids import Pair, cells_of, differences, read_pair, verdicts_of
from measuring import RESULTS, WORK, Spread, keep, show

OURS: Final = "compatcheck"
AGAIN: Final = "compatcheck, asked before"
_PATIENCE: Final = 300
"""Seconds for a cell in the first run; those after it have one more each."""


@dataclass(slots=True, kw_only=True)
class Race:
    """One pair, and how long each took so far."""

    pair: Pair
    ours: Compatcheck
    others: Sequence[Contestant] = ()
    took: dict[str, list[float]] = field(default_factory=dict)
    said: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """What each says of each cell; the first word counts, and others must be equal."""
    runs: int = 0

    def ask(self) -> float:
        """Have compatcheck ask all cells anew; the wall seconds of that."""
        self.runs += 1
        asked = self._asked()
        must_be_asked(asked.report)
        self.said[f"{OURS}, run {self.runs}"] = verdicts_of(asked.report)
        return asked.seconds

    def ask_again(self) -> float:
        """Have compatcheck ask what it has just asked; the wall seconds of that."""
        asked = self._asked()
        if asked.anew:
            raise SystemExit(f"{asked.anew} cells were asked again, and need not be")
        self.said[f"{AGAIN}, run {self.runs}"] = verdicts_of(asked.report)
        return asked.seconds

    def _asked(self) -> Asked:
        words = ("--select", self.pair.select, "--scenario", str(self.pair.scenario))
        patience = ("--timeout", str(_PATIENCE + self.runs))
        return self.ours.ask(
            *self.pair.axes,
            *words,
            *("--probe", "import,scenario", "--no-blame"),
            *patience,
        )

    def round(self, number: int, *, counts: bool = True) -> None:
        """Have everybody run once, beginning with another one in each round."""
        names = [OURS, *(other.name for other in self.others)]
        for name in (*names[number % len(names) :], *names[: number % len(names)]):
            self._note(name, self._run(name), counts=counts)
            if name == OURS:
                self._note(AGAIN, self.ask_again(), counts=counts)

    def _note(self, name: str, seconds: float, *, counts: bool) -> None:
        remark = "" if counts else " (unmeasured)"
        print(f"{name}: {seconds:.1f} s{remark}", flush=True)
        if counts:
            self.took.setdefault(name, []).append(seconds)

    def _run(self, name: str) -> float:
        if name == OURS:
            return self.ask()
        (other,) = (other for other in self.others if other.name == name)
        seconds, said = other.run()
        run = sum(known.startswith(f"{name}, ") for known in self.said) + 1
        self.said[f"{name}, run {run}"] = said
        return seconds


def interpreter() -> Path:
    """The Python that this one's environment was made from: the same for everybody."""
    name = f"python{sysconfig.get_python_version()}"
    return Path(sysconfig.get_config_var("BINDIR"), name)


def prepare(pair: Pair, work: Path, names: Sequence[str]) -> tuple[Race, Ground]:
    """Everybody installed, and the cells known, from an unmeasured run of ours."""
    folder = work / pair.name
    folder.mkdir(parents=True, exist_ok=True)
    ours = Compatcheck(
        folder=copied(folder / "ours", own_scenarios=False),
        cache=work / "compatcheck",
        python=interpreter(),
    )
    ours.forget()  # a run of this script before asked with the same time limits
    race = Race(pair=pair, ours=ours)
    print(f"{OURS}: {race.ask():.1f} s (unmeasured)", flush=True)
    report = ours.asked(0).report
    ground = Ground(
        folder=folder,
        uv_cache=work / "uv",
        python=interpreter(),
        pair=pair,
        cells=cells_of(report),
    )
    race.others = [CONTESTANTS[name](ground) for name in names]
    return race, ground


def rows(race: Race, cells: int) -> Iterator[dict[str, object]]:
    """Figures of each contestant; its ratio is to compatcheck in the same rounds."""
    ours = Spread(values=tuple(race.took[OURS]))
    remarks = {other.name: other.remark for other in race.others}
    remarks[AGAIN] = "nothing has changed: answers remembered"
    for name, took in race.took.items():
        spread = Spread(values=tuple(took))
        yield {
            "contestant": name,
            "remark": remarks.get(name, "answers asked anew, wheels and locks kept"),
            "wall_seconds": spread.as_json(),
            "seconds_per_cell": round(spread.median / cells, 4),
            "times_compatcheck": round(spread.median / ours.median, 2),
        }


def tell(race: Race, cells: int, figures: Sequence[Mapping[str, object]]) -> None:
    """Print the table of a race."""
    show(
        f"{race.pair.name}: {cells} cells, one scenario",
        ("contestant", "wall s: median (least … most)", "s per cell", "ratio"),
        [
            (
                str(each["contestant"]),
                str(Spread(values=tuple(race.took[str(each["contestant"])]))),
                f"{each['seconds_per_cell']:.3f}",
                f"{each['times_compatcheck']:.1f}",
            )
            for each in figures
        ],
    )


def best_other(figures: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    """The fastest of the others, for the one ratio that counts."""
    others = [each for each in figures if each["contestant"] not in (OURS, AGAIN)]
    return min(others, key=lambda each: float(str(each["times_compatcheck"])))


def times(race: Race, cells: int) -> dict[str, object]:
    """The figures of a race, which are printed, too."""
    figures = list(rows(race, cells))
    tell(race, cells, figures)
    best = best_other(figures)
    again = Spread(values=tuple(race.took[AGAIN])).median
    remembered = Spread(values=tuple(race.took[str(best["contestant"])])).median / again
    print(
        f"the best other, {best['contestant']}: {best['times_compatcheck']} times;"
        f" against answers remembered: {remembered:.1f} times"
    )
    return {
        "best_other": best,
        "best_other_times_asked_before": round(remembered, 2),
        "rows": figures,
    }


def run(path: Path, asked: argparse.Namespace) -> bool:
    """One pair from beginning to end; whether everybody says the same."""
    pair = read_pair(path, sample=asked.sample)
    race, ground = prepare(pair, asked.work, asked.against.split(","))
    if not asked.sample:
        race.round(0, counts=False)
    for number in range(asked.repeat):
        race.round(number)
    cells = len(ground.cells)
    timed = {} if asked.sample else times(race, cells)
    wrong = list(differences(ground.cells, race.said))
    word = "do not agree" if wrong else "agree"
    print(f"{len(race.said)} runs {word} on {cells} cells", *wrong, sep="\n  ")
    first = race.said[f"{OURS}, run 1"]
    told = {str(cell): first[cell.name] for cell in ground.cells}
    name = f"side_by_side-{pair.name}"
    keep(asked.output, name, {"cells": told, "differences": wrong, **timed})
    return not wrong


def main() -> int:
    """Run each pair; 1 where two contestants differ about any cell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("pairs", nargs="+", type=Path, help="files in pairs/")
    parser.add_argument("--repeat", type=int, default=3, help="measured rounds")
    parser.add_argument(
        "--against", default=",".join(CONTESTANTS), help="others, by comma"
    )
    parser.add_argument(
        "--sample",
        action="store_true",
        help="the pair's small sample, once: that all run and agree, and no times",
    )
    parser.add_argument("--work", type=Path, default=WORK, help="caches, environments")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where JSON goes")
    asked = parser.parse_args()
    asked.work = asked.work.absolute()
    if asked.sample:
        asked.repeat = 1
    if shutil.which("xargs") is None:
        parser.error("the loop of the shell needs xargs")
    agreed = [run(path, asked) for path in asked.pairs]
    return 0 if all(agreed) else 1


if __name__ == "__main__":
    sys.exit(main())
