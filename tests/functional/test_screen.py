"""`--probe screen`: what the wheels alone tell, and whether probes bear it out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted.loopback import LoopbackIndex
from planted.wheels import write_wheel

SCREEN = ("press", "orchard", "--select", "all", "--probe", "screen")
BOTH = (*SCREEN[:-1], "screen,import,symbol", "--no-blame")


@pytest.fixture
def world(links: Path) -> Path:
    """A provider that drops a name in 2.0 and hides it in 3.0, and who wants it."""
    sources = {
        "0.9": "Basket = Seed = 1\n",
        "1.0": "from .core import *\nfrom .core import Seed\n",
        "2.0": "Basket = 1\n",
        "3.0": "def __getattr__(name):\n    return 1\n",
    }
    for version, source in sources.items():
        files = {"orchard/__init__.py": source, "orchard/core.py": "Seed = 1\n"}
        write_wheel(links, "orchard", version, files)
    plant(links, "from orchard import Seed\n")
    return links


def plant(links: Path, source: str) -> None:
    """A consumer of the orchard's whose module does that."""
    write_wheel(
        links, "press", "1.0", {"press/__init__.py": source}, requires=["orchard>=1"]
    )


def report(command: Command, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of a run."""
    said = command("matrix", *arguments, "-f", "json", "-o", "-")
    assert said.out, said.err
    return said.code, json.loads(said.out)


def outcomes(told: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Version of the provider to outcome and stage."""
    return {
        cell["pins"]["orchard"]: (cell["outcome"], cell["stage"])
        for cell in told["cells"]
    }


@pytest.mark.usefixtures("world")
def test_screen_alone_tells_without_lock_and_place(command: Command) -> None:
    """Each cell has an answer, marked as screened; what cannot be told is unknown."""
    code, told = report(command, *SCREEN)
    assert outcomes(told) == {
        "0.9": ("unsolvable", "resolve"),
        "1.0": ("passed", "symbol"),
        "2.0": ("failed", "symbol"),
        "3.0": ("unknown", "symbol"),
    }
    assert code == 1
    assert {cell["source"] for cell in told["cells"]} == {"screened"}
    assert {cell["lock"] for cell in told["cells"]} == {None}
    assert told["isolation"] == {}
    assert told["screen"] is None
    (why,) = (cell["reason"] for cell in told["cells"] if cell["outcome"] == "unknown")
    assert why.startswith("no screen can tell orchard.Seed: orchard may bind names")
    assert not any(command.home.glob("cache/uv")), "a solver or an installer was there"


@pytest.mark.usefixtures("world")
def test_screen_says_that_it_is_one(command: Command) -> None:
    """Nobody may take it for an answer that was seen."""
    said = command("matrix", "press", "orchard==1.0", "--probe", "screen", "-o", "-")
    assert "By the wheels alone, with nothing resolved or run: press 1.0 may work" in (
        said.out
    )
    assert "read from the wheels: nothing was resolved or run" in said.out
    assert said.code == 0


@pytest.mark.usefixtures("world")
def test_probes_bear_the_screen_out(command: Command) -> None:
    """Beside others it comes first, and how far they agree is printed."""
    code, told = report(command, *BOTH)
    assert code == 1
    assert outcomes(told) == {
        "0.9": ("unsolvable", "resolve"),
        "1.0": ("passed", "symbol"),
        "2.0": ("failed", "import"),
        "3.0": ("passed", "symbol"),
    }
    assert {cell["source"] for cell in told["cells"]} == {"probed"}
    assert told["screen"] == {"cells": 3, "agreed": 3, "disagreed": []}
    said = command("matrix", *BOTH, "-o", "-")
    assert "agreed with 3 of 3 cells that it can judge" in said.out
    assert "by the wheels alone: 1 passed, 1 failed, 1 unsolvable" in said.err


@pytest.mark.parametrize(
    "wants", ["from orchard import Seed", "import orchard as o\nclass T(o.Seed): ..."]
)
def test_a_name_that_is_taken_away_is_a_disagreement(
    command: Command, links: Path, wants: str
) -> None:
    """What another module deletes as it is imported, no screen can see."""
    files = {
        "orchard/__init__.py": "class Seed: ...\nfrom . import frost\n",
        "orchard/frost.py": "import sys\ndel sys.modules['orchard'].Seed\n",
    }
    write_wheel(links, "orchard", "1.0", files)
    plant(links, f"{wants}\n")
    _, told = report(command, *BOTH)
    assert told["screen"] == {
        "cells": 1,
        "agreed": 0,
        "disagreed": [
            {
                "pins": {"press": "1.0", "orchard": "1.0"},
                "python": told["cells"][0]["python"],
                "target": "orchard.Seed",
                "screened": "passed",
                "probed": "failed",
            }
        ],
    }
    assert told["cells"][0]["outcome"] == "failed", "the probe is right"
    said = command("matrix", *BOTH, "-o", "-")
    words = "disagreed on orchard.Seed (1.0 x 1.0: screened passed, failed)"
    assert words in " ".join(said.out.split())


def test_a_failure_beside_the_point_contradicts_nothing(
    command: Command, links: Path
) -> None:
    """That an import fails over something else, no screen has denied."""
    write_wheel(links, "orchard", "1.0", {"orchard/__init__.py": "Seed = 1\n"})
    plant(links, "from orchard import Seed\nimport nobody\n")
    _, told = report(command, *BOTH)
    assert outcomes(told) == {"1.0": ("failed", "import")}
    assert told["screen"]["disagreed"] == []


@pytest.mark.usefixtures("world")
def test_stored_reports_keep_the_agreement(command: Command) -> None:
    """A stored run tells it again."""
    command("matrix", *BOTH, "-f", "json=run.json")
    said = command("report", "run.json", "-f", "text")
    assert "agreed with 3 of 3 cells" in said.out


def test_offline_from_what_is_stored(command: Command, world: Path) -> None:
    """A second look needs no index; a first one says what it would need."""
    del command.variables["UV_NO_INDEX"], command.variables["UV_FIND_LINKS"]
    with LoopbackIndex(world) as index:
        command.variables["UV_DEFAULT_INDEX"] = index.url
        command.variables["UV_OFFLINE"] = "1"
        said = command("matrix", *SCREEN)
        assert said.code == 3
        assert "UV_OFFLINE" in said.err
        assert not index.requests
        del command.variables["UV_OFFLINE"]
        _, first = report(command, *SCREEN)
        asked = index.requests.total()
        assert asked
        command.variables["UV_OFFLINE"] = "1"
        _, second = report(command, *SCREEN)
        assert index.requests.total() == asked
        assert second["cells"] == first["cells"]
        assert second["request"]["index"].endswith("as remembered")
        _, more = report(command, *SCREEN, "--symbol", "orchard.core:Seed")
        assert more["cells"][-1]["reason"].endswith("(and 1 more)"), "read by no one"
