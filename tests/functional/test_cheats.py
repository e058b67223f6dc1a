"""No answer hangs on how cells share their work: the worlds of `planted.cheats`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted.cheats import PAIRS, Pair, World
from planted.cheats_between import BETWEEN
from planted.cheats_installed import INSTALLED
from planted.cheats_order import ORDERED
from planted.cheats_process import PROCESS, THREADS
from planted.cheats_shy import SHY

WORLDS = (*BETWEEN, *INSTALLED, *ORDERED, *PROCESS, *SHY)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a run tells of one cell."""

    source: str
    outcome: str
    stage: str
    observations: Mapping[str, tuple[str, Any]]
    """Target to outcome and the whole of the failure."""

    @property
    def scenarios(self) -> dict[str, tuple[str, str | None]]:
        """Outcome of each claim, and what was seen where it is not true."""
        return {
            target: (outcome, failure and failure["chain"][0]["message"])
            for target, (outcome, failure) in self.observations.items()
            if "." in target and not target.startswith(("plots.", "shed."))
        }


def tell(command: Command, *arguments: str) -> dict[Pair, Told]:
    """Run a grid and give what is told of each cell."""
    usual = ("--probe", "import,scenario", "--no-blame", "-f", "json", "-o", "-")
    said = command("matrix", *arguments, *usual)
    assert said.code == 1, said.err or said.out
    report = json.loads(said.out)
    return {
        (cell["pins"]["press"], cell["pins"]["orchard"]): Told(
            source=cell["source"],
            outcome=cell["outcome"],
            stage=cell["stage"],
            observations={
                seen["target"]: (
                    seen["outcome"],
                    report["failures"].get(seen["failure"]),
                )
                for seen in report["results"][cell["result"]]["observations"]
            },
        )
        for cell in report["cells"]
    }


@pytest.mark.lab
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_real_environments_tell_the_same(
    world: World, command: Command, links: Path
) -> None:
    """To the last word of a failure."""
    asked = world.plant(links, command.folder)
    assert tell(command, *asked) == tell(command, *asked, "--environment", "venv")


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_no_cell_hears_of_another(world: World, command: Command, links: Path) -> None:
    """Every cell tells what is true of it."""
    if world is THREADS and sys.platform != "linux":
        pytest.skip("threads are counted in /proc")
    usual = tell(command, *world.plant(links, command.folder))
    for pair in PAIRS:
        told = usual[pair]
        assert told.source == "probed"
        if message := world.broken.get(pair):
            assert (told.outcome, told.stage) == ("failed", "import"), pair
            assert told.scenarios == {}
            (failure,) = [it for _, it in told.observations.values() if it]
            assert failure["message"].startswith(message)
            continue
        assert told.scenarios == {
            target: ("passed" if wrong is None else "failed", wrong)
            for target, wrong in world.expected(pair).items()
        }, pair
        imported = set(told.observations) - set(told.scenarios)
        assert imported >= {"press", "orchard"}
        assert all(told.observations[it][0] == "passed" for it in imported)
