"""`matrix --with-shims`, from the command line to the formats and the merged report."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import packaging
import pytest
from conftest import Command
from planted.wheels import write_wheel

from compatcheck.errors import UsageError
from compatcheck.workflow import shim_laid

USUAL = ("--select", "all", "--no-blame", "--probe", "import,symbol")
GRID = ("matrix", "press", "orchard", *USUAL)
OWN = ("--with-shims", "--adaptations", "shims")
MOVED = "Alias(home='orchard.seeds:Seed')"


def plant(links: Path, press: str = "from orchard import Seed\n") -> None:
    """Three releases of a provider, the last of which has moved a name."""
    for version in ("1.0", "1.1", "2.0"):
        moved = version == "2.0"
        files = {
            "orchard/__init__.py": "" if moved else "class Seed: pass\n",
            "orchard/seeds.py": "class Seed: pass\n" if moved else "",
        }
        write_wheel(links, "orchard", version, files)
    write_wheel(
        links, "press", "1.0", {"press/__init__.py": press}, requires=["orchard"]
    )
    plant_packaging(links)


def plant_packaging(links: Path) -> None:
    """What the shim itself requires, as it is here."""
    source = Path(packaging.__file__).parent
    files = {
        f"packaging/{path.relative_to(source).as_posix()}": path.read_text("utf-8")
        for path in sorted(source.rglob("*.py"))
    }
    write_wheel(links, "packaging", packaging.__version__, files)


def adapt(folder: Path, name: str, action: str) -> None:
    """Write an adaptation into a folder of the user's."""
    path = folder / "shims" / "orchard" / f"{name.lower()}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"""
from datetime import date
from compat_shims import Adaptation, Fidelity, Guard, Target
from compat_shims.actions.alias import Alias
from compat_shims.actions.constant import Constant
ADAPTATION = Adaptation(
    target=Target(module="orchard", name="{name}"),
    guard=Guard(distribution="orchard"),
    action={action},
    fidelity=Fidelity.ALIAS,
    why="it was moved", remedy="pin orchard<2", reference="a test",
    expires=date(2999, 1, 1),
)
"""
    )


def report(command: Command, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of a run."""
    said = command(*GRID, *arguments, "-f", "json", "-o", "-")
    assert said.out, said.err
    return said.code, json.loads(said.out)


def test_recovered_cells_are_counted_in_every_format(
    command: Command, links: Path
) -> None:
    """What fails and what passes is asked again, and each adaptation has its score."""
    plant(links)
    adapt(command.folder, "Seed", MOVED)
    said = command(*GRID, *OWN, "-f", "json=told.json", "-f", "text")
    assert said.code == 1, said.err
    assert "asking 3 cells once more, with the shim" in said.err
    told = json.loads((command.folder / "told.json").read_text("utf-8"))
    score = told["shims"]
    assert (score["failing"], score["recovered"]) == (1, 1)
    assert (score["passing"], score["broken"], score["untold"]) == (2, 0, 0)
    assert (told["summary"]["passing"]["symbol"], score["serving"]["symbol"]) == (2, 3)
    known = {"fidelity": "alias", "cells": 1, "recovered": 1, "broken": 0}
    assert score["adaptations"] == {"orchard/seed": known}
    last = told["cells"][-1]
    answer = score["answers"][last["shims"]]
    assert (last["outcome"], answer["outcome"]) == ("failed", "passed")
    assert answer["adapted"] == {"orchard/seed": "alias"}
    assert "packaging" in told["locks"][answer["lock"]]
    assert "packaging" not in told["locks"][last["lock"]]
    sentence = "with compatcheck-shims 1 of 1 failing cell works and none of 2 that"
    assert sentence in told["conclusion"]
    for form in ("text", "markdown"):
        out = command("report", "told.json", "-f", form, "-o", "-").out
        words = " ".join(out.replace("`", "").split())
        assert "1 of 1 cell that fail without it" in words
        assert "orchard/seed" in words
        assert "alias: applied in 1 cell, of which 1 recovered and 0 broken" in words


def remembered(command: Command) -> int:
    """How many answers the cache holds."""
    (file,) = (command.home / "cache").glob("observations-*.sqlite")
    with closing(sqlite3.connect(file)) as store:
        words = "SELECT count(*) FROM kept WHERE kind = 'observations'"
        return int(store.execute(words).fetchone()[0])


def test_an_answer_hangs_on_the_adaptations(command: Command, links: Path) -> None:
    """Asked again it is remembered; with another adaptation it is another question."""
    plant(links)
    adapt(command.folder, "Seed", MOVED)
    _, first = report(command, *OWN)
    asked = remembered(command)
    _, again = report(command, *OWN)
    assert (remembered(command), again["shims"]) == (asked, first["shims"])
    adapt(command.folder, "Seed", "Alias(home='orchard.seeds:Sapling')")
    _, other = report(command, *OWN)
    assert remembered(command) == asked + 3
    assert (other["shims"]["failing"], other["shims"]["recovered"]) == (1, 0)
    _, without = report(command)
    assert remembered(command) == asked + 3
    assert {it["source"] for it in without["cells"]} == {"cached"}
    assert {it["shims"] for it in without["cells"]} == {False}
    assert without["shims"] is None


def test_a_cell_that_the_shim_breaks_is_a_finding(
    command: Command, links: Path
) -> None:
    """It is told with its failure, and the exit code is 1 though nothing else fails."""
    press = "import orchard\nassert not hasattr(orchard, 'Late'), 'too many'\n"
    plant(links, press)
    assert report(command)[0] == 0
    adapt(command.folder, "Late", "Constant(value=1)")
    code, told = report(command, *OWN)
    assert code == 1
    assert {it["outcome"] for it in told["cells"]} == {"passed"}
    assert (told["shims"]["passing"], told["shims"]["broken"]) == (3, 3)
    assert told["shims"]["adaptations"]["orchard/late"]["broken"] == 3
    out = command(*GRID, *OWN, "-o", "-").out
    assert "3 cells: AssertionError: too many" in " ".join(out.split())


def test_failures_of_a_report_are_adapted_and_proven(
    command: Command, links: Path
) -> None:
    """Each distinct one has a row; what was written recovers its cells."""
    plant(links)
    command(*GRID, "-f", "json=told.json")
    said = command("shim", "generate", "--from", "told.json")
    assert said.code == 0, said
    words = " ".join(said.out.split())
    assert "1 cell: ImportError: cannot import name 'Seed' from 'orchard'" in words
    assert "adapted: orchard/seed (alias)" in words
    assert "gone in 1 of the cells that were tried, of which 1 pass" in words
    assert "Seed is orchard.seeds:Seed (orchard 1.1 defined it alike (class))" in words
    written = (command.folder / "shims" / "orchard" / "seed.py").read_text("utf-8")
    assert "versions='==2.0'" in written
    _, told = report(command, *OWN)
    assert (told["shims"]["failing"], told["shims"]["recovered"]) == (1, 1)


def test_what_a_failure_hid_is_told(command: Command, links: Path) -> None:
    """The first is adapted, the second has no home: its reason, and what is better."""
    plant(links, "from orchard import Seed\nfrom orchard.seeds import Stone\n")
    files = {"orchard/__init__.py": "class Seed: pass\n", "orchard/seeds.py": ""}
    write_wheel(links, "orchard", "1.1", {**files, "orchard/seeds.py": "Stone = 1\n"})
    command(*GRID, "-f", "json=told.json", "--probe", "import")
    said = command("shim", "generate", "--from", "told.json", "-f", "markdown")
    assert said.code == 1, said
    (row,) = [it for it in said.out.splitlines() if "name 'Seed'" in it]
    assert "adapted: orchard/seed (alias)" in row
    assert "what it hid: ImportError: cannot import name 'Stone'" in row
    assert "refused: no module of orchard 2.0 defines Stone" in row
    (other,) = [it for it in said.out.splitlines() if it.startswith("| `Imp")][1:]
    assert "name 'Stone' from 'orchard.seeds'" in other
    assert "refused: no module of orchard 1.0 defines Stone" in other


def test_shards_add_up(command: Command, links: Path) -> None:
    """Of merged reports the score is that of the whole run."""
    plant(links)
    adapt(command.folder, "Seed", MOVED)
    for number in ("1", "2"):
        shard = ("--shard", f"{number}/2", "-f", f"json={number}.json")
        command(*GRID, *OWN, *shard)
    said = command("report", "merge", "1.json", "2.json", "-f", "json", "-o", "-")
    _, whole = report(command, *OWN)
    merged = json.loads(said.out)
    assert merged["shims"] == whole["shims"]
    assert merged["conclusion"] == whole["conclusion"]


def test_a_child_process_is_adapted_too(command: Command, links: Path) -> None:
    """What a cell starts has the same start-up file."""
    press = (
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'from orchard import Seed'], "
        "check=True)\n"
    )
    plant(links, press)
    adapt(command.folder, "Seed", MOVED)
    _, told = report(command, *OWN)
    assert [it["outcome"] for it in told["cells"]] == ["passed", "passed", "failed"]
    assert (told["shims"]["recovered"], told["shims"]["broken"]) == (1, 0)


def test_a_shim_that_does_not_start_is_no_answer(command: Command, links: Path) -> None:
    """Where it cannot be installed, nothing is said of it, neither way."""
    plant(links)
    for wheel in links.glob("packaging-*"):
        wheel.unlink()
    code, told = report(command, "--with-shims")
    assert code == 1
    assert (told["shims"]["failing"], told["shims"]["untold"]) == (0, 3)
    outcomes = {it["outcome"] for it in told["shims"]["answers"].values()}
    assert outcomes <= {"unsolvable", "unknown"}


def test_a_screen_has_nothing_to_adapt(command: Command, links: Path) -> None:
    """Asked for together with nothing that runs, it is a usage error."""
    plant(links)
    said = command("matrix", "press", "orchard", "--probe", "screen", "--with-shims")
    assert (said.code, said.out) == (2, "")
    assert "a screen runs nothing that a shim could adapt" in said.err
    (command.folder / "shims").mkdir()
    said = command(*GRID, "--adaptations", "shims")
    assert (said.code, said.out) == (2, "")
    assert "--adaptations: there is no shim to apply them; add --with-shims" in said.err


def test_without_the_distribution_it_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither installed nor in a clone: one line says what to install."""
    monkeypatch.setattr(shim_laid, "_packages", list)
    with pytest.raises(UsageError, match="compatcheck-shims is not installed"):
        shim_laid.find_shims()
