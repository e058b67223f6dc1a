"""One grid on several machines: each asks its share, and together they tell it all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, Said
from planted.loopback import LoopbackIndex
from planted.wheels import write_wheel

from compatcheck.report.document import Cell, Report, equal
from compatcheck.report.stored import load

SCENARIO = """
import shop

def scenario_sells():
    assert shop.sell() == "sold"
"""
SHOP = """
import till

def sell():
    return till.Till({argument}=None).{method}()
"""
TILL = """
class Till:
    def __init__(self, {arguments}):
        pass

    def ring(self):
        return "sold"

    {aside} = ring
"""


def run(command: Command, cache: str, *arguments: str) -> Said:
    """Run the command on a machine of its own: nothing is shared but the index."""
    command.variables["COMPATCHECK_CACHE"] = str(command.home / cache)
    return command(*arguments)


def read(command: Command, name: str) -> Report:
    """A report that was written."""
    return load((command.folder / name).read_bytes())


def asked(report: Report) -> set[tuple[str, ...]]:
    """The releases of the cells that have an answer."""
    return {
        tuple(cell.pins.values()) for cell in report.cells if cell.outcome != "not_run"
    }


def broken(report: Report) -> list[Cell]:
    """The cells that failed."""
    return [cell for cell in report.cells if cell.outcome == "failed"]


@pytest.fixture
def market(tmp_path: Path, command: Command) -> Iterator[LoopbackIndex]:
    """An index with four shops and two shelves.

    shop 1.0 and 4.0 work; 2.0 broke when till 2.0 came out, and 3.0 when till 3.0 did,
    each in words of its own. shop 1.0 cannot do with shelf 2.0.
    """
    folder = tmp_path / "served"
    command.folder.joinpath("selling.py").write_text(SCENARIO, encoding="utf-8")
    shops = {
        "1.0": ("anything", "ring", ["till", "shelf<2"]),
        "2.0": ("proxies", "ring", ["till", "shelf"]),
        "3.0": ("anything", "chime", ["till", "shelf"]),
        "4.0": ("anything", "ring", ["till", "shelf"]),
    }
    tills = {"1.0": ("**anything", "chime"), "2.0": ("anything=0", "chime")}
    tills["3.0"] = ("anything=0", "bell")
    with LoopbackIndex(folder) as served:
        for version, (argument, method, requires) in shops.items():
            code = SHOP.format(argument=argument, method=method)
            wheel = write_wheel(
                folder, "shop", version, {"shop.py": code}, requires=requires
            )
            served.manners.times[wheel.name] = "2024-02-01T00:00:00Z"
        for month, (version, (arguments, aside)) in enumerate(tills.items()):
            code = TILL.format(arguments=arguments, aside=aside)
            wheel = write_wheel(folder, "till", version, {"till.py": code})
            served.manners.times[wheel.name] = f"2024-0{2 * month + 1}-01T00:00:00Z"
        for version in ("1.0", "2.0"):
            wheel = write_wheel(folder, "shelf", version, {"shelf.py": ""})
            served.manners.times[wheel.name] = "2024-01-15T00:00:00Z"
        command.variables.pop("UV_NO_INDEX")
        command.variables["UV_DEFAULT_INDEX"] = served.url
        yield served


GRID = ("matrix", "shop", "shelf", "--select", "all", "--scenario", "selling.py")


@pytest.mark.usefixtures("market")
def test_shards_together_are_the_whole(command: Command) -> None:
    """Cell for cell, failures, diagnoses and drift included."""
    whole = run(command, "one", *GRID, "-f", "json=whole.json")
    assert whole.code == 1, whole.err
    shares = []
    for number in (1, 2):
        file = f"{number}.json"
        said = run(command, file, *GRID, "--shard", f"{number}/2", "-f", f"json={file}")
        assert said.code == 1, said.err
        assert "asking 4 cells" in said.err
        shares.append(read(command, file))
    assert asked(shares[0]) | asked(shares[1]) == asked(read(command, "whole.json"))
    assert not asked(shares[0]) & asked(shares[1])
    left = [cell for cell in shares[0].cells if cell.outcome == "not_run"]
    assert {cell.reason for cell in left} == {"left to --shard 2/2"}
    assert shares[0].conclusion.startswith("Shard 1/2: ")

    merged = run(
        command, "x", "report", "merge", "2.json", "1.json",
        "-f", "json", "-o", "all.json",
    )  # fmt: skip
    assert merged.code == 1, merged.err
    told, wanted = read(command, "all.json"), read(command, "whole.json")
    assert len(told.failures) == 2
    assert [drift.cells for drift in told.drift] == [2, 2]
    assert all(told.results[c.result].diagnoses for c in broken(told) if c.result)
    assert equal(told, wanted)
    assert told.timings["ask"] == pytest.approx(
        sum(share.timings["ask"] for share in shares)
    )


def test_what_rests_on_rows_is_not_told_from_a_part_of_them(
    command: Command, links: Path
) -> None:
    """A shard that does not see the row names no release for where it turned.

    All but whom to blame is the same as without shards.
    """
    for number in range(1, 7):
        names = "Seed = 1\n" if number < 4 else ""
        write_wheel(links, "orchard", f"{number}.0", {"orchard/__init__.py": names})
    code = {"press/__init__.py": "", "press/mill.py": "from orchard import Seed\n"}
    write_wheel(links, "press", "1.0", code, requires=["orchard"])
    grid = ("matrix", "press", "orchard", "--select", "all")
    run(command, "one", *grid, "-f", "json=whole.json")
    for share in "12":
        run(command, share, *grid, "--shard", f"{share}/2", "-f", f"json={share}.json")
    files = ("1.json", "2.json", "-f", "json", "-o", "all.json")
    assert run(command, "x", "report", "merge", *files).code == 1
    told, whole = read(command, "all.json"), read(command, "whole.json")
    outcomes = [(c.pins, c.outcome, c.stage, c.lock, c.contract) for c in told.cells]
    assert outcomes == [
        (c.pins, c.outcome, c.stage, c.lock, c.contract) for c in whole.cells
    ]
    assert told.failures == whole.failures
    assert told.conclusion == whole.conclusion
    (blamed,) = {d.rule for r in whole.results.values() for d in r.diagnoses}
    assert blamed == "api-removed"
    for diagnosis in (d for r in told.results.values() for d in r.diagnoses):
        assert (diagnosis.rule, diagnosis.culprit) == ("undetermined", None)
        assert "other releases of orchard were left to other shards" in (
            diagnosis.evidence
        )


LIB = ("matrix", "lib", "--select", "all")


@pytest.fixture
def lib(links: Path) -> Path:
    """Three releases that work."""
    for version in ("1.0", "2.0", "3.0"):
        write_wheel(links, "lib", version, {"lib.py": ""})
    return links


@pytest.mark.usefixtures("lib")
def test_shard_that_is_missing_is_missed(command: Command) -> None:
    """What it was to ask is not run: 3, with the number of the shard."""
    for share in "123":
        said = command(*LIB, "--shard", f"{share}/3", "-f", f"json={share}.json")
        assert said.code == 0, said.err
    said = command("report", "merge", "1.json", "3.json", "-f", "json")
    told = json.loads(said.out)
    assert said.code == 3
    assert told["request"]["shard"] is None
    assert [cell["outcome"] for cell in told["cells"]] == [
        "passed",
        "not_run",
        "passed",
    ]
    assert told["cells"][1]["reason"] == "left to --shard 2/3"
    (command.folder / "half.json").write_text(said.out)
    whole = command("report", "merge", "half.json", "2.json")
    assert whole.code == 0, whole.err
    assert whole.out.startswith("lib 1.0 … 3.0 work")


@pytest.mark.usefixtures("lib")
def test_what_cannot_be_merged_is_one_line(command: Command) -> None:
    """Exit code 2 with the place and the mend, and nothing is written."""
    command(*LIB, "-f", "json=1.json")
    told: dict[str, Any] = json.loads((command.folder / "1.json").read_text())
    for name, changes in {
        "old": {"schema": "compatcheck.report/0"},
        "other": {"request": told["request"] | {"resolution": ["lowest"]}},
        "red": {"cells": [told["cells"][0] | {"outcome": "failed"}]},
    }.items():
        (command.folder / f"{name}.json").write_text(json.dumps(told | changes))
    for arguments, begins, words in (
        (("merge",), "compatcheck report merge: ", "no report is named"),
        (("1.json", "2.json"), "2.json: ", "one report is told at a time"),
        (("merge", "1.json", "missing.json"), "missing.json: ", "cannot be read"),
        (("merge", "1.json", "old.json"), "old.json: schema: ", "has the schema"),
        (("merge", "1.json", "other.json"), "other.json: ", "1.json: resolution"),
        (
            ("merge", "1.json", "red.json"),
            "1.json and red.json: lib 1.0 on Python ",
            "is passed in the first and failed in the second",
        ),
    ):
        said = command("report", *arguments, "-o", "all.txt")
        assert (said.code, said.out) == (2, ""), arguments
        (line,) = said.err.splitlines()
        assert line.startswith(f"error: {begins}")
        assert words in line
    assert not (command.folder / "all.txt").exists()
