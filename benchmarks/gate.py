"""What a gate costs when one of sixty locked distributions is raised, a second time.

    python benchmarks/gate.py

Beside it: uv installs head's lock into a new environment and the scenario runs there
once, which is the least that anybody has to do to know that head works. Both have warm
caches and take turns, beginning with the other one in each round.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import uv
from doctor import LINES
from measuring import RESULTS, WORK, Command, Spread, keep, seconds_of, show

RAISED: Final = "idna"
"""What is raised: a distribution that others need, and that breaks nobody."""
BEFORE: Final = "idna<3.11"
SCENARIO: Final = """\
import flask
import requests


def scenario_serves():
    app = flask.Flask("shop")
    app.add_url_rule("/", "index", lambda: "apples")
    assert app.test_client().get("/").text == "apples"
    wanted = requests.Request("GET", "http://b\\u00fccher.example/").prepare()
    assert wanted.url == "http://xn--bcher-kva.example/"


if __name__ == "__main__":
    scenario_serves()
"""
PYPROJECT: Final = """\
[project]
name = "shop"
version = "1.0"
dependencies = ["flask", "requests"]

[tool.compatcheck]
scenarios = ["serving.py"]
"""
_UNMEASURED: Final = 2


def project(work: Path) -> tuple[Path, int]:
    """The project's folder with both locks, made anew; and head's size."""
    folder = work / "gate"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (folder / "serving.py").write_text(SCENARIO, encoding="utf-8")
    head = _lock()
    (folder / "requirements.txt").write_text(head, encoding="utf-8")
    (folder / "base.txt").write_text(_lock(BEFORE), encoding="utf-8")
    count = sum("==" in line for line in head.splitlines())
    return folder, count


def _lock(*constraints: str) -> str:
    """A lock of the distributions, under constraints."""
    command = [
        *(uv.find_uv_bin(), "pip", "compile", "-", "--quiet", "--no-header"),
        *("--generate-hashes", "--no-emit-index-url", "--python", sys.executable),
    ]
    lines = [*LINES, *constraints]
    ended = subprocess.run(
        command, input="\n".join(lines), check=True, text=True, capture_output=True
    )
    return ended.stdout


def programs(work: Path) -> dict[str, tuple[str, ...]]:
    """What takes turns, by name."""
    ours = str(Path(sys.executable).with_name("compatcheck"))
    place = work / "installed"
    install = (
        f'rm -rf "{place}" && uv venv --quiet --python "{sys.executable}" "{place}"'
        f' && uv pip sync --quiet --python "{place}/bin/python" requirements.txt'
        f' && "{place}/bin/python" serving.py'
    )
    gate = ("gate", "--base", "base.txt", "--lock", "requirements.txt", "--python")
    return {
        "uv, and the scenario once": ("bash", "-c", install),
        "compatcheck gate": (ours, *gate, sys.executable),
    }


def measure(folder: Path, work: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each, round by round. Raises `SystemExit` where one does not pass."""
    path = f"{Path(uv.find_uv_bin()).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "COMPATCHECK_CACHE": str(work / "cache")}
    asked = programs(work)
    took: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(_UNMEASURED + rounds):
        for name in list(asked)[:: -1 if number % 2 else 1]:
            log = work / "gate.log"
            command = Command(
                words=asked[name], folder=folder, environ=environ, log=log
            )
            seconds, (code,) = seconds_of([command])
            if code:
                raise SystemExit(f"{name} left with {code}: {log.read_text()}")
            if number >= _UNMEASURED:
                took[name].append(seconds)
    return took


def main() -> int:
    """Measure, tell and keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--output", type=Path, default=RESULTS, help="where JSON goes")
    asked = parser.parse_args()
    work = asked.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    folder, count = project(work)
    took = measure(folder, work, asked.rounds)
    theirs, ours = took.values()
    pairs = zip(ours, theirs, strict=True)
    ratio = Spread(values=tuple(one / other for one, other in pairs))
    spreads = {name: Spread(values=tuple(values)) for name, values in took.items()}
    show(
        f"{RAISED} raised among {count} locked distributions, {asked.rounds} times",
        ("program", "s: median (least … most)"),
        [(name, str(each)) for name, each in spreads.items()]
        + [("ratio, round by round", str(ratio))],
    )
    rows = [{"program": n, "seconds": it.as_json()} for n, it in spreads.items()]
    figures = {"distributions": count, "ratio": ratio.as_json(), "rows": rows}
    keep(asked.output, "gate", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
