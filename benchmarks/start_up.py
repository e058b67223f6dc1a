"""How long `compatcheck --help` and `--version` take, against an import of typer.

    python benchmarks/start_up.py

The programs take turns, beginning with another one in each round, so that whatever else
the machine does meets them alike; medians are told.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from measuring import RESULTS, Command, Spread, keep, seconds_of, show

REFERENCE: Final = "python -c 'import typer'"
_UNMEASURED: Final = 3
"""Rounds that bring the files into memory."""


def programs() -> dict[str, tuple[str, ...]]:
    """What is started: this environment's Python, and the command beside it."""
    ours = Path(sys.executable).with_name("compatcheck")
    if not ours.exists():
        raise SystemExit("compatcheck is not installed beside this Python")
    return {
        "python -c pass": (sys.executable, "-c", "pass"),
        REFERENCE: (sys.executable, "-c", "import typer"),
        "compatcheck --version": (str(ours), "--version"),
        "compatcheck --help": (str(ours), "--help"),
    }


def measure(rounds: int) -> dict[str, Spread]:
    """Milliseconds of each. Raises `SystemExit` where one fails."""
    commands = {
        name: Command(words=words, folder=Path.cwd(), environ=os.environ)
        for name, words in programs().items()
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    names = list(commands)
    for number in range(_UNMEASURED + rounds):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            seconds, (code,) = seconds_of([commands[name]])
            if code:
                raise SystemExit(f"{name} left with {code}")
            if number >= _UNMEASURED:
                took[name].append(1000 * seconds)
    return {name: Spread(values=tuple(values)) for name, values in took.items()}


def main() -> int:
    """Measure, tell and keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--output", type=Path, default=RESULTS, help="where JSON goes")
    asked = parser.parse_args()
    took = measure(asked.rounds)
    ratios = {name: each.median / took[REFERENCE].median for name, each in took.items()}
    show(
        f"starting, {asked.rounds} times each",
        ("program", "ms: median (least … most)", "ratio"),
        [(name, str(each), f"{ratios[name]:.2f}") for name, each in took.items()],
    )
    rows = [
        {
            "program": name,
            "milliseconds": each.as_json(),
            "ratio": round(ratios[name], 3),
        }
        for name, each in took.items()
    ]
    keep(asked.output, "start_up", {"reference": REFERENCE, "rows": rows})
    return 0


if __name__ == "__main__":
    sys.exit(main())
