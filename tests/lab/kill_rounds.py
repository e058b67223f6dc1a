"""Kill a run at random moments, again and again, then let one end: nothing may be lost.

Each round starts `compatcheck matrix` on planted wheels and kills it with SIGKILL, on
odd rounds its whole session too. After the last round one run goes to its end; its
report must equal that of an undisturbed run with a cache of its own, no process may be
left, and what had been answered must not be asked again.

    python tests/lab/kill_rounds.py --rounds 50
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from planted.wheels import write_wheel

from compatcheck.report.document import equal
from compatcheck.report.stored import load

_LONGEST = 3.0
"""Seconds until a round is killed at the latest: an undisturbed run takes longer."""


def plant(links: Path, rounds: int) -> None:
    """Consumers and providers of every outcome, slow enough to be caught at work.

    There are more of them the more rounds there are, so that the last kill still hits
    a run that has cells to ask.
    """
    slow = "import time; time.sleep(0.2)\n"
    for minor in range(max(8, 2 * rounds)):
        names = "kept = 1\n" if minor % 3 == 0 else "kept = lost = 1\n"
        write_wheel(links, "provider", f"1.{minor}", {"provider.py": slow + names})
    for minor in range(4):
        write_wheel(
            links,
            "consumer",
            f"2.{minor}",
            {"consumer.py": "from provider import kept, lost\n"},
            requires=[f"provider>=1.{minor}"],
        )


def start(links: Path, home: Path, output: Path) -> subprocess.Popen[bytes]:
    """Start a run of the whole grid in a session of its own."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "COMPATCHECK_CACHE": str(home / "cache"),
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(links),
    }
    grid = ("matrix", "consumer", "provider", "--select", "all")
    return subprocess.Popen(
        [sys.executable, "-m", "compatcheck", *grid, "-f", f"json={output}"],
        env=environ,
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def finish(links: Path, home: Path) -> bytes:
    """The report of a run that is let to its end."""
    output = home / "report.json"
    code = start(links, home, output).wait(900)
    if code != 1:  # some cells fail, by design
        raise SystemExit(f"a run to the end left with {code}")
    return output.read_bytes()


def disturb(links: Path, home: Path, rounds: int, chance: random.Random) -> None:
    """Kill that many runs, each at a random moment."""
    for number in range(rounds):
        run = start(links, home, home / "never.json")
        time.sleep(chance.uniform(0.1, _LONGEST))
        if number % 2:
            os.killpg(run.pid, signal.SIGKILL)
        run.kill()
        run.wait()


def left_over(home: Path) -> list[str]:
    """Command lines of processes that still work below that home."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = line.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(home) in words and "kill_rounds" not in words:
            found.append(words)
    return found


def main() -> None:
    """Run the rounds and compare. Exits 1 when anything was lost or left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        links, calm, stormy = (Path(folder, n) for n in ("links", "calm", "stormy"))
        for path in (links, calm, stormy):
            path.mkdir()
        plant(links, asked.rounds)
        undisturbed = load(finish(links, calm))
        disturb(links, stormy, asked.rounds, random.Random(asked.seed))
        time.sleep(2)  # the kernel's time to take away what was killed
        left = left_over(stormy)
        disturbed = load(finish(links, stormy))
        partial = list(stormy.glob("**/.*json*"))
        kept = sum(cell.source == "cached" for cell in disturbed.cells)
    print(f"seed {asked.seed}: {asked.rounds} kills, {len(disturbed.cells)} cells,")
    print(f"{kept} of them kept from killed runs, {len(left)} processes left over")
    if left or partial or not equal(undisturbed, disturbed):
        raise SystemExit(f"lost or left: {left} {partial}; reports differ or not")
    print(f"{asked.rounds} passed, 0 failed")


if __name__ == "__main__":
    main()
