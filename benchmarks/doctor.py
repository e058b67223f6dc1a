"""How long `compatcheck doctor` takes on a healthy environment, against `pip check`.

    python benchmarks/doctor.py

Both look at the same environment, whose distributions come from the configured index;
they take turns, beginning with the other one in each round. Medians are told, and the
ratio of each round, since what else the machine does meets both of a round alike.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import uv
from measuring import RESULTS, WORK, Command, Spread, keep, seconds_of, show

LINES: Final = (
    "pip",
    *("requests", "flask", "django", "sqlalchemy", "alembic", "httpx", "rich"),
    *("pytest", "pydantic", "fastapi", "uvicorn", "black"),
    *("cryptography", "lxml", "pillow", "beautifulsoup4", "pyyaml", "tqdm"),
    *("numpy", "pandas", "attrs", "jinja2"),
)
"""With what these bring, some sixty distributions; the table says how many."""
LIMIT: Final = 2.0
"""What doctor may take, in times of `pip check`."""
_UNMEASURED: Final = 2


def environment(work: Path) -> tuple[Path, int]:
    """The interpreter of the environment, made where it is not there; and its size."""
    root = work / "doctor"
    python = root / "bin" / "python"
    if not python.exists():
        _uv("venv", "--python", sys.executable, str(root))
        _uv("pip", "install", "--python", str(python), "--compile-bytecode", *LINES)
    names = _uv("pip", "freeze", "--python", str(python)).splitlines()
    return python, len(names)


def _uv(*arguments: str) -> str:
    command = [uv.find_uv_bin(), *arguments, "--quiet"]
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout


def measure(python: Path, work: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each, round by round. Raises `SystemExit` where one finds anything."""
    folder = work / "empty"
    folder.mkdir(exist_ok=True)
    environ = {**os.environ, "COMPATCHECK_CACHE": str(work / "cache")}
    ours = Path(sys.executable).with_name("compatcheck")
    programs = {
        "pip check": (str(python), "-m", "pip", "check"),
        "compatcheck doctor": (str(ours), "doctor", "--python", str(python)),
    }
    took: dict[str, list[float]] = {name: [] for name in programs}
    for number in range(_UNMEASURED + rounds):
        order = list(programs)[:: -1 if number % 2 else 1]
        for name in order:
            words = programs[name]
            command = Command(words=words, folder=folder, environ=environ)
            seconds, (code,) = seconds_of([command])
            if code:
                raise SystemExit(f"{name} left with {code}")
            if number >= _UNMEASURED:
                took[name].append(seconds)
    return took


def main() -> int:
    """Measure, tell and keep; 1 where doctor takes longer than it may."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--output", type=Path, default=RESULTS, help="where JSON goes")
    asked = parser.parse_args()
    work = asked.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    python, count = environment(work)
    took = measure(python, work, asked.rounds)
    pip, doctor = took["pip check"], took["compatcheck doctor"]
    pairs = zip(doctor, pip, strict=True)
    ratio = Spread(values=tuple(one / other for one, other in pairs))
    spreads = {name: Spread(values=tuple(values)) for name, values in took.items()}
    show(
        f"a healthy environment of {count} distributions, {asked.rounds} times each",
        ("program", "s: median (least … most)"),
        [(name, str(each)) for name, each in spreads.items()]
        + [("ratio, round by round", str(ratio))],
    )
    rows = [{"program": n, "seconds": it.as_json()} for n, it in spreads.items()]
    figures = {"distributions": count, "ratio": ratio.as_json(), "rows": rows}
    keep(asked.output, "doctor", figures)
    return 0 if ratio.median <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
