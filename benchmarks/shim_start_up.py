"""What the shim costs an environment in which it has nothing to do.

    python benchmarks/shim_start_up.py
    python benchmarks/shim_start_up.py --requires flask --statement 'import flask'

Two environments that are alike, but for the start-up file: how long `python -I -c pass`
takes in each, and how long a statement of an app's. They take turns; medians are told.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from measuring import RESULTS, ROOT, Command, Spread, keep, seconds_of, show

_UNMEASURED: Final = 3
"""Rounds that bring the files into memory."""
WITHOUT: Final = "without"
WITH: Final = "with the start-up file"


def environments(folder: Path, requires: list[str]) -> dict[str, Path]:
    """Two environments by what they are, each as its interpreter."""
    import uv

    made = {}
    for number, name in enumerate((WITHOUT, WITH)):
        place = folder / str(number)
        python = place / "bin" / "python"
        words = ["pip", "install", "-q", "--compile-bytecode", "--python", str(python)]
        _run([uv.find_uv_bin(), "venv", "-q", "-p", sys.executable, str(place)])
        _run([uv.find_uv_bin(), *words, str(ROOT / "shims"), *requires])
        made[name] = python
    enable = "from compat_shims import startup; startup.enable(startup.site_folder())"
    _run([str(made[WITH]), "-c", enable])
    return made


def _run(words: list[str]) -> None:
    command = Command(words=tuple(words), folder=ROOT, environ=os.environ)
    _, (code,) = seconds_of([command])
    if code:
        raise SystemExit(f"{' '.join(words)} left with {code}")


def measure(pythons: dict[str, Path], statement: str, rounds: int) -> dict[str, Spread]:
    """Milliseconds of a statement in each. Raises `SystemExit` where one fails."""
    took: dict[str, list[float]] = {name: [] for name in pythons}
    names = list(pythons)
    for number in range(_UNMEASURED + rounds):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            words = (str(pythons[name]), "-I", "-c", statement)
            command = Command(words=words, folder=ROOT, environ=os.environ)
            seconds, (code,) = seconds_of([command])
            if code:
                raise SystemExit(f"{statement} left with {code}")
            if number >= _UNMEASURED:
                took[name].append(1000 * seconds)
    return {name: Spread(values=tuple(values)) for name, values in took.items()}


def main() -> int:
    """Measure, tell and keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--requires", nargs="*", default=[], help="of an app")
    parser.add_argument("--statement", help="of an app")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where JSON goes")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        pythons = environments(Path(folder), asked.requires)
        statements = ["pass", *([asked.statement] if asked.statement else [])]
        rows = []
        for statement in statements:
            took = measure(pythons, statement, asked.rounds)
            more = took[WITH].median - took[WITHOUT].median
            ratio = took[WITH].median / took[WITHOUT].median
            rows.append(
                {
                    "statement": statement,
                    "without": took[WITHOUT].as_json(),
                    "with": took[WITH].as_json(),
                    "more": round(more, 3),
                    "ratio": round(ratio, 3),
                }
            )
            show(
                f"python -I -c {statement!r}, {asked.rounds} times each",
                ("environment", "ms: median (least … most)", "more", "ratio"),
                [
                    (WITHOUT, str(took[WITHOUT]), "", ""),
                    (WITH, str(took[WITH]), f"{more:.2f}", f"{ratio:.3f}"),
                ],
            )
    keep(asked.output, "shim_start_up", {"requires": asked.requires, "rows": rows})
    return 0


if __name__ == "__main__":
    sys.exit(main())
