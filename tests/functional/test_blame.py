"""Whom to blame, from the command line to the report, against a planted index."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted.loopback import LoopbackIndex
from planted.wheels import write_wheel

APP = """
import client

def serve():
    return client.Client(proxies=None).get()
"""
CLIENT = """
import wire

class Client:
    def __init__(self, {arguments}):
        self.arguments = {arguments}

    def get(self):
        return {reply}
"""
SCENARIO = """
import app

def scenario_reply():
    assert app.serve() == "hello"
"""
TAKES = {"arguments": "proxies", "reply": "wire.HELLO"}
REFUSES = {"arguments": "mounts", "reply": "wire.HELLO"}

Index = LoopbackIndex


@pytest.fixture
def index(tmp_path: Path, command: Command) -> Iterator[LoopbackIndex]:
    """An index that the command is configured for, with an application in 2024."""
    folder = tmp_path / "served"
    command.folder.joinpath("serving.py").write_text(SCENARIO, encoding="utf-8")
    with LoopbackIndex(folder) as served:
        for version, month in (("1.0", 2), ("1.1", 3)):
            plant(served, "app", version, month, {"app.py": APP}, "client", "wire")
        for number in range(5):
            name = f"bystander{number}"
            for version, month in (("1.0", 1), ("2.0", 6)):
                plant(served, name, version, month, {f"{name}.py": ""})
        command.variables.pop("UV_NO_INDEX")
        command.variables["UV_DEFAULT_INDEX"] = served.url
        yield served


def plant(
    served: LoopbackIndex,
    name: str,
    version: str,
    month: int,
    files: Mapping[str, str],
    *requires: str,
) -> None:
    """Put a release on the index that came out in that month."""
    needed = list(requires)
    if name == "app":
        needed += [f"bystander{number}" for number in range(5)]
    wheel = write_wheel(served.folder, name, version, files, requires=needed)
    served.manners.times[wheel.name] = f"2024-{month:02}-01T00:00:00Z"


def client(**arguments: str) -> dict[str, str]:
    """The client's module."""
    return {"client.py": CLIENT.format(**arguments)}


def report(command: Command, *arguments: str) -> dict[str, Any]:
    """The JSON report of a run that found something."""
    said = command(
        "matrix", *arguments, "--select", "all", "-f", "json", "-o", "-",
        "--scenario", "serving.py", "--probe", "import,scenario",
    )  # fmt: skip
    assert said.code == 1, said.err
    told: dict[str, Any] = json.loads(said.out)
    return told


def diagnosis(told: dict[str, Any]) -> dict[str, Any]:
    """The one diagnosis of a report."""
    found = [d for result in told["results"].values() for d in result["diagnoses"]]
    (one,) = {json.dumps(d, sort_keys=True): d for d in found}.values()
    assert isinstance(one, dict)
    return one


def test_one_culprit_with_a_hole(command: Command, index: Index) -> None:
    """The release, the hole below it, the frame, and a constraint that was tried."""
    plant(index, "wire", "1.0", 1, {"wire.py": "HELLO = 'hello'\n"})
    for version, month, arguments in (
        ("0.26", 1, TAKES),
        ("0.27.0", 4, REFUSES),
        ("0.27.1", 5, TAKES),
        ("0.28.0", 6, REFUSES),
        ("0.28.1", 7, REFUSES),
    ):
        plant(index, "client", version, month, client(**arguments))
    told = report(command, "app")
    assert told["drift"] == [
        {
            "distribution": "client",
            "last_good": "0.27.1",
            "first_bad": "0.28.0",
            "holes": ["0.27.0"],
            "cells": 2,
            "verified": True,
            "releases": [
                {"version": "0.26", "day": "2024-01-01", "outcome": "passed"},
                {"version": "0.27.0", "day": "2024-04-01", "outcome": "failed"},
                {"version": "0.27.1", "day": "2024-05-01", "outcome": "passed"},
                {"version": "0.28.0", "day": "2024-06-01", "outcome": "failed"},
                {"version": "0.28.1", "day": "2024-07-01", "outcome": "failed"},
            ],
        }
    ]
    found = diagnosis(told)
    assert found["rule"] == "signature-changed"
    assert found["title"] == (
        "client 0.28.0 no longer takes a `proxies` argument (`Client.__init__`)"
    )
    assert found["culprit"] == {"distribution": "client", "version": "0.28.0"}
    assert found["remedies"] == [
        {"kind": "constraint", "command": "client<0.28,!=0.27.0", "verified": True}
    ]
    assert "raised at `<env>/app.py:5 in serve`" in found["evidence"]
    assert (
        "client: last good 0.27.1 (2024-05-01), first bad 0.28.0 (2024-06-01);"
        " all 5 releases from one lock to the other tried" in found["evidence"]
    )
    # The remedy, written as it stands, mends what it was told to.
    mended = command(
        "matrix", "app", "--select", "all", "--scenario", "serving.py",
        "--constraint", found["remedies"][0]["command"],
    )  # fmt: skip
    assert mended.code == 0, mended.out


def test_two_that_break_only_together(command: Command, index: Index) -> None:
    """Both are named, each is innocent alone, and one held back mends it."""
    reply = {"arguments": "proxies", "reply": "wire.HELLO"}
    newer = {"arguments": "proxies", "reply": "wire.HELLO + wire.TAIL"}
    tail = "HELLO = 'hello'\nTAIL = {!r}\n"
    plant(index, "client", "1.0", 1, client(**reply))
    plant(index, "client", "2.0", 5, client(**newer))
    plant(index, "wire", "1.0", 1, {"wire.py": tail.format("")})
    plant(index, "wire", "2.0", 6, {"wire.py": tail.format("!")})
    told = report(command, "app")
    found = diagnosis(told)
    assert found["rule"] == "behaviour-changed"
    assert found["title"].startswith("client 2.0 together with wire 2.0 broke it: ")
    assert (
        "moved forward alone, client 2.0 or wire 2.0 is innocent: all passes"
        in found["evidence"]
    )
    assert [d["distribution"] for d in told["drift"]] == ["client"]


def test_what_never_worked(command: Command, index: Index) -> None:
    """As of its release it failed too; the nearest release that works is named."""
    plant(index, "wire", "1.0", 1, {"wire.py": "HELLO = 'hello'\n"})
    plant(index, "client", "1.0", 1, client(**TAKES))
    plant(index, "client", "2.0", 2, client(**REFUSES))
    told = report(command, "app==1.1", "client")
    assert told["drift"] == []
    found = diagnosis(told)
    assert found["rule"] == "signature-changed"
    assert found["remedies"] == [
        {"kind": "pin", "command": "client==1.0", "verified": True}
    ]
    assert any(
        "failed as of its release too, 2024-03-01" in e for e in found["evidence"]
    )
